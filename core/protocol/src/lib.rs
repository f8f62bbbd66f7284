//! The words that phone and server exchange: messages, signatures, and what is shown. No I/O, no clock, no random
//! source: whoever calls brings time and random bytes.
//!
//! Read in this order: [`jws`] (how every message is signed and checked), [`enrollment`], [`challenge`], [`display`]
//! (the one renderer), [`answer`], [`receipt`]. `docs/protocol.md` says the same for a phone or a backend in another
//! language, with vectors.

pub mod answer;
pub mod challenge;
pub mod details;
pub mod device_api;
pub mod display;
pub mod encoding;
pub mod enrollment;
pub mod evidence;
pub mod ids;
pub mod json;
pub mod jwk;
pub mod jws;
pub mod keys;
pub mod log;
pub mod problem;
pub mod push_hint;
pub mod receipt;
pub mod renewal;
pub mod text;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;
