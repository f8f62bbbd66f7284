//! Enrolling a phone: the QR code, the live state, the six digits.

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse as _, Json, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Broker, DISPLAY_NAME, Failure, Left, USER, go, show};
use crate::api::ApiError;
use crate::session::Visit;

/// Begins an enrollment in this session.
pub(super) async fn begin(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let now = crate::clock::now();
    let enrollment = broker.api.begin_enrollment(USER, DISPLAY_NAME, &now).await?;
    let whole = crate::clock::seconds_until(&enrollment.expires_at);
    broker.sessions.change(&visit.id, |session| {
        session.enrollment = Some((enrollment, whole));
        session.notice = None;
    });
    Ok(go(&visit, "/enroll"))
}

#[derive(askama::Template)]
#[template(path = "enroll.html")]
struct Page {
    title: &'static str,
    signed_in: bool,
    state: String,
    notice: Option<String>,
    left: Left,
    server: String,
    uri: String,
    typed_code: String,
    qr_svg: String,
    phone: String,
}

/// The QR code, and once a phone has claimed it the field for the six digits.
pub(super) async fn page(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let session = broker.sessions.read(&visit.id);
    let Some((enrollment, whole)) = session.enrollment else { return Ok(go(&visit, "/")) };
    let news = broker.api.enrollment(&enrollment.id, 0, "pending").await?;
    let state = news.get("state").and_then(Value::as_str).unwrap_or("failed").to_owned();
    if state == "active" {
        broker.sessions.change(&visit.id, |session| session.enrollment = None);
    }
    let mut typed_code = enrollment.typed_code;
    for place in [8, 4] {
        if typed_code.len() == 12 + usize::from(place == 4) && typed_code.is_char_boundary(place) {
            typed_code.insert(place, ' ');
        }
    }
    show(
        &visit,
        &Page {
            title: "認証アプリの登録",
            signed_in: session.signed_in,
            state,
            notice: session.notice,
            left: Left::until(&enrollment.expires_at, whole),
            // what the app asks for beside the typed code
            server: enrollment.uri.split("/e#").next().unwrap_or_default().to_owned(),
            uri: enrollment.uri,
            typed_code,
            qr_svg: enrollment.qr_svg,
            phone: broker.places.phone.clone(),
        },
    )
}

/// What the page shows already.
#[derive(Deserialize)]
pub(super) struct Known {
    #[serde(default)]
    known: String,
}

/// `{state}` for the page's script: waits for news.
pub(super) async fn state(
    State(broker): State<Broker>,
    Query(Known { known }): Query<Known>,
    visit: Visit,
) -> Result<Response, Failure> {
    let known = if known == "claimed" { "claimed" } else { "pending" };
    let session = broker.sessions.read(&visit.id);
    let state = match session.enrollment {
        Some((enrollment, _)) => {
            let news = broker.api.enrollment(&enrollment.id, 20, known).await?;
            news.get("state").cloned().unwrap_or(Value::Null)
        }
        None => Value::Null,
    };
    Ok(Json(json!({ "state": state })).into_response())
}

/// The six digits.
#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

/// Confirms, and says what is left to try where the digits were wrong.
pub(super) async fn confirm(
    State(broker): State<Broker>,
    visit: Visit,
    Form(form): Form<Code>,
) -> Result<Response, Failure> {
    let session = broker.sessions.read(&visit.id);
    let Some((enrollment, _)) = session.enrollment else { return Ok(go(&visit, "/")) };
    let notice = match broker.api.confirm(&enrollment.id, form.code.trim()).await {
        Ok(_) => None,
        // too late: the page says so by itself
        Err(ApiError::Refused { code, .. }) if code == "not_claimed" => None,
        Err(ApiError::Refused { code, problem, .. }) if code == "confirmation_code_wrong" => {
            let left = problem.get("tries_left").and_then(Value::as_u64).unwrap_or(0);
            Some(format!("数字が違います。端末に表示された6桁をご確認ください（残り{left}回）。"))
        }
        // a code of another length or with other signs
        Err(ApiError::Refused { status: 422, .. }) => {
            Some("端末に表示された6桁の数字を入力してください。".to_owned())
        }
        Err(other) => return Err(other.into()),
    };
    broker.sessions.change(&visit.id, |session| session.notice = notice);
    Ok(go(&visit, "/enroll"))
}
