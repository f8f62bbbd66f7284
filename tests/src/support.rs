//! The whole world in one process: a server over its real store, a broker's backend that speaks the public API, phones
//! with the real core, the net between them, and one clock that stands still until a test moves it.
//!
//! ```text
//! Broker ── JSON ──▶ Server (router · SQLite in a folder) ◀── Line (faults, a man in the middle) ── Phone (core)
//!                                      └──────────────── Time ────────────────┘
//! ```
//!
//! Nothing sleeps. What waits is woken by a commit, or by [`World::advance`].

mod asking;
mod broker;
mod line;
mod phone;
mod picture;
mod raw;
mod reply;
mod server;
mod time;
mod world;

pub(crate) use self::asking::{Ask, Asked};
pub(crate) use self::broker::{Broker, rfc3339};
pub(crate) use self::line::{Fault, Line, Middle, Net};
pub(crate) use self::phone::Phone;
pub(crate) use self::picture::read_qr;
pub(crate) use self::raw::{RawPhone, read_payload, rewritten};
pub(crate) use self::reply::Reply;
pub(crate) use self::server::{LIVE_KEY, Server, TEST_KEY};
pub(crate) use self::time::{PhoneClock, PhoneRandom};
pub(crate) use self::world::World;
