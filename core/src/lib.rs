//! The authenticator on the phone: keys, ceremonies, sealed state. It has no screen and knows no language's bindings.
//!
//! Start reading at [`authenticator`] (what it does), then [`ports`] (what it asks of the world) and [`store`] (what it
//! remembers).

pub mod account;
pub mod authenticator;
pub mod error;
pub mod failure;
pub mod link;
pub mod ports;
mod private_folder;
pub mod push;
pub mod redaction;
pub mod store;
pub mod system;
pub mod transport;
mod trust;
pub mod vault;

pub use inkan_protocol as protocol;

#[cfg(test)]
mod test_support;
