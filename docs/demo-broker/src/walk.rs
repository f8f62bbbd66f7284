//! The demo's script: what a customer would do, step by step, through the broker's own pages and the virtual phone.
//!
//! The virtual phone's browser keeps one session with the broker, as the browser on the customer's phone would.

use std::path::Path;

use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::ApiError;

/// Why the walk did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// A program did not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A program did not answer.
    #[error("no answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// An answer is not what the step needs.
    #[error("{step}: {what}")]
    Unexpected {
        /// In which step.
        step: &'static str,
        /// What came instead.
        what: String,
    },
    /// The evidence could not be written.
    #[error("the evidence could not be written: {0}")]
    File(#[from] std::io::Error),
}

/// A page as the virtual phone's browser reads it.
#[derive(Debug, Deserialize)]
struct Page {
    title: String,
    text: String,
    #[serde(default)]
    forms: Vec<PageForm>,
}

#[derive(Debug, Deserialize)]
struct PageForm {
    id: String,
    #[serde(default)]
    fields: Vec<(String, String)>,
}

/// The walk.
pub struct Walk<'a> {
    /// An HTTP client that trusts the demo's certificates.
    pub client: Client,
    /// Origin of the broker's pages over TLS.
    pub broker: &'a str,
    /// Origin of the virtual phone.
    pub phone: &'a str,
    /// Prints a line for the person at the terminal.
    pub say: &'a (dyn Fn(&str) + Sync),
}

impl Walk<'_> {
    /// Enrolls, signs in, withdraws in tier `returned`, writes the evidence to a file.
    pub async fn run(&self, evidence: &Path) -> Result<(), WalkError> {
        self.enroll().await?;
        self.sign_in().await?;
        let challenge = self.withdraw().await?;
        let url = format!("{}/evidence/{challenge}", self.broker);
        let bundle: Value =
            self.client.get(url).send().await?.error_for_status().map_err(ApiError::from)?.json().await?;
        std::fs::write(evidence, serde_json::to_vec_pretty(&bundle).unwrap_or_default())?;
        (self.say)(&format!("  The evidence, checkable by anyone later: {}", evidence.display()));
        Ok(())
    }

    async fn enroll(&self) -> Result<(), WalkError> {
        const STEP: &str = "enrollment";
        (self.say)("\n1. The customer enrolls a phone");
        self.visit("/").await?;
        let page = self.submit("/", "enroll", &json!({})).await?;
        let uri = page.field(STEP, "on-phone", "uri")?;
        (self.say)(&format!(
            "  The broker's page shows a QR code: {}…",
            uri.split("&s=").next().unwrap_or_default()
        ));
        (self.say)("  (its relying party states how the customer was authenticated: identity_proof)");
        let claimed = self.phone("enroll", &json!({ "uri": uri })).await?;
        let code = text(STEP, &claimed, "code")?;
        (self.say)(&format!("  The phone has made two keys, and shows six digits: {code}"));
        self.visit("/enroll").await?;
        let page = self.submit("/enroll", "confirm", &json!({ "code": code })).await?;
        page.expect(STEP, "端末を登録しました")?;
        (self.say)("  The customer types them into the page: the phone is enrolled");
        Ok(())
    }

    async fn sign_in(&self) -> Result<(), WalkError> {
        const STEP: &str = "sign-in";
        (self.say)("\n2. The customer signs in");
        self.visit("/").await?;
        let page = self.submit("/", "sign-in", &json!({})).await?;
        let number = page.field(STEP, "finish", "number")?;
        (self.say)(&format!("  The broker's page shows a number: {number}"));
        let request = self.first_request(STEP).await?;
        self.show(&request);
        let approve = json!({ "challenge": text(STEP, &request, "challenge")?, "number": number });
        let approved = self.phone("approve", &approve).await?;
        (self.say)(&format!("  The customer types it on the phone and approves: {}", outcome(&approved)));
        self.visit("/wait").await?;
        self.submit("/wait", "finish", &json!({})).await?.expect(STEP, "ログインしました")?;
        (self.say)("  The broker redeems the approval, once: signed in (tier number)");
        Ok(())
    }

    async fn withdraw(&self) -> Result<String, WalkError> {
        const STEP: &str = "withdrawal";
        (self.say)("\n3. The customer withdraws ¥1,250,000 (tier returned: a live relay is stopped)");
        self.visit("/withdraw").await?;
        let page = self.submit("/withdraw", "withdraw", &json!({ "amount": "1250000" })).await?;
        let link = page.field(STEP, "open-app", "link")?;
        (self.say)("  The page opens the app on the same phone by a one-time link");
        let request = self.phone("open", &json!({ "link": link })).await?;
        self.show(&request);
        let challenge = text(STEP, &request, "challenge")?;
        let approved = self.phone("approve", &json!({ "challenge": challenge })).await?;
        (self.say)(&format!("  The customer approves: {}", outcome(&approved)));
        let returned = approved.pointer("/return/text").and_then(Value::as_str).unwrap_or_default();
        if !returned.contains("出金を受け付けました") {
            let what = format!("the browser came back to something else: {returned}");
            return Err(WalkError::Unexpected { step: STEP, what });
        }
        (self.say)("  The app brings the browser back, the broker redeems with that session, once");
        (self.say)("  The verdict that the broker executes:");
        let verdict =
            returned.find('{').and_then(|from| Some(returned.get(from..=returned.rfind('}')?)?.to_owned()));
        for line in verdict_lines(verdict.as_deref().unwrap_or_default()) {
            (self.say)(&format!("    {line}"));
        }
        Ok(challenge)
    }

    /// What the customer is shown.
    fn show(&self, request: &Value) {
        (self.say)("  The phone shows:");
        for line in request.get("lines").and_then(Value::as_array).into_iter().flatten() {
            let part = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
            (self.say)(&format!("    {}  {}", part("label"), part("value")));
        }
    }

    async fn first_request(&self, step: &'static str) -> Result<Value, WalkError> {
        let inbox: Value =
            self.client.get(format!("{}/api/inbox?wait=20", self.phone)).send().await?.json().await?;
        let first = inbox.get("requests").and_then(Value::as_array).and_then(|requests| requests.first());
        first
            .cloned()
            .ok_or_else(|| WalkError::Unexpected { step, what: format!("nothing arrived: {inbox}") })
    }

    async fn visit(&self, path: &str) -> Result<Page, WalkError> {
        self.browse(&json!({ "url": format!("{}{path}", self.broker) })).await
    }

    async fn submit(&self, path: &str, form: &str, set: &Value) -> Result<Page, WalkError> {
        self.browse(&json!({ "url": format!("{}{path}", self.broker), "submit": form, "set": set })).await
    }

    async fn browse(&self, what: &Value) -> Result<Page, WalkError> {
        let answer = self.phone("browse", what).await?;
        serde_json::from_value(answer.clone())
            .map_err(|error| WalkError::Unexpected { step: "browsing", what: format!("{error}: {answer}") })
    }

    async fn phone(&self, action: &'static str, body: &Value) -> Result<Value, WalkError> {
        let response = self.client.post(format!("{}/api/{action}", self.phone)).json(body).send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(WalkError::Unexpected {
                step: action,
                what: format!("the virtual phone says {status}: {answer}"),
            })
        }
    }
}

