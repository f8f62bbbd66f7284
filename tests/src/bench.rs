//! Benchmarks: what is measured stands beside a floor that is measured in the same run.

pub mod cycle;
mod floor;
pub mod outage;
pub mod phone;
pub mod watch;
