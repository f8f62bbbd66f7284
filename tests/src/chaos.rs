//! Over real sockets with TLS: many answers at once, and a server that is killed.

mod kills;
mod outbox;
mod races;
mod receiver;
