//! The server: dispatches challenges, verifies answers, gives verdicts.
//!
//! Read in this order: [`model`] (what may happen, pure), [`storage`] (how it happens exactly once), [`routes`] (the
//! API's table of contents), [`app`] (the only wiring).

pub mod app;
mod asking;
pub mod audit;
mod ciba;
pub mod clock;
pub mod config;
pub mod counters;
pub mod courier;
pub mod couriers;
mod decision;
mod departing;
pub mod device_add;
pub mod ending;
mod enrolling;
pub mod expiry;
pub mod hub;
pub mod jose;
pub mod keycloak;
pub mod keys;
pub mod ledger;
pub mod listen;
pub mod logging;
pub mod metrics;
pub mod model;
pub mod outbound;
pub mod policy;
pub mod private_file;
pub mod push;
pub mod qr;
pub mod random;
mod redeeming;
mod ringing;
pub mod routes;
pub mod seal;
pub mod serve;
pub mod settings;
mod shown;
pub mod start;
pub mod storage;
pub mod sweep;
mod test_users;
#[cfg(test)]
mod testing;
pub mod tls;
pub mod watchers;
pub mod webhook;
