//! The authenticator on the phone: keys, ceremonies, sealed state. It has no screen and knows no language's bindings.
//!
//! Start reading at [`ports`] (what it asks of the world), then [`store`] (what it remembers).

pub mod ports;
pub mod store;
pub mod system;
pub mod vault;

#[cfg(test)]
mod test_support;
