//! The words that phone and server exchange.
