//! The whole world in one process, the real program over real sockets, attacks, kills, benchmarks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::missing_panics_doc,
    reason = "tests and benchmarks: what is not as it must be ends them"
)]

#[cfg(test)]
mod attacks;
pub mod bench;
#[cfg(test)]
mod chaos;
#[cfg(test)]
mod flows;
pub mod keycloak;
pub mod live;
#[cfg(test)]
mod properties;
pub mod signer;
#[cfg(test)]
mod support;
pub mod vectors;
