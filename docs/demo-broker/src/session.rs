//! Web sessions, in memory: a cookie names one, and what was begun in it is finished in it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode};

use crate::pages::Broker;

const COOKIE_NAME: &str = "mirai_session";

/// What a session has begun.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The customer has signed in.
    pub signed_in: bool,
    /// An enrollment that is under way, and how many seconds it had when it began.
    pub enrollment: Option<(crate::api::Enrollment, u64)>,
    /// A question that is under way.
    pub asked: Option<Pending>,
    /// Why the last step failed, in words.
    pub notice: Option<String>,
}

/// A question that is under way.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The challenge.
    pub challenge: crate::api::Asked,
    /// What it is for.
    pub purpose: Purpose,
    /// The broker's reference, which the redeem repeats.
    pub reference: String,
    /// How many seconds it had when it was asked.
    pub whole: u64,
    /// Lines for the page.
    pub facts: Vec<(String, String)>,
}

/// What an approval is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in.
    SignIn,
    /// An order.
    Order,
    /// A withdrawal.
    Withdrawal,
}

/// All sessions.
#[derive(Clone, Default)]
pub struct Sessions(Arc<Mutex<HashMap<String, Session>>>);

/// The session of a request, by its own cookie.
pub struct Visit {
    /// The cookie's value, which names the session to the server as `origin.session`.
    pub id: String,
    is_new: bool,
}

impl Sessions {
    /// The session's present content.
    pub fn read(&self, id: &str) -> Session {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned().unwrap_or_default()
    }

    /// Changes a session.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut Session)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(id.to_owned()).or_default());
    }
}

impl Visit {
    /// Sets the cookie where the visitor had none. It has no `Secure`, because the demo's pages are on plain loopback.
    pub fn leave<B>(&self, mut response: Response<B>) -> Response<B> {
        if self.is_new
            && let Ok(cookie) =
                HeaderValue::from_str(&format!("{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Lax", self.id))
        {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

impl FromRequestParts<Broker> for Visit {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &Broker) -> Result<Self, StatusCode> {
        let known = parts
            .headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))
            .filter(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        Ok(match known {
            Some(id) => Self { id: id.to_owned(), is_new: false },
            None => Self { id: make_id().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?, is_new: true },
        })
    }
}

/// A reference number as a person reads it: `A1B2-C3`.
pub fn make_reference() -> Option<String> {
    let id = make_id()?.to_ascii_uppercase();
    Some(format!("{}-{}", id.get(0..4)?, id.get(4..6)?))
}

#[expect(clippy::disallowed_methods, reason = "the one place where the demo broker takes random bytes")]
fn make_id() -> Option<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}
