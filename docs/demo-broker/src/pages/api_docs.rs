//! The API's description as a page: what `/openapi.json` says, without a script.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::{Broker, Failure, show};
use crate::session::Visit;

#[derive(askama::Template)]
#[template(path = "api_docs.html")]
struct Page {
    title: &'static str,
    signed_in: bool,
    calls: Vec<Call>,
    document: String,
}

struct Call {
    method: String,
    path: String,
    summary: String,
    description: String,
    answers: Vec<(String, String)>,
}

/// A section for each call.
pub(super) async fn page(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let document = broker.api.openapi().await?;
    let page = Page {
        title: "API",
        signed_in: false,
        calls: calls(&document),
        document: serde_json::to_string_pretty(&document).unwrap_or_default(),
    };
    show(&visit, &page)
}

fn calls(document: &Value) -> Vec<Call> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let paths = document.get("paths").and_then(Value::as_object);
    let mut calls = Vec::new();
    for (path, methods) in paths.into_iter().flatten() {
        for (method, call) in methods.as_object().into_iter().flatten() {
            let answers = call.get("responses").and_then(Value::as_object);
            calls.push(Call {
                method: method.to_ascii_uppercase(),
                path: path.clone(),
                summary: text(call.get("summary")),
                description: text(call.get("description")),
                answers: answers
                    .into_iter()
                    .flatten()
                    .map(|(status, answer)| (status.clone(), text(answer.get("description"))))
                    .collect(),
            });
        }
    }
    calls
}
