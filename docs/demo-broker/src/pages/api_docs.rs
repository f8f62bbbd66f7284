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
    groups: Vec<Group>,
    document: String,
}

/// Who calls, and what.
struct Group {
    id: &'static str,
    heading: &'static str,
    calls: Vec<Call>,
}

struct Call {
    method: String,
    path: String,
    summary: Vec<Part>,
    description: Vec<Part>,
    answers: Vec<(String, Vec<Part>)>,
}

/// A piece of a sentence: words, or a name that a program reads.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    is_code: bool,
    text: String,
}

/// A section for each call.
pub(super) async fn page(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let document = broker.api.openapi().await?;
    let (own, others) = calls(&document).into_iter().partition(|call| call.path.starts_with("/v1/"));
    let page = Page {
        title: "API",
        signed_in: broker.sessions.read(&visit.id).signed_in,
        groups: vec![
            Group { id: "backend", heading: "For your backend", calls: own },
            Group { id: "others", heading: "For phones, pages and operation", calls: others },
        ],
        document: serde_json::to_string_pretty(&document).unwrap_or_default(),
    };
    show(&visit, &page)
}

fn calls(document: &Value) -> Vec<Call> {
    let text = |value: Option<&Value>| parts(value.and_then(Value::as_str).unwrap_or_default());
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

/// What stands between backticks is a name.
fn parts(text: &str) -> Vec<Part> {
    let pieces = text.split('`').enumerate();
    pieces
        .filter(|(_, piece)| !piece.is_empty())
        .map(|(place, piece)| Part { is_code: place % 2 == 1, text: piece.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_between_backticks() {
        let part = |is_code, text: &str| Part { is_code, text: text.to_owned() };
        assert_eq!(parts("`expired`: too late"), [part(true, "expired"), part(false, ": too late")]);
        assert_eq!(parts(""), []);
    }
}
