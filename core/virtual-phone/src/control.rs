//! The way from a command to the phone that already runs in the same folder.
//!
//! A running page writes its address and a random token to `control.json` (mode 0600). A command that finds the file,
//! and somebody listening there, asks that phone instead of opening the store a second time.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use inkan_core::ports::Random;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::{
    action::{Action, Reply},
    failure::{Failure, Fault, Task},
    home::{Home, read_json, write_json},
};
use base64::Engine as _;
use inkan_protocol::details::Locale;

/// The header that carries the token.
pub const TOKEN_HEADER: &str = "inkan-phone-token";
/// Longer than any call waits.
const TIMEOUT: Duration = Duration::from_mins(2);

/// 256 random bits: whoever holds them may move the phone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ControlToken(String);

impl ControlToken {
    /// A new one.
    pub fn make(random: &dyn Random) -> Result<Self, Fault> {
        let mut bytes = [0; 32];
        random.fill(&mut bytes).map_err(inkan_core::error::Error::from)?;
        Ok(Self(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Compares in constant time.
    pub fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }

    /// The text, for the header.
    pub fn expose_text(&self) -> &str {
        &self.0
    }
}

/// What `control.json` says.
#[derive(Clone, Serialize, Deserialize)]
pub struct Control {
    /// Where the local API listens.
    pub address: SocketAddr,
    /// Its token.
    pub token: ControlToken,
}

impl Control {
    /// Writes `control.json`.
    pub fn write(&self, home: &Home) -> Result<(), Fault> {
        Ok(write_json(&home.control(), self)?)
    }

    /// Removes `control.json`, when the phone ends.
    pub fn remove(home: &Home) {
        // a file that is left behind names an address where nobody answers: the next command sees that
        let _ = std::fs::remove_file(home.control());
    }

    /// The phone that runs in this folder, if one does.
    pub async fn find(home: &Home) -> Result<Option<RunningPhone>, Fault> {
        let Some(control) = read_json::<Self>(&home.control())? else { return Ok(None) };
        let running = RunningPhone::new(control)?;
        Ok(running.answers().await.then_some(running))
    }
}

/// A phone that runs in another process.
pub struct RunningPhone {
    control: Control,
    client: reqwest::Client,
}

impl RunningPhone {
    fn new(control: Control) -> Result<Self, Fault> {
        if !control.address.ip().is_loopback() {
            return Err(Fault::Call("control.json names an address that is not loopback".to_owned()));
        }
        // plain HTTP on loopback; the provider is named so that building the client does not look for one
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Fault::Call(error.to_string()))?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| Fault::Call(error.to_string()))?;
        Ok(Self { control, client })
    }

    async fn answers(&self) -> bool {
        let state = self.client.get(format!("http://{}/api/state", self.control.address));
        let answer = state.header(TOKEN_HEADER, self.control.token.expose_text()).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Where its page is.
    pub fn address(&self) -> SocketAddr {
        self.control.address
    }

    /// Asks it.
    pub async fn perform(&self, action: &Action, locale: Locale) -> Result<Reply, Failure> {
        let failed =
            |what: &dyn std::fmt::Display| Failure::of(&Fault::Call(what.to_string()), Task::Look, locale);
        let mut body = serde_json::to_value(action).map_err(|error| failed(&error))?;
        let name = body.as_object_mut().and_then(|members| members.remove("action"));
        let Some(serde_json::Value::String(name)) = name else { return Err(failed(&"no action")) };
        let answer = self
            .client
            .post(format!("http://{}/api/{name}", self.control.address))
            .header(TOKEN_HEADER, self.control.token.expose_text())
            .json(&body)
            .send()
            .await
            .map_err(|error| failed(&error))?;
        if answer.status().is_success() {
            return answer.json().await.map_err(|error| failed(&error));
        }
        let failure = answer.json::<Failure>().await.map_err(|error| failed(&error))?;
        Err(failure)
    }
}
