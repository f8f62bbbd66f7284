use http::HeaderMap;
use serde_json::Value;
use standardwebhooks::Webhook;

/// The event; an error where it does not come from your server. `body` is what came, byte by byte.
pub fn verify(secret: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value, Box<dyn std::error::Error>> {
    Webhook::new(secret)?.verify(body, headers)?;
    Ok(serde_json::from_slice(body)?)
}
