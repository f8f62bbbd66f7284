//! The real way to the server, with a watch: how long the phone was away in it, and when an answer was handed to it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use inkan_core::ports::{Request, Response, Transport, TransportError};
use inkan_core::system::{SystemClock, SystemRandom};
use inkan_core::transport::Https;

use super::instant;
use crate::live::LiveServer;

/// A transport that is watched.
pub(super) struct Line {
    https: Https,
    spent: Mutex<Duration>,
    answered_at: Mutex<Option<Instant>>,
}

impl Line {
    pub(super) fn to(server: &LiveServer) -> Self {
        Self::trusting(&[server.root()])
    }

    /// For a phone that asks nobody.
    pub(super) fn to_nowhere() -> Self {
        Self::trusting(&[])
    }

    fn trusting(roots: &[Vec<u8>]) -> Self {
        let https = Https::new(Arc::new(SystemClock), Arc::new(SystemRandom), roots).unwrap();
        Self { https, spent: Mutex::default(), answered_at: Mutex::default() }
    }

    /// Time inside the transport so far.
    pub(super) fn spent(&self) -> Duration {
        *self.spent.lock().unwrap()
    }

    /// When the last answer was handed over.
    pub(super) fn answered_at(&self) -> Option<Instant> {
        *self.answered_at.lock().unwrap()
    }
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let begun = instant();
        if request.url.ends_with("/d/v1/answer") {
            *self.answered_at.lock().unwrap() = Some(begun);
        }
        let answer = self.https.send(request).await;
        *self.spent.lock().unwrap() += begun.elapsed();
        answer
    }
}
