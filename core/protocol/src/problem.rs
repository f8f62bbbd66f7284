//! Refusals as they travel: `application/problem+json` (RFC 9457) with a stable `code`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable; what a program decides on. All stand in `docs/errors.md`.
    pub code: String,
    /// The kind of problem, in English words.
    pub title: String,
    /// The HTTP status again.
    #[serde(default)]
    pub status: u16,
    /// What is wrong with this request and what to do.
    #[serde(default)]
    pub detail: String,
    /// Names this request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// JSON Pointer (RFC 6901) to the member to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Further members of the code, for instance `state` or `tries_left`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Problem {
    /// The media type.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";
}

/// Codes that a phone meets.
pub mod device_code {
    /// 401: a wrong signature, an unknown or revoked device, every structural fault.
    pub const NOT_RECOGNISED: &str = "not_recognised";
    /// 404: no such challenge for this device.
    pub const NOT_FOUND: &str = "not_found";
    /// 409, with `state`: another answer was first, or it ended.
    pub const ALREADY_DECIDED: &str = "already_decided";
    /// 409: too late.
    pub const EXPIRED: &str = "expired";
    /// 409: the typed number was wrong; the challenge has ended.
    pub const NUMBER_WRONG: &str = "number_wrong";
    /// 409: to be scanned or opened by this phone first.
    pub const START_NEEDED: &str = "start_needed";
    /// 409: the customer's approvals are stopped.
    pub const USER_LOCKED: &str = "user_locked";
    /// 409: this device has to wait before it may approve this.
    pub const DEVICE_WAITING: &str = "device_waiting";
    /// 422: the number is missing or malformed; the challenge is still pending.
    pub const NUMBER_NEEDED: &str = "number_needed";
    /// 422: challenge or display hash differs; the challenge is still pending.
    pub const HASH_MISMATCH: &str = "hash_mismatch";
    /// 422: a challenge with a return address needs `return_hash`; still pending.
    pub const RETURN_HASH_NEEDED: &str = "return_hash_needed";
    /// 413: over the limit.
    pub const TOO_LARGE: &str = "too_large";
    /// 429: too many tries.
    pub const TOO_MANY_REQUESTS: &str = "too_many_requests";

    /// Every one of them.
    pub const ALL: [&str; 13] = [
        NOT_RECOGNISED,
        NOT_FOUND,
        ALREADY_DECIDED,
        EXPIRED,
        NUMBER_WRONG,
        START_NEEDED,
        USER_LOCKED,
        DEVICE_WAITING,
        NUMBER_NEEDED,
        HASH_MISMATCH,
        RETURN_HASH_NEEDED,
        TOO_LARGE,
        TOO_MANY_REQUESTS,
    ];
}

#[cfg(test)]
mod tests {
    use super::device_code;

    /// `docs/errors.md` is normative: every code that a phone meets stands in it.
    #[test]
    fn the_document_has_every_code() {
        let document = include_str!("../../../docs/errors.md");
        for code in device_code::ALL {
            assert!(document.contains(&format!("| `{code}` |")), "docs/errors.md has no {code}");
        }
    }
}
