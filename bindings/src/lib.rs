//! The core as Kotlin and Swift see it: a skin by UniFFI, file by file as in `core`, with no rule, no retry, no clock and
//! no format of its own.
//!
//! ```text
//! app ─▶ façade (bindings/kotlin, ios/Kit) ─▶ generated code ─▶ this crate ─▶ inkan-core
//!                                                                 │
//!          vault, transport, clock, log listener  ◀── ports.rs ◀──┘
//! ```
//!
//! Three promises hold for every exported call. It declares an error, so that a panic ends the call and not the app
//! (`call.rs`). It runs on threads of its own, never on the caller's. And it takes a [`call::Cancellation`], for a task
//! of the host language that was cancelled stops nothing here: only this crate says "cancelled".
//!
//! What each type and member means stands in core, under the same name; apps read the façades' documents.
#![allow(
    clippy::unnecessary_wraps,
    reason = "without a declared error, a defect in a call would end the app"
)]
#![allow(
    missing_docs,
    unreachable_pub,
    reason = "the surface is the generated code, and core documents its types"
)]

mod account;
mod authenticator;
pub mod call;
pub mod error;
mod link;
pub mod log;
mod ports;
mod store;
mod vault;
mod written;

uniffi::setup_scaffolding!("inkan");
