//! Waiting for an approval, and using it: the part that every integrator writes.

use axum::extract::{Form, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Json, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Broker, Failure, Left, USER, go, show};
use crate::api::{ApiError, Redeem};
use crate::session::{Pending, Purpose, Visit, make_reference};

/// Asks, and remembers the question in this session.
pub(super) async fn ask(
    broker: &Broker,
    visit: &Visit,
    purpose: Purpose,
    mut challenge: Value,
    facts: Vec<(String, String)>,
) -> Result<Response, Failure> {
    let reference = make_reference().ok_or(Failure::Random)?;
    if let Some(members) = challenge.as_object_mut() {
        members.insert("user".into(), USER.into());
        members.insert("reference".into(), reference.clone().into());
        // The address and the client are the customer's; here everybody is on this machine.
        members.insert(
            "origin".into(),
            json!({
                "ip": "203.0.113.24",
                "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0 Safari/537.36",
                "place": "東京都付近",
                "session": visit.id,
            }),
        );
        if let Some(Value::Array(details)) = members.get_mut("details") {
            details.push(json!({"type": "reference", "value": reference}));
        }
    }
    let asked = broker.api.ask(&challenge).await?;
    let whole = crate::clock::seconds_until(&asked.expires_at);
    broker.sessions.change(&visit.id, |session| {
        session.asked = Some(Pending { challenge: asked, purpose, reference, whole, facts });
        session.notice = None;
    });
    Ok(go(visit, "/wait"))
}

#[derive(askama::Template)]
#[template(path = "wait.html")]
struct Wait {
    title: &'static str,
    signed_in: bool,
    notice: Option<String>,
    left: Left,
    number: Option<String>,
    number_first: String,
    number_second: String,
    number_spoken: String,
    link: Option<String>,
    scans: bool,
    facts: Vec<(String, String)>,
    phone: String,
}

/// The page that waits.
pub(super) async fn page(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let session = broker.sessions.read(&visit.id);
    let Some(pending) = session.asked else { return Ok(go(&visit, "/")) };
    broker.sessions.change(&visit.id, |session| session.notice = None);
    let left = Left::until(&pending.challenge.expires_at, pending.whole);
    let number = pending.challenge.number;
    let digits: Vec<String> = number.iter().flat_map(|number| number.chars()).map(String::from).collect();
    show(
        &visit,
        &Wait {
            title: "認証アプリで確認してください",
            signed_in: session.signed_in,
            notice: session.notice,
            left,
            number,
            number_first: digits.iter().take(3).map(String::as_str).collect(),
            number_second: digits.iter().skip(3).map(String::as_str).collect(),
            number_spoken: digits.join(" "),
            link: pending.challenge.link,
            scans: pending.challenge.scan_url.is_some(),
            facts: pending.facts,
            phone: broker.places.phone.clone(),
        },
    )
}

/// `{state}` for the page's script: waits for news.
pub(super) async fn state(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let state = match broker.sessions.read(&visit.id).asked {
        Some(pending) => broker.api.state(&pending.challenge.id, 20).await?,
        None => "none".to_owned(),
    };
    Ok(Json(json!({ "state": state })).into_response())
}

/// The changing code of a `scan` challenge, from this page's own origin.
pub(super) async fn code(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    let asked = broker.sessions.read(&visit.id).asked;
    match asked.and_then(|pending| pending.challenge.scan_url) {
        Some(url) => {
            Ok(([(CONTENT_TYPE, "image/svg+xml")], broker.api.scan_code(&url).await?).into_response())
        }
        None => Ok(axum::http::StatusCode::NOT_FOUND.into_response()),
    }
}

