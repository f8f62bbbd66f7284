//! Where the phone's keys live when there is no hardware. Real phones bring their own
//! [`KeyVault`](crate::ports::KeyVault) from the shell.

mod software;

pub use software::{SoftwareVault, VerificationOutcome};
