//! Enrolling a phone: the QR code, the live state, the six digits.

use axum::extract::{Form, State};
use axum::response::{IntoResponse as _, Json, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Broker, DISPLAY_NAME, Failure, USER, go, show};
use crate::api::ApiError;
use crate::session::Visit;

/// Begins an enrollment in this session.
pub(super) async fn begin(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let now = crate::clock::now();
    let enrollment = broker.api.begin_enrollment(USER, DISPLAY_NAME, &now).await?;
    broker.sessions.change(&visit.id, |session| session.enrollment = Some(enrollment));
    Ok(go(&visit, "/enroll"))
}

#[derive(askama::Template)]
#[template(path = "enroll.html")]
struct Page {
    title: &'static str,
    signed_in: bool,
    state: String,
    notice: Option<String>,
    uri: String,
    typed_code: String,
    qr_svg: String,
    phone: String,
}

/// The QR code, and once a phone has claimed it the field for the six digits.
pub(super) async fn page(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let session = broker.sessions.read(&visit.id);
    let Some(enrollment) = session.enrollment else { return Ok(go(&visit, "/")) };
    let news = broker.api.enrollment(&enrollment.id, 0).await?;
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
            uri: enrollment.uri,
            typed_code,
            qr_svg: enrollment.qr_svg,
            phone: broker.places.phone.clone(),
        },
    )
}

/// `{state}` for the page's script: waits for news.
pub(super) async fn state(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let session = broker.sessions.read(&visit.id);
    let state = match session.enrollment {
        Some(enrollment) => {
            let news = broker.api.enrollment(&enrollment.id, 20).await?;
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
    let Some(enrollment) = session.enrollment else { return Ok(go(&visit, "/")) };
    let notice = match broker.api.confirm(&enrollment.id, form.code.trim()).await {
        Ok(_) => None,
        Err(ApiError::Refused { code, problem, .. }) if code == "confirmation_code_wrong" => {
            let left = problem.get("tries_left").and_then(Value::as_u64).unwrap_or(0);
            Some(format!("数字が違います。端末に表示された6桁をご確認ください（残り{left}回）。"))
        }
        Err(other) => return Err(other.into()),
    };
    broker.sessions.change(&visit.id, |session| session.notice = notice);
    Ok(go(&visit, "/enroll"))
}
