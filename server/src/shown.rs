//! What a challenge shows, read from the exact bytes that were issued and not from what is configured now.

use inkan_protocol::challenge::Challenge;
use inkan_protocol::encoding::decode;

use crate::routes::refusal::Refusal;

/// Reads a challenge that this server has issued and kept. Its signature was made here and is not checked again.
pub(crate) fn read(jws: &str) -> Result<Challenge, Refusal> {
    let payload = jws.split('.').nth(1).and_then(|payload| decode(payload).ok()).ok_or_else(|| {
        tracing::error!("an issued challenge is not a JWS");
        Refusal::internal()
    })?;
    Ok(serde_json::from_slice(&payload)?)
}
