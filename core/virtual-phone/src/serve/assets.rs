//! Styles, script and seals, from inside the program.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

const FILES: [(&str, &str, &str); 6] = [
    ("tokens.css", "text/css; charset=utf-8", include_str!("../../assets/tokens.css")),
    ("parts.css", "text/css; charset=utf-8", include_str!("../../assets/parts.css")),
    ("phone.css", "text/css; charset=utf-8", include_str!("../../assets/phone.css")),
    ("phone.js", "text/javascript; charset=utf-8", include_str!("../../assets/phone.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/icon.svg")),
    ("seals.svg", "image/svg+xml", include_str!("../../assets/seals.svg")),
];

pub(super) async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
