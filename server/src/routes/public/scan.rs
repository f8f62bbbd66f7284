//! `GET /scan/{token}`: the QR code of the moment, for the page that shows it; loaded again every two seconds, by any
//! origin.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use inkan_protocol::challenge::{ChallengeLink, SCAN_STEP_SECONDS, ScanSecret};
use inkan_protocol::ids::Digest;

use super::watch::gone;
use crate::app::Shared;
use crate::asking::scan_context;
use crate::model::challenge::StartMode;
use crate::qr;
use crate::routes::body::Address;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;

/// The changing code of a challenge in mode `scan`.
#[utoipa::path(
    get,
    path = "/scan/{token}",
    tag = "public",
    params(("token" = String, Path, description = "from `scan_url` of the challenge")),
    responses(
        (status = 200, description = "the present code", body = String, content_type = "image/svg+xml"),
        (status = 404, description = "`not_found`", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 410, description = "`gone`: the challenge has ended", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn scan(State(app): State<Shared>, Address(token): Address<String>) -> Result<Response, Refusal> {
    let token = Digest::of(token.as_bytes());
    let challenge = app
        .storage
        .read(move |tx| -> Result<_, Refusal> { Ok(tx.challenge_by_scan(token)?) })
        .await?
        .ok_or_else(|| Refusal::not_found("there is no code under this token"))?;
    let now = app.clock.now();
    let sealed = match &challenge.start {
        StartMode::Scan { secret: Some(sealed), .. } if challenge.is_pending(now) => sealed,
        _ => return Err(gone()),
    };
    let opened = app.sealer.open(&scan_context(challenge.id), &sealed.0)?;
    let secret: [u8; 32] = opened.as_slice().try_into().map_err(|_| Refusal::internal())?;
    let step = now / SCAN_STEP_SECONDS;
    let link = ChallengeLink::Scan {
        server: app.settings.server.clone(),
        challenge: challenge.id,
        step,
        mac: ScanSecret::new(secret).derive_mac(challenge.id, step),
    };
    let svg = qr::svg(&link.expose_text()).map_err(|error| {
        tracing::error!(%error, "a code could not be drawn");
        Refusal::internal()
    })?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, svg).into_response())
}

#[cfg(test)]
mod tests;
