//! A phone without a phone: the real authenticator of `inkan-core` behind a command (`inkan-phone`), a small local page,
//! and a local API. It is for tests and demos: its keys are in software and say so.
//!
//! Start reading at [`phone`] (what it is made of), then [`action`] (everything that can be asked of it), [`serve`] (the
//! page) and [`browser`] (where a return goes).

pub mod action;
pub mod browser;
pub mod command;
pub mod control;
pub mod failure;
pub mod home;
pub mod phone;
pub mod serve;
pub mod view;
mod words;
