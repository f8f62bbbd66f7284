//! What holds whatever people do, and in whatever order.

mod journeys;
