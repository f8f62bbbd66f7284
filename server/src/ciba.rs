//! OpenID CIBA (core 1.0, modes poll and ping) over the same challenges: a request becomes one challenge, and its token is
//! the one redeem of it.
//!
//! ```text
//! /bc-authorize ─▶ begin ─▶ challenge, request       decision ─▶ ended ─▶ outbox ─▶ ping (`ping.rs`)
//! /token ─▶ collect ─▶ pending: pace │ approved: redeem ─▶ ID token (`id_token.rs`) │ ended otherwise: refused
//! ```

mod id_token;
pub(crate) mod ping;

use axum::http::StatusCode;
use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Detail, Operation, Origin};
use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::encoding::encode;
use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};
use serde_json::{Value, json};

pub(crate) use self::id_token::IdToken;
use crate::app::App;
use crate::asking::{self, Question, Tie};
use crate::hub::Topic;
use crate::model::challenge::{Challenge, Redemption, State};
use crate::model::ciba::{CibaRequest, INTERVAL, Pace, Ping, id_context, token_context};
use crate::model::openid_client::OpenidClient;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::model::sealed::SealedBytes;
use crate::model::user::UserKey;
use crate::random::{make_bytes, make_uuid_v7};
use crate::redeeming::{self, Given};
use crate::routes::openid::OauthError;
use crate::routes::refusal::Refusal;
use crate::settings::Settings;
use crate::storage::Transaction;

/// How long a request that has ended is remembered, in seconds: so long a late client hears what became of it.
const REMEMBERED_SECONDS: u64 = 24 * 3600;

/// The issuer of a mode, as discovery and ID tokens spell it. Test mode has one of its own, for its keys are its own.
pub(crate) fn issuer(settings: &Settings, live: bool) -> String {
    if live { settings.api_origin.to_string() } else { format!("{}/test", settings.api_origin) }
}

/// What a client wants to know. Everything in it has been checked.
pub(crate) struct Wanted {
    pub(crate) owner: UserKey,
    pub(crate) operation: Operation,
    pub(crate) details: Vec<Detail>,
    pub(crate) authorization_details: Option<Value>,
    pub(crate) tie: Tie,
    pub(crate) minimum_tier: Tier,
    /// Life in seconds.
    pub(crate) seconds: u64,
    /// Delivery mode `ping`.
    pub(crate) notification_token: Option<String>,
}

/// A request that was begun.
pub(crate) struct Begun {
    pub(crate) auth_req_id: String,
    pub(crate) expires_in: u64,
    pub(crate) challenge: ChallengeId,
    /// Whether a test user answers later.
    pub(crate) slow: bool,
}

/// Asks, and keeps what the token will need. A refusal keeps nothing.
pub(crate) fn begin(
    tx: &mut dyn Transaction,
    app: &App,
    client: &OpenidClient,
    wanted: Wanted,
) -> Result<Begun, Refusal> {
    let auth_req_id = encode(make_bytes::<32>(app.random.as_ref())?);
    let id = Digest::of(auth_req_id.as_bytes());
    let owner = wanted.owner.clone();
    let asked = asking::ask(
        tx,
        app,
        Question {
            owner: wanted.owner,
            operation: wanted.operation,
            details: wanted.details,
            origin: Origin { client: client.name.clone(), place: None, ip: None },
            // a client does not say from where its page was called
            network: Some(format!("openid/{}", client.id)),
            session: Some(id),
            reasons: Vec::new(),
            tie: wanted.tie,
            return_url: None,
            minimum_tier: wanted.minimum_tier,
            reference: None,
            locale: app.settings.locale,
            seconds: wanted.seconds,
            device: None,
        },
    )?;
    let ping = wanted.notification_token.map(|token| make_ping(app, id, &token, &auth_req_id)).transpose()?;
    tx.put_ciba_request(&CibaRequest {
        id,
        client: client.id.clone(),
        owner,
        challenge: asked.id,
        authorization_details: wanted.authorization_details,
        interval: INTERVAL,
        polled_millis: None,
        ping,
        until: asked
            .expires_at
            .saturating_add(app.settings.redeem_seconds)
            .saturating_add(REMEMBERED_SECONDS),
    })?;
    // a test user has answered before there was a request to be told of
    if let Some(challenge) = tx.challenge(asked.id)? {
        ended(tx, &challenge)?;
    }
    Ok(Begun { auth_req_id, expires_in: wanted.seconds, challenge: asked.id, slow: asked.slow })
}

fn make_ping(app: &App, request: Digest, token: &str, auth_req_id: &str) -> Result<Ping, Refusal> {
    Ok(Ping {
        message: make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?,
        begun: false,
        token: SealedBytes(app.sealer.seal(&token_context(request), token.as_bytes())?),
        auth_req_id: SealedBytes(app.sealer.seal(&id_context(request), auth_req_id.as_bytes())?),
    })
}

