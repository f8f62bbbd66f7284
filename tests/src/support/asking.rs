//! What a broker asks of a customer, and what it has in hand once it has asked.

use inkan_protocol::ids::ChallengeId;
use serde_json::{Value, json};

use super::broker::text;

/// The body of `POST /v1/challenges`, written step by step.
#[derive(Clone)]
pub(crate) struct Ask(Value);

impl Ask {
    /// A withdrawal of ¥1,250,000 to a registered bank account, in mode `number`.
    pub(crate) fn withdrawal(user: &str) -> Self {
        Self::of(
            user,
            "withdrawal",
            &json!([
                { "type": "amount", "value": "1250000", "currency": "JPY" },
                {
                    "type": "bank_account",
                    "bank": "みほん銀行",
                    "branch": "銀座支店",
                    "kind": "普通",
                    "masked": "***4567",
                    "id": "b-1"
                }
            ]),
        )
    }

    /// Signing in, in mode `number`.
    pub(crate) fn login(user: &str) -> Self {
        Self::of(user, "login", &json!([]))
    }

    fn of(user: &str, operation: &str, details: &Value) -> Self {
        Self(json!({
            "user": user,
            "operation": operation,
            "details": details,
            "origin": {
                "ip": "203.0.113.24",
                "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0",
                "place": "東京都付近",
                "session": "s-1"
            },
            "start": "number",
            "expires_in": 120
        }))
    }

    pub(crate) fn body(&self) -> &Value {
        &self.0
    }

    /// Any member of the body.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0[member] = value.into();
        self
    }

    #[must_use]
    pub(crate) fn scan(self) -> Self {
        self.with("start", "scan")
    }

    #[must_use]
    pub(crate) fn link(self) -> Self {
        self.with("start", "link")
    }

    /// Tier `returned`: the app brings the browser back to the broker's page.
    #[must_use]
    pub(crate) fn returned(self) -> Self {
        self.link().with("return_url", "https://www.mirai.example/return").with("minimum_tier", "returned")
    }

    /// From this web session.
    #[must_use]
    pub(crate) fn in_session(mut self, session: &str) -> Self {
        self.0["origin"]["session"] = session.into();
        self
    }

    /// From this address.
    #[must_use]
    pub(crate) fn asked_by(mut self, ip: &str) -> Self {
        self.0["origin"]["ip"] = ip.into();
        self
    }
}

/// What the broker was answered: what its page needs.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) challenge: ChallengeId,
    pub(crate) watch_token: String,
    pub(crate) all: Value,
}

impl Asked {
    pub(crate) fn of(all: &Value) -> Self {
        let id = text(all, "id");
        Self { challenge: id.parse().unwrap(), id, watch_token: text(all, "watch_token"), all: all.clone() }
    }

    /// What the page shows and the customer types.
    #[track_caller]
    pub(crate) fn number(&self) -> &str {
        self.all["number"].as_str().expect("asked in another mode than number")
    }

    /// A number of the same length that is not the right one.
    #[track_caller]
    pub(crate) fn wrong_number(&self) -> String {
        self.number()
            .chars()
            .map(|digit| if digit == '9' { '0' } else { (u8::try_from(digit).unwrap() + 1).into() })
            .collect()
    }

    /// What opens the app.
    #[track_caller]
    pub(crate) fn link(&self) -> &str {
        self.all["link"].as_str().expect("asked in another mode than link")
    }

    /// Where the page loads the changing code.
    #[track_caller]
    pub(crate) fn scan_url(&self) -> &str {
        self.all["scan_url"].as_str().expect("asked in another mode than scan")
    }
}
