//! Tells Keycloak of a decision.
//!
//! ```text
//! SUCCEED ─▶ redeem, or look again whether the approval still stands ─ no ─▶ CANCELLED instead
//!   2xx                     done
//!   403, at first           Keycloak has not read our 201 yet: again in a moment, for about two seconds
//!   no connection           nothing was sent: again after a growing pause, while Keycloak waits
//!   anything else           SUCCEED: done, for nobody knows what became of it; the other words: again
//! ```
//!
//! SUCCEED lets somebody in, so it is sent exactly once: after a try of which nobody knows how it ended, a lost one among
//! them, it is not sent again. The customer then signs in once more.

use std::time::Duration;

use async_trait::async_trait;
use inkan_protocol::ids::Digest;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use zeroize::Zeroizing;

use super::{Order, bearer_context};
use crate::app::{App, Shared};
use crate::courier::{Carried, Courier};
use crate::model::challenge::{Challenge, Redemption, State};
use crate::model::keycloak::{KeycloakRequest, Word};
use crate::model::outbox::{OutboxMessage, Queue};
use crate::outbound;
use crate::policy::backoff;
use crate::random::make_bytes;
use crate::redeeming::{self, Given};
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// Callbacks under way at once.
const AT_ONCE: usize = 32;
/// For one try: with a ping client Keycloak calls its client before it answers.
const PATIENCE: Duration = Duration::from_secs(12);
/// Longer than any try takes.
const LOST_AFTER: Duration = Duration::from_secs(30);
/// Between two tries while Keycloak has not read our 201, in milliseconds.
pub(super) const EARLY_MILLIS: u64 = 200;
/// How many of them: two seconds.
pub(super) const EARLY_TRIES: u32 = 10;
/// The pause after a first failure; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause: a sign-in lives for minutes, and its customer waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Carries decisions to Keycloak, each over a connection of its own: on one that was used before nobody could tell
/// whether what was sent has arrived.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeycloakCourier;

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tried {
    /// Keycloak has it.
    Taken,
    /// 403: it does not know of the sign-in, not yet or not any more.
    Forbidden,
    /// Nothing was sent.
    NotSent,
    /// It said no.
    Refused(StatusCode),
    /// It may have it or not.
    Unknown,
}

impl Tried {
    fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Forbidden => "forbidden",
            Self::NotSent => "not_sent",
            Self::Refused(_) => "refused",
            Self::Unknown => "unknown",
        }
    }
}

