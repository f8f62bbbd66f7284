//! The server: dispatches challenges, verifies answers, gives verdicts.
//!
//! Read in this order: [`model`] (what may happen, pure), [`storage`] (how it happens exactly once), `routes` (the API's
//! table of contents), `app` (the only wiring).

pub mod hub;
pub mod model;
pub mod policy;
pub mod storage;
