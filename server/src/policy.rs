//! Pure rules: limits, locks, tiers, how a customer must have been authenticated. No I/O, time as an argument.

pub mod authentication;
pub mod backoff;
pub mod binding_message;
pub mod client;
pub mod numbers;
pub mod prompts;
pub mod rate_limit;
pub mod reach;
pub mod redelivery;
pub mod return_url;
pub mod tier;
pub mod waiting;