/// The customer takes the request back on the page.
pub(super) async fn cancel(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    if let Some(pending) = broker.sessions.read(&visit.id).asked {
        // What was decided meanwhile stays decided; without a redeem nothing is executed.
        match broker.api.cancel(&pending.challenge.id).await {
            Ok(()) | Err(ApiError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    broker.sessions.change(&visit.id, |session| {
        session.asked = None;
        session.notice = Some("お手続きを取り消しました。何も実行されていません。".into());
    });
    Ok(go(&visit, "/"))
}

/// The page's script has read that it is decided: now the approval is used.
pub(super) async fn finish(State(broker): State<Broker>, visit: Visit) -> Result<Response, Failure> {
    redeem(&broker, &visit, None, None).await
}

#[derive(askama::Template)]
#[template(path = "return.html")]
struct Return {
    title: &'static str,
}

/// Where the app brings the browser back to. `#c=…&r=…` stays in the browser until the page's own script posts it.
pub(super) async fn return_page(visit: Visit) -> Result<Response, Failure> {
    show(&visit, &Return { title: "承認を確かめています" })
}

/// What the app handed to the browser.
#[derive(Deserialize)]
pub(super) struct Returned {
    c: String,
    r: String,
}

/// The session comes from the cookie of this very request, and is never looked up by the challenge.
pub(super) async fn returned(
    State(broker): State<Broker>,
    visit: Visit,
    Form(form): Form<Returned>,
) -> Result<Response, Failure> {
    redeem(&broker, &visit, Some(&form.c), Some(&form.r)).await
}

#[derive(askama::Template)]
#[template(path = "result.html")]
struct Outcome {
    title: &'static str,
    signed_in: bool,
    done: bool,
    heading: &'static str,
    text: String,
    facts: Vec<(String, String)>,
    challenge: String,
    verdict: String,
}

async fn redeem(
    broker: &Broker,
    visit: &Visit,
    challenge: Option<&str>,
    return_token: Option<&str>,
) -> Result<Response, Failure> {
    let session = broker.sessions.read(&visit.id);
    let began_here =
        session.asked.filter(|asked| challenge.is_none_or(|challenge| challenge == asked.challenge.id));
    let Some(pending) = began_here else {
        return nothing_happened(
            visit,
            session.signed_in,
            "お手続きは行われていません",
            "このブラウザーで始めたお手続きではありません。もう一度はじめからお試しください。",
        );
    };
    let redeem = Redeem { reference: Some(&pending.reference), user: USER, session: &visit.id, return_token };
    let verdict = match broker.api.redeem(&pending.challenge.id, &redeem).await {
        Ok(verdict) => verdict,
        Err(ApiError::Refused { code, .. }) => {
            let state = broker.api.state(&pending.challenge.id, 0).await?;
            if state == "pending" {
                // pressed too early: the question stays, and the page says what is missing
                broker.sessions.change(&visit.id, |session| {
                    session.notice =
                        Some("まだ承認されていません。端末の認証アプリで承認してください。".into());
                });
                return Ok(go(visit, "/wait"));
            }
            broker.sessions.change(&visit.id, |session| session.asked = None);
            let heading = match pending.purpose {
                Purpose::SignIn => "ログインは行われていません",
                Purpose::Order => "注文は行われていません",
                Purpose::Withdrawal => "出金は行われていません",
            };
            return nothing_happened(visit, session.signed_in, heading, why_not(&state, &code));
        }
        Err(error) => return Err(error.into()),
    };
    let (heading, text) = match pending.purpose {
        Purpose::SignIn => ("ログインしました", "認証アプリでの承認を確かめました。".to_owned()),
        Purpose::Order => ("注文を受け付けました", "これはデモです。注文は市場に送られません。".to_owned()),
        Purpose::Withdrawal => ("出金を受け付けました", "これはデモです。お金は動きません。".to_owned()),
    };
    broker.sessions.change(&visit.id, |session| {
        session.asked = None;
        session.signed_in = true;
    });
    let member = |name: &str| verdict.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut facts = pending.facts;
    facts.push(("承認の強さ".into(), member("tier")));
    facts.push(("受付番号".into(), pending.reference));
    show(
        visit,
        &Outcome {
            title: heading,
            signed_in: true,
            done: true,
            heading,
            text,
            facts,
            challenge: pending.challenge.id,
            verdict: serde_json::to_string_pretty(&verdict).unwrap_or_default(),
        },
    )
}

fn nothing_happened(
    visit: &Visit,
    signed_in: bool,
    heading: &'static str,
    text: &str,
) -> Result<Response, Failure> {
    show(
        visit,
        &Outcome {
            title: heading,
            signed_in,
            done: false,
            heading,
            text: text.to_owned(),
            facts: Vec::new(),
            challenge: String::new(),
            verdict: String::new(),
        },
    )
}

fn why_not(state: &str, code: &str) -> &'static str {
    match (state, code) {
        ("denied", _) => "端末で拒否されました。続ける場合は、もう一度はじめからお試しください。",
        ("reported", _) => {
            "端末から「心当たりがない」と連絡がありました。お心当たりのない操作が続くときはご連絡ください。"
        }
        ("failed", _) => "数字が違ったため、この依頼は終わりました。もう一度はじめからお試しください。",
        ("expired", _) => "有効期限が切れました。もう一度はじめからお試しください。",
        ("superseded", _) => "新しい依頼に置き換わりました。新しい画面でお続けください。",
        ("cancelled", _) => "依頼は取り消されました。続ける場合は、もう一度はじめからお試しください。",
        (_, "already_redeemed") => {
            "この承認はすでに使われています。続ける場合は、もう一度はじめからお試しください。"
        }
        (_, "tier_too_low") => {
            "このブラウザーでは承認の強さが足りません。お手続きを始めたブラウザーでお試しください。"
        }
        _ => "承認を確かめられませんでした。もう一度はじめからお試しください。",
    }
}

/// Everything that proves the approval, as a file.
pub(super) async fn evidence(
    State(broker): State<Broker>,
    Path(challenge): Path<String>,
) -> Result<Response, Failure> {
    let safe =
        challenge.len() == 36 && challenge.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !safe {
        return Ok(axum::http::StatusCode::NOT_FOUND.into_response());
    }
    Ok(Json(broker.api.evidence(&challenge).await?).into_response())
}
