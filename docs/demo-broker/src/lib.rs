//! みらい証券: a broker that exists for the demo alone, and plainly says so. It is also the example of a relying party's
//! backend: it knows the public API and nothing else.
//!
//! Read in this order: [`api`] (all that an integrator writes: five calls), [`pages`] (where they stand in a web shop),
//! [`walk`] (the demo's script).

pub mod api;
mod clock;
pub mod pages;
pub mod session;
pub mod walk;

/// Where the broker and the parts around it are.
#[derive(Clone, Debug)]
pub struct Places {
    /// Origin of the pages that a person opens, for instance `http://localhost:9080`.
    pub pages: String,
    /// Origin of the same pages over TLS: a return address must be `https`.
    pub secure_pages: String,
    /// Origin of the virtual phone's page.
    pub phone: String,
}