#[async_trait]
impl Courier for KeycloakCourier {
    fn queue(&self) -> Queue {
        Queue::Keycloak
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn lost_after(&self) -> Duration {
        LOST_AFTER
    }

    async fn carry(&self, app: &Shared, message: OutboxMessage) -> Carried {
        let Ok(mut order) = serde_json::from_value::<Order>(message.body.clone()) else {
            tracing::error!(queue = self.queue().as_str(), "a callback that cannot be read was dropped");
            return Carried::done();
        };
        if order.word == Word::Succeed && message.tries > order.known.saturating_add(1) {
            app.counters.keycloak_tried(order.word.as_str(), "lost");
            tracing::warn!("a SUCCEED was lost on its way to Keycloak and is not sent again");
            return over(order.request);
        }
        let shared = app.clone();
        let (request, word) = (order.request, order.word);
        let prepared = app.storage.write(move |tx| prepare(tx, &shared, request, word)).await;
        let (request, word) = match prepared {
            Ok(Some(prepared)) => prepared,
            Ok(None) => return Carried::done(),
            // nothing was sent
            Err(refused) => {
                tracing::error!(code = refused.code, "a callback to Keycloak could not be prepared");
                return again(app, &message, order);
            }
        };
        order.word = word;
        let Some(bearer) = open(app, &request) else { return over(order.request) };
        let tried = post(app, &request.issuer, &bearer, word).await;
        app.counters.keycloak_tried(word.as_str(), tried.as_str());
        match tried {
            Tried::Taken => over(order.request),
            Tried::Forbidden if order.early < EARLY_TRIES => {
                order.early += 1;
                let due_millis = app.clock.now_millis().saturating_add(EARLY_MILLIS);
                noted(Carried::again(due_millis), &message, order)
            }
            Tried::NotSent => again(app, &message, order),
            Tried::Unknown if word != Word::Succeed => again(app, &message, order),
            Tried::Forbidden | Tried::Refused(_) | Tried::Unknown => {
                let status = if let Tried::Refused(status) = tried { Some(status.as_u16()) } else { None };
                tracing::warn!(
                    word = word.as_str(),
                    outcome = tried.as_str(),
                    status,
                    "Keycloak did not take a decision, and is not told again"
                );
                over(order.request)
            }
        }
    }

    fn over(&self, tx: &mut dyn Transaction, _app: &App, message: &OutboxMessage) -> Result<(), Refusal> {
        if let Ok(order) = serde_json::from_value::<Order>(message.body.clone()) {
            tracing::warn!(
                word = order.word.as_str(),
                "Keycloak could not be told of a decision in its time"
            );
            tx.spend_keycloak_request(order.request)?;
        }
        Ok(())
    }
}

/// One try. Whatever is not certain counts as sent.
async fn post(app: &App, issuer: &str, bearer: &str, word: Word) -> Tried {
    let client = match app.outbound.to_configured() {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "Keycloak cannot be called");
            return Tried::NotSent;
        }
    };
    let request = client
        .post(format!("{issuer}/protocol/openid-connect/ext/ciba/auth/callback"))
        .timeout(PATIENCE)
        .bearer_auth(bearer)
        .header(CONTENT_TYPE, "application/json")
        .body(format!(r#"{{"status":"{}"}}"#, word.as_str()));
    match request.send().await {
        Ok(response) if response.status().is_success() => Tried::Taken,
        Ok(response) if response.status() == StatusCode::FORBIDDEN => Tried::Forbidden,
        Ok(response) if response.status().is_server_error() => Tried::Unknown,
        Ok(response) => Tried::Refused(response.status()),
        Err(error) => {
            let tried = if error.is_connect() { Tried::NotSent } else { Tried::Unknown };
            let why = outbound::describe(error);
            tracing::warn!(
                word = word.as_str(),
                outcome = tried.as_str(),
                why,
                "Keycloak did not answer a callback"
            );
            tried
        }
    }
}

/// Again after a growing pause.
fn again(app: &App, message: &OutboxMessage, order: Order) -> Carried {
    let jitter = make_bytes::<1>(app.random.as_ref()).map_or(u8::MAX, |[byte]| byte);
    let pause = backoff::pause(FIRST_PAUSE, LONGEST_PAUSE, message.tries, jitter);
    let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
    noted(Carried::again(app.clock.now_millis().saturating_add(pause)), message, order)
}

/// The end of this try is known.
fn noted(carried: Carried, message: &OutboxMessage, order: Order) -> Carried {
    let (id, known) = (message.id, message.tries);
    carried.keeping(move |tx, _| {
        if let Some(message) = tx.message(id)? {
            let body = serde_json::to_value(Order { known, ..order })?;
            tx.put_message(&OutboxMessage { body, ..message })?;
        }
        Ok(())
    })
}

/// Nothing more is said; the token goes.
fn over(request: Digest) -> Carried {
    Carried::done().keeping(move |tx, _| Ok(tx.spend_keycloak_request(request)?))
}

fn open(app: &App, request: &KeycloakRequest) -> Option<Zeroizing<String>> {
    let sealed = request.bearer.as_ref()?;
    let opened = app.sealer.open(&bearer_context(request.id), &sealed.0);
    if let Some(Ok(bearer)) = opened.ok().map(|bytes| String::from_utf8(bytes.to_vec())) {
        return Some(Zeroizing::new(bearer));
    }
    tracing::error!("the token of a Keycloak request does not open");
    None
}

/// What is to be sent now; `None`: nothing is left to be said.
fn prepare(
    tx: &mut dyn Transaction,
    app: &App,
    request: Digest,
    word: Word,
) -> Result<Option<(KeycloakRequest, Word)>, Refusal> {
    let Some(request) = tx.keycloak_request(request)? else { return Ok(None) };
    if word != Word::Succeed {
        return Ok(Some((request, word)));
    }
    let challenge = match request.challenge {
        Some(challenge) => tx.challenge(challenge)?,
        None => None,
    };
    let Some(challenge) = challenge else { return Ok(None) };
    let word = if permits(tx, app, challenge, &request)? { Word::Succeed } else { Word::Cancelled };
    Ok(Some((request, word)))
}

/// Uses the approval for this request, once; after an earlier try looks whether it still stands.
fn permits(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    request: &KeycloakRequest,
) -> Result<bool, Refusal> {
    let State::Approved(approval) = &challenge.state else { return Ok(false) };
    if approval.redeemed.as_ref().is_some_and(|redeemed| redeemed.by == Some(request.id)) {
        return match redeeming::recheck(tx, &challenge, approval) {
            Ok(()) => Ok(challenge.reports.is_empty()),
            Err(refused) => unless_failed(refused),
        };
    }
    let redemption = Redemption {
        reference: Some(request.reference.clone()),
        user: Some(challenge.owner.user.clone()),
        session: None,
        return_token: None,
    };
    let given = Given { redemption, unreadable: false, by: Some(request.id) };
    match redeeming::redeem(tx, app, challenge, given, app.clock.now()) {
        Ok(Ok(_)) => Ok(true),
        Ok(Err(refused)) | Err(refused) => unless_failed(refused),
    }
}

/// A refusal is an answer: no. A failure of the server is none.
fn unless_failed(refused: Refusal) -> Result<bool, Refusal> {
    if refused.status.is_server_error() {
        return Err(refused);
    }
    tracing::warn!(code = refused.code, "an approval does not permit any more; Keycloak hears CANCELLED");
    Ok(false)
}
