//! The pages: home, enrollment, sign-in, order, withdrawal, the return from the app, and the API's description.
//!
//! Every step that needs an approval goes the same way: ask → the page waits for news → the browser comes
//! back with the session's own cookie → redeem → execute what the verdict says.

mod api_docs;
mod asking;
mod enrolling;
mod trading;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::Places;
use crate::api::{Api, ApiError};
use crate::session::{Sessions, Visit};

/// The demo's one customer.
pub const USER: &str = "c-1001";
/// The account as phones show it.
pub const DISPLAY_NAME: &str = "***0123";

/// What the pages share.
#[derive(Clone)]
pub struct Broker {
    /// The relying party's API.
    pub api: Api,
    /// Web sessions.
    pub sessions: Sessions,
    /// Where everything is.
    pub places: Places,
}

/// The pages' table of contents.
pub fn router(broker: Broker) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/enroll", get(enrolling::page).post(enrolling::begin))
        .route("/enroll/state", get(enrolling::state))
        .route("/enroll/confirm", post(enrolling::confirm))
        .route("/sign-in", post(trading::sign_in))
        .route("/sign-out", post(trading::sign_out))
        .route("/order", get(trading::order_page).post(trading::order))
        .route("/withdraw", get(trading::withdraw_page).post(trading::withdraw))
        .route("/wait", get(asking::page))
        .route("/wait/state", get(asking::state))
        .route("/wait/code", get(asking::code))
        .route("/wait/cancel", post(asking::cancel))
        .route("/finish", post(asking::finish))
        .route("/return", get(asking::return_page).post(asking::returned))
        .route("/evidence/{challenge}", get(asking::evidence))
        .route("/api-docs", get(api_docs::page))
        .route(
            "/assets/tokens.css",
            get(|| async {
                asset("text/css", include_str!("../../../core/virtual-phone/assets/tokens.css"))
            }),
        )
        .route(
            "/assets/parts.css",
            get(|| async { asset("text/css", include_str!("../../../core/virtual-phone/assets/parts.css")) }),
        )
        .route(
            "/assets/broker.css",
            get(|| async { asset("text/css", include_str!("../assets/broker.css")) }),
        )
        .route(
            "/assets/wait.js",
            get(|| async { asset("text/javascript", include_str!("../assets/wait.js")) }),
        )
        .route(
            "/assets/return.js",
            get(|| async { asset("text/javascript", include_str!("../assets/return.js")) }),
        )
        .route(
            "/assets/icon.svg",
            get(|| async { asset("image/svg+xml", include_str!("../assets/icon.svg")) }),
        )
        .fallback(|| async { Failure::NoSuchPage })
        .layer(middleware::from_fn(guard))
        .with_state(broker)
}

/// No third party, no inline script or style, nothing kept.
async fn guard(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self' http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'; base-uri 'none'",
        ),
    );
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}

#[derive(askama::Template)]
#[template(path = "home.html")]
struct Home {
    title: &'static str,
    signed_in: bool,
    notice: Option<String>,
    devices: usize,
    phone: String,
}

async fn home(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let session = broker.sessions.read(&visit.id);
    let devices = broker.api.devices(USER).await?.len();
    broker.sessions.change(&visit.id, |session| session.notice = None);
    let page = Home {
        title: if session.signed_in { "資産" } else { "ログイン" },
        signed_in: session.signed_in,
        notice: session.notice,
        devices,
        phone: broker.places.phone.clone(),
    };
    show(&visit, &page)
}

/// A page that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The API refused or cannot be reached.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A template failed.
    #[error(transparent)]
    Template(#[from] askama::Error),
    /// No random bytes.
    #[error("no random bytes")]
    Random,
    /// Nothing stands under the address.
    #[error("there is no such page")]
    NoSuchPage,
}

#[derive(askama::Template)]
#[template(path = "failure.html")]
struct FailurePage {
    title: &'static str,
    signed_in: bool,
    happened: &'static str,
    next: &'static str,
    what: String,
    code: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::Api(ApiError::Refused { code, .. }) => (StatusCode::CONFLICT, code.clone()),
            Self::Api(_) => (StatusCode::BAD_GATEWAY, "unreachable".to_owned()),
            Self::Template(_) | Self::Random => (StatusCode::INTERNAL_SERVER_ERROR, "internal".to_owned()),
            Self::NoSuchPage => (StatusCode::NOT_FOUND, "not_found".to_owned()),
        };
        let (happened, next) = in_words(&code);
        let title = match self {
            Self::NoSuchPage => "ページが見つかりません",
            _ => "お手続きできませんでした",
        };
        let page = FailurePage { title, signed_in: false, happened, next, what: self.to_string(), code };
        match askama::Template::render(&page) {
            Ok(text) => (status, Html(text)).into_response(),
            Err(_) => status.into_response(),
        }
    }
}

/// What happened, and what to do next.
fn in_words(code: &str) -> (&'static str, &'static str) {
    match code {
        "not_found" => ("このアドレスのページはありません。", "はじめの画面からお進みください。"),
        "no_device" => ("登録された端末がありません。", "はじめの画面から、端末を登録してください。"),
        "user_locked" => ("口座が停止されています。", "再開には本人確認が必要です。"),
        "device_waiting" => {
            ("新しい端末のため、まだ承認できません。", "期限までお待ちになるか、以前の端末をお使いください。")
        }
        "too_many_prompts" => {
            ("確認依頼が続いたため、送信できませんでした。", "少し待ってから、もう一度お試しください。")
        }
        "unreachable" => ("認証サーバーに接続できません。", "少し待ってから、もう一度お試しください。"),
        _ => ("認証サーバーが依頼を受け付けませんでした。", "少し待ってから、もう一度お試しください。"),
    }
}

/// Time left, for the page.
pub(crate) struct Left {
    remaining: u64,
    whole: u64,
}

impl Left {
    /// Until `expires_at`, of `whole` seconds.
    fn until(expires_at: &str, whole: u64) -> Self {
        let whole = whole.max(1);
        Self { remaining: crate::clock::seconds_until(expires_at).min(whole), whole }
    }

    fn text(&self) -> String {
        format!("{}:{:02}", self.remaining / 60, self.remaining % 60)
    }

    /// In hundredths of the whole.
    fn share(&self) -> u64 {
        self.remaining.saturating_mul(100) / self.whole
    }
}

fn show(visit: &Visit, page: &impl askama::Template) -> Result<Response, Failure> {
    Ok(visit.leave(Html(page.render()?).into_response()))
}

fn go(visit: &Visit, to: &str) -> Response {
    visit.leave(Redirect::to(to).into_response())
}
