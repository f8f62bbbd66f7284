//! The switches beside the phone: network and biometrics, language and look.

use std::io;

use async_trait::async_trait;
use inkan_core::{
    ports::{Request, Response, Transport, TransportError},
    vault::VerificationOutcome,
};
use inkan_protocol::details::Locale;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::watch;

use crate::home::{Home, read_json, write_json};

/// How the next user verifications end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Biometrics {
    /// Recognised.
    #[default]
    Ok,
    /// Recognised by the device's passcode.
    Passcode,
    /// Not recognised.
    Fails,
    /// The dialog is closed.
    Cancelled,
    /// A fingerprint was added: the approval key that is used next is gone for good.
    Invalidated,
}

impl Biometrics {
    pub(super) fn outcome(self) -> VerificationOutcome {
        match self {
            Self::Ok => VerificationOutcome::Biometric,
            Self::Passcode => VerificationOutcome::DeviceCredential,
            Self::Fails => VerificationOutcome::Fail,
            Self::Cancelled => VerificationOutcome::Cancel,
            Self::Invalidated => VerificationOutcome::KeyInvalidated,
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the browser says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What the page keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) locale: Locale,
    #[serde(default)]
    pub(super) theme: Theme,
    /// Not kept: a new start begins with a phone that works.
    #[serde(skip)]
    pub(super) biometrics: Biometrics,
}

impl Settings {
    pub(super) fn read(home: Option<&Home>) -> io::Result<Self> {
        let kept = match home {
            Some(home) => read_json(&home.settings())?,
            None => None,
        };
        let fresh = Self { locale: Locale::Ja, theme: Theme::default(), biometrics: Biometrics::default() };
        Ok(kept.unwrap_or(fresh))
    }

    pub(super) fn write(self, home: Option<&Home>) -> io::Result<()> {
        home.map_or(Ok(()), |home| write_json(&home.settings(), &self))
    }
}

/// A transport with a switch. What is under way when it is turned off breaks off.
pub(super) struct SwitchedTransport {
    inner: Arc<dyn Transport>,
    connected: watch::Sender<bool>,
}

impl SwitchedTransport {
    pub(super) fn new(inner: Arc<dyn Transport>) -> Self {
        Self { inner, connected: watch::Sender::new(true) }
    }

    pub(super) fn connect(&self, connected: bool) {
        self.connected.send_replace(connected);
    }

    pub(super) fn is_connected(&self) -> bool {
        *self.connected.borrow()
    }
}

#[async_trait]
impl Transport for SwitchedTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let mut connected = self.connected.subscribe();
        if !*connected.borrow_and_update() {
            return Err(TransportError::Offline);
        }
        tokio::select! {
            answer = self.inner.send(request) => answer,
            _ = connected.wait_for(|connected| !connected) => Err(TransportError::Offline),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use inkan_core::ports::Method;

    use super::*;

    /// A server that never answers.
    struct Silent;

    #[async_trait]
    impl Transport for Silent {
        async fn send(&self, _: Request) -> Result<Response, TransportError> {
            pending().await
        }
    }

    #[tokio::test]
    async fn turning_the_network_off_breaks_off_what_is_under_way() {
        let request = Request {
            method: Method::Get,
            url: "https://broker.example/".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            pins: Vec::new(),
            timeout: Duration::from_secs(30),
            answer_limit: 1,
            safe_to_repeat: true,
        };
        let transport = Arc::new(SwitchedTransport::new(Arc::new(Silent)));
        let under_way = tokio::spawn({
            let (transport, request) = (Arc::clone(&transport), request.clone());
            async move { transport.send(request).await }
        });
        tokio::task::yield_now().await;
        assert!(!under_way.is_finished());
        transport.connect(false);
        assert_eq!(under_way.await.unwrap(), Err(TransportError::Offline));
        assert_eq!(transport.send(request).await, Err(TransportError::Offline));
        assert!(!transport.is_connected());
    }
}
