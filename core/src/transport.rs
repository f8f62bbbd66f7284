//! The way to the server: the real part behind the port [`Transport`](crate::ports::Transport).

mod https;

pub use https::Https;
