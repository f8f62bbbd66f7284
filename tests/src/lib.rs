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

pub mod bench;
#[cfg(test)]
mod chaos;
pub mod live;
pub mod signer;
pub mod vectors;
