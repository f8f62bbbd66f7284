//! What FCM answers, and what it means here: `google.firebase.fcm.v1.FcmError` in `error.details` first, then Google's
//! general status, then HTTP's.

use std::time::Duration;

use serde::Deserialize;

use crate::push::Outcome;
use crate::push::exchange::{Answer, word};

/// What Google's documentation tells to wait where `Retry-After` is absent.
const PAUSE: Duration = Duration::from_mins(1);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Words {
    error: Error,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Error {
    message: String,
    status: String,
    details: Vec<Detail>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    #[serde(rename = "errorCode")]
    error_code: String,
    #[serde(rename = "fieldViolations")]
    violations: Vec<Violation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Violation {
    field: String,
}

impl Error {
    fn of(answer: &Answer) -> Self {
        let Words { error } = serde_json::from_slice(&answer.body).unwrap_or_default();
        error
    }

    /// FCM's own code, or Google's status.
    fn code(&self) -> String {
        let own = self.details.iter().map(|detail| &detail.error_code).find(|code| !code.is_empty());
        word(own.unwrap_or(&self.status))
    }

    /// Google names the field, or says it in a sentence alone.
    fn is_about_the_token(&self) -> bool {
        let mut violations = self.details.iter().flat_map(|detail| &detail.violations).peekable();
        match violations.peek() {
            Some(_) => violations.all(|violation| violation.field == "message.token"),
            None => self.message.contains("registration token"),
        }
    }
}

/// Whether the access token is what Google does not take.
pub(super) fn is_about_the_bearer(answer: &Answer) -> bool {
    answer.status == 401 && Error::of(answer).code() != "THIRD_PARTY_AUTH_ERROR"
}

pub(super) fn judge(answer: &Answer) -> Outcome {
    let status = answer.status;
    if status == 200 {
        return Outcome::DeliveredToProvider;
    }
    let error = Error::of(answer);
    let code = error.code();
    let misconfigured = |advice: &str| {
        let said = if code.is_empty() { status.to_string() } else { format!("{status} {code}") };
        Outcome::Misconfigured { why: format!("{said}: {advice}") }
    };
    match code.as_str() {
        "UNREGISTERED" => Outcome::TokenGone { since: None },
        "INVALID_ARGUMENT" if error.is_about_the_token() => Outcome::TokenGone { since: None },
        "INVALID_ARGUMENT" => {
            misconfigured("the server made a message that Google does not take; report it as a defect")
        }
        "SENDER_ID_MISMATCH" => misconfigured(
            "the app was built for another Firebase project than push.fcm.service_account is of",
        ),
        "THIRD_PARTY_AUTH_ERROR" => misconfigured(
            "the registration is of an Apple device or a browser, whose keys this Firebase project does not have",
        ),
        "QUOTA_EXCEEDED" | "RESOURCE_EXHAUSTED" => answer.throttled(PAUSE),
        "UNAVAILABLE" | "INTERNAL" => answer.down(),
        _ => match status {
            401 => misconfigured("Google takes none of the service account's access tokens"),
            403 => misconfigured(
                "the service account may not send; enable the Firebase Cloud Messaging API (V1) and give it the role that docs/push.md names",
            ),
            404 => misconfigured("the service account's project has no Firebase Cloud Messaging"),
            429 => answer.throttled(PAUSE),
            500.. => answer.down(),
            _ => misconfigured("Google refuses the request"),
        },
    }
}
