//! inkan-server