impl Page {
    fn field(&self, step: &'static str, form: &str, name: &str) -> Result<String, WalkError> {
        let form = self.forms.iter().find(|known| known.id == form);
        let field = form.and_then(|form| form.fields.iter().find(|(known, _)| known == name));
        field.map(|(_, value)| value.clone()).ok_or_else(|| WalkError::Unexpected {
            step,
            what: format!("the page \"{}\" has no field `{name}`: {}", self.title, self.text),
        })
    }

    fn expect(&self, step: &'static str, words: &str) -> Result<(), WalkError> {
        if self.text.contains(words) {
            Ok(())
        } else {
            Err(WalkError::Unexpected { step, what: format!("the page says: {}", self.text) })
        }
    }
}

fn text(step: &'static str, value: &Value, member: &str) -> Result<String, WalkError> {
    value
        .get(member)
        .and_then(Value::as_str)
        .map(ToOwned::to_owned)
        .ok_or_else(|| WalkError::Unexpected { step, what: format!("no `{member}` in {value}") })
}

fn outcome(answer: &Value) -> String {
    answer.get("outcome").and_then(Value::as_str).unwrap_or("no outcome").to_owned()
}

/// The members of a verdict that a person reads first.
fn verdict_lines(verdict: &str) -> Vec<String> {
    let verdict: Value = serde_json::from_str(verdict).unwrap_or_default();
    ["operation", "tier", "user", "device", "key_kind", "uv", "decided_at", "redeemed_at", "display_hash"]
        .into_iter()
        .filter_map(|name| {
            let value = verdict.get(name)?;
            let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            Some(format!("{name:<13} {value}"))
        })
        .collect()
}
