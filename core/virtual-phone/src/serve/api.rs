//! The local API: `POST /api/<action>` with the action's members as JSON, or `GET` for those that only read.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use inkan_protocol::details::Locale;
use serde_json::{Map, Value};

use super::Service;
use crate::{
    action::{Action, Reply},
    failure::{Failure, Fault, Task},
    phone::Phone,
    view::EnrollmentState,
};

/// What `GET` may do.
const READS: [&str; 6] = ["state", "inbox", "history", "accounts", "enrollment", "show"];

pub(super) async fn read(
    State(service): State<Arc<Service>>,
    Path(action): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    if !READS.contains(&action.as_str()) {
        return wrong(&service, &format!("/api/{action} takes POST"));
    }
    let number = |text: String| text.parse::<u64>().map_or(Value::String(text), Value::from);
    let members = query
        .into_iter()
        .map(|(name, text)| if name == "wait" { (name, number(text)) } else { (name, Value::String(text)) });
    perform(&service, &action, members.collect()).await
}

pub(super) async fn act(
    State(service): State<Arc<Service>>,
    Path(action): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // JSON alone: no form of another page can send it without being asked first
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json"));
    if !json && !body.is_empty() {
        return wrong(&service, "content-type is not application/json");
    }
    let members = if body.is_empty() { Ok(Map::new()) } else { serde_json::from_slice(&body) };
    match members {
        Ok(members) => perform(&service, &action, members).await,
        Err(error) => wrong(&service, &error.to_string()),
    }
}

async fn perform(service: &Service, action: &str, mut members: Map<String, Value>) -> Response {
    members.insert("action".to_owned(), Value::String(action.to_owned()));
    let action: Action = match serde_json::from_value(Value::Object(members)) {
        Ok(action) => action,
        Err(error) => return wrong(service, &error.to_string()),
    };
    let result = service.phone.perform(action).await;
    if let Ok(Reply::Enrollment(view)) = &result
        && view.state == EnrollmentState::Claimed
    {
        follow(&service.phone, view.enrollment.clone());
    }
    match result {
        Ok(reply) => Json(reply).into_response(),
        Err(failure) => failed(&failure),
    }
}

/// Follows an enrollment in the background until it has ended.
pub(super) fn follow(phone: &Arc<Phone>, enrollment: String) {
    let phone = Arc::clone(phone);
    tokio::spawn(async move { phone.follow_enrollment(&enrollment).await });
}

fn failed(failure: &Failure) -> Response {
    let status = match (failure.code.as_str(), failure.exit) {
        ("offline", _) => StatusCode::SERVICE_UNAVAILABLE,
        (_, 2) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    (status, Json(failure)).into_response()
}

fn wrong(service: &Service, what: &str) -> Response {
    failed(&Failure::of(&Fault::Call(what.to_owned()), Task::Look, service.phone.locale()))
}

/// No token, a wrong one, or another origin.
pub(super) fn unauthorized(locale: Locale) -> Response {
    let what = "Inkan-Phone-Token, as in control.json";
    let failure = Failure::of(&Fault::Call(what.to_owned()), Task::Look, locale);
    (StatusCode::UNAUTHORIZED, Json(failure)).into_response()
}
