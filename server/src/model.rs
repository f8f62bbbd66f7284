//! Pure state: what enrollments, devices, challenges and users are, and how each may move. No I/O, no clock, no random
//! source: time and random bytes come in as arguments, and a transition consumes the old state.

pub mod api_key;
pub mod challenge;
pub mod ciba;
pub mod device;
pub mod enrollment;
pub mod event;
pub mod intent;
pub mod keycloak;
pub mod openid_client;
pub mod outbox;
pub mod push_health;
pub mod sealed;
pub mod user;
pub mod webhook;