/// After every change of a challenge, in its transaction: once it has ended, the client in mode `ping` is told. Of what
/// nobody answered in time it is not: then the `auth_req_id` is dead too.
pub(crate) fn ended(tx: &mut dyn Transaction, challenge: &Challenge) -> Result<(), Refusal> {
    let until = match &challenge.state {
        State::Pending | State::Expired { .. } => return Ok(()),
        State::Approved(approval) => approval.redeem_before,
        _ => challenge.expires_at,
    };
    let Some(mut request) = tx.ciba_request_of(challenge.id)? else { return Ok(()) };
    let Some(id) = request.begin_ping() else { return Ok(()) };
    tx.put_ciba_request(&request)?;
    tx.put_message(&OutboxMessage {
        id,
        queue: Queue::CibaPing,
        name: None,
        owner: Some(challenge.owner.clone()),
        due_millis: challenge.ended_at().unwrap_or_default().saturating_mul(1000),
        until,
        tries: 0,
        body: json!({ "request": request.id }),
    })?;
    tx.notify(Topic::Outbox(Queue::CibaPing));
    Ok(())
}

/// What the token endpoint gives.
pub(crate) struct Collected {
    pub(crate) access_token: String,
    pub(crate) id_token: String,
    pub(crate) verdict: String,
    pub(crate) authorization_details: Option<Value>,
}

/// Trades an `auth_req_id` for tokens, once. The outer error keeps nothing; the inner one is committed.
pub(crate) fn collect(
    tx: &mut dyn Transaction,
    app: &App,
    client: &OpenidClient,
    auth_req_id: &str,
) -> Result<Result<Collected, OauthError>, OauthError> {
    let now = app.clock.now();
    let id = Digest::of(auth_req_id.as_bytes());
    let request = tx.ciba_request(id)?.filter(|request| request.client == client.id);
    let request = request.ok_or_else(OauthError::unknown_grant)?;
    let challenge = tx.challenge(request.challenge)?.ok_or_else(OauthError::unknown_grant)?;
    match challenge.state_at(now) {
        ChallengeState::Pending => {
            let (request, pace) = request.poll(app.clock.now_millis());
            tx.put_ciba_request(&request)?;
            Ok(Err(pending(pace, request.interval)))
        }
        ChallengeState::Expired => Err(expired()),
        ChallengeState::Approved => {
            let given = Given {
                redemption: Redemption {
                    reference: challenge.reference.clone(),
                    user: Some(request.owner.user.clone()),
                    session: Some(id),
                    return_token: None,
                },
                unreadable: false,
                by: None,
            };
            let decided_at = challenge.ended_at().unwrap_or(now);
            match redeeming::redeem(tx, app, challenge, given, now) {
                Ok(Ok(spent)) => {
                    let collected = make_tokens(app, client, &request, auth_req_id, spent, decided_at, now)?;
                    forget_ping(tx, request)?;
                    Ok(Ok(collected))
                }
                Ok(Err(refused)) => Ok(Err(refuse(&refused))),
                Err(refused) => Err(refuse(&refused)),
            }
        }
        _ => Err(OauthError::denied("the customer declined, or the request has ended otherwise")),
    }
}

fn make_tokens(
    app: &App,
    client: &OpenidClient,
    request: &CibaRequest,
    auth_req_id: &str,
    spent: redeeming::Permitted,
    decided_at: NumericDate,
    now: NumericDate,
) -> Result<Collected, Refusal> {
    let access_token = encode(make_bytes::<32>(app.random.as_ref())?);
    let id_token = IdToken::new(id_token::Basis {
        issuer: issuer(&app.settings, client.live),
        client: &client.id,
        auth_req_id,
        access_token: &access_token,
        spent: &spent,
        auth_time: decided_at,
        now,
    });
    Ok(Collected {
        access_token,
        id_token: app.keys(client.live).sign(now, &id_token)?,
        verdict: spent.verdict,
        authorization_details: request.authorization_details.clone(),
    })
}

/// The client knows: nothing is left to be told.
fn forget_ping(tx: &mut dyn Transaction, mut request: CibaRequest) -> Result<(), Refusal> {
    if let Some(ping) = request.ping.take() {
        tx.drop_message(ping.message)?;
        tx.put_ciba_request(&request)?;
    }
    Ok(())
}

fn pending(pace: Pace, interval: u64) -> OauthError {
    match pace {
        Pace::Right => OauthError::bad_request("authorization_pending", "the customer has not answered yet"),
        Pace::TooFast => OauthError::bad_request(
            "slow_down",
            format!("not answered yet, and asked too early; wait {interval} seconds between two polls"),
        ),
    }
}

fn expired() -> OauthError {
    OauthError::bad_request("expired_token", "the auth_req_id has expired; begin a new request")
}

/// A refused redeem in the standard's words.
fn refuse(refused: &Refusal) -> OauthError {
    match refused.code {
        "already_redeemed" => {
            OauthError::bad_request("invalid_grant", "the auth_req_id was used, or its approval was redeemed")
        }
        "redeem_window_over" => expired(),
        _ if refused.status.is_server_error() || refused.status == StatusCode::TOO_MANY_REQUESTS => {
            OauthError::of_failure(refused)
        }
        _ => OauthError::denied("the approval cannot be used any more"),
    }
}
