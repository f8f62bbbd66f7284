//! How a customer is asked: one question becomes one challenge, with a JWS for each device that may answer.
//!
//! ```text
//! who is asked ─▶ what it supersedes ─▶ limits as they then stand ─▶ secrets, JWS each ─▶ saved, written down, rung
//! ```
//!
//! All of it happens in one transaction. A refusal keeps nothing: a 429 supersedes nothing.

mod issue;
mod limits;

use axum::http::StatusCode;
use inkan_protocol::answer::ReturnToken;
use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Detail, Locale, Operation, Origin, Reason};
use inkan_protocol::ids::{ChallengeId, DeviceId, Digest, NumericDate, Subject};
use serde_json::Map;
use zeroize::Zeroizing;

use crate::app::App;
use crate::model::challenge::{Challenge, StartMode, State};
use crate::model::user::{User, UserKey};
use crate::policy::numbers::GivenNumber;
use crate::policy::tier::{Start, reachable};
use crate::policy::waiting::is_restricted;
use crate::random::make_uuid_v7;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::test_users::{self, TestUser};
use crate::{ending, ringing};

pub(crate) use self::issue::{Secrets, issue, make_start, make_watch_token, number_context, scan_context};

/// What the relying party wants to know from a customer. Everything in it has been checked.
pub(crate) struct Question {
    pub(crate) owner: UserKey,
    pub(crate) operation: Operation,
    pub(crate) details: Vec<Detail>,
    pub(crate) origin: Origin,
    /// The network that wrong numbers count against.
    pub(crate) network: Option<String>,
    /// SHA-256 of the web session; unstated ones are one.
    pub(crate) session: Option<Digest>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) tie: Tie,
    pub(crate) return_url: Option<String>,
    pub(crate) minimum_tier: Tier,
    pub(crate) reference: Option<String>,
    pub(crate) locale: Locale,
    /// Life in seconds.
    pub(crate) seconds: u64,
    /// This device alone.
    pub(crate) device: Option<DeviceId>,
}

/// How a question ties page and phone together.
pub(crate) enum Tie {
    /// As the relying party's page does it, with secrets that the server makes.
    Page(Start),
    /// By a number that the asker has made and shows itself. It is typed on the phone and not shown there.
    Given(GivenNumber),
    /// Not at all. Whoever wants it allows it by the floor of the operation.
    None,
}

impl Tie {
    /// The strongest tier that can be reached.
    pub(crate) fn reachable(&self, can_return: bool) -> Tier {
        match self {
            Self::Page(start) => reachable(*start, can_return),
            Self::Given(_) => Tier::Number,
            Self::None => Tier::None,
        }
    }

    /// Whether a customer can approve it without the page at hand: of such prompts there must not be many.
    fn is_blind(&self) -> bool {
        match self {
            Self::Page(start) => *start == Start::Number,
            Self::Given(_) | Self::None => true,
        }
    }
}

/// What was asked, with what the page needs.
pub(crate) struct Asked {
    pub(crate) id: ChallengeId,
    pub(crate) secrets: Secrets,
    pub(crate) expires_at: NumericDate,
    pub(crate) watch_token: String,
    /// Test users alone: what a phone would bring back to the browser.
    pub(crate) return_token: Option<ReturnToken>,
    /// Whether a test user answers later.
    pub(crate) slow: bool,
}

/// Asks.
pub(crate) fn ask(tx: &mut dyn Transaction, app: &App, question: Question) -> Result<Asked, Refusal> {
    let now = app.clock.now();
    let can_return = question.return_url.is_some() && question.session.is_some();
    if question.tie.reachable(can_return) < question.minimum_tier {
        return Err(tier_too_low(question.minimum_tier));
    }
    let test_user = TestUser::of(&question.owner);
    let mut user = asked_user(tx, app, &question.owner, test_user, now)?;
    if user.frozen.is_some() {
        return Err(Refusal::conflict("user_locked", "the customer's approvals are stopped; unfreeze first"));
    }
    let recipients = match test_user {
        Some(_) => vec![test_users::recipient(app)?],
        None => recipients(tx, app, &question, now)?,
    };

    let (replaced, others) = pending(tx, &question, now)?;
    limits::check(&user, &others, &question, now)?;

    let id = ChallengeId(make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?);
    let (start, secrets) = make_start(app, id, question.tie)?;
    let (watch_token, watch) = make_watch_token(app)?;
    let mut challenge = Challenge {
        id,
        owner: question.owner,
        sub: user.sub,
        operation: question.operation,
        details: question.details,
        origin: question.origin,
        network: question.network,
        session: question.session,
        reasons: question.reasons,
        start,
        return_url: question.return_url,
        minimum_tier: question.minimum_tier,
        reference: question.reference,
        locale: question.locale,
        created_at: now,
        expires_at: now.saturating_add(question.seconds),
        watch,
        issued: Vec::with_capacity(recipients.len()),
        opened_by: None,
        new_device: None,
        wrong_tries: 0,
        state: State::Pending,
        reports: Vec::new(),
    };
    issue(app, &mut challenge, recipients)?;

    for older in replaced {
        ending::supersede(tx, app, older, id, now)?;
    }
    if challenge.start.is_blind() {
        user.prompts = user.prompts.with(id, now);
        tx.put_user(&user)?;
    }
    ending::save(tx, &challenge)?;
    ringing::asked(tx, app, &challenge)?;
    ending::note(tx, app, &challenge, "created", Map::new())?;

    let expires_at = challenge.expires_at;
    let return_token = match (test_user, &challenge.return_url) {
        (Some(_), Some(_)) => Some(test_users::make_return_token(app)?),
        _ => None,
    };
    let slow = test_user == Some(TestUser::Slow);
    if let Some(decision) = test_user.and_then(TestUser::at_once) {
        test_users::answer(tx, app, challenge, decision, return_token.as_ref(), now)?;
    }
    Ok(Asked { id, secrets, expires_at, watch_token, return_token, slow })
}

/// The customer; one who has never had a device is as one without a device. Test users are made as they are asked.
fn asked_user(
    tx: &mut dyn Transaction,
    app: &App,
    owner: &UserKey,
    test_user: Option<TestUser>,
    now: NumericDate,
) -> Result<User, Refusal> {
    match tx.user(owner)? {
        Some(user) => Ok(user),
        None if test_user.is_some() => {
            let sub = Subject(make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?);
            let user = User::new(owner.clone(), sub, now);
            tx.put_user(&user)?;
            Ok(user)
        }
        None => Err(no_device()),
    }
}

fn no_device() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "no_device", "the customer has no active device; enroll one first")
}

/// 422: a redeem would need more than this can come to.
pub(crate) fn tier_too_low(demanded: Tier) -> Refusal {
    let detail = match demanded {
        Tier::Returned => "`returned` needs `start` `link`, a `return_url` and `origin.session`",
        _ => "this `start` cannot reach the tier that is demanded of this operation",
    };
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "tier_too_low", detail)
        .with("demanded", serde_json::to_value(demanded).unwrap_or_default())
}

/// The devices that may answer, each with the account as it shows it.
fn recipients(
    tx: &mut dyn Transaction,
    app: &App,
    question: &Question,
    now: NumericDate,
) -> Result<Vec<(DeviceId, String)>, Refusal> {
    let mut devices = tx.devices_of(&question.owner)?;
    devices.retain(|device| device.is_active() && question.device.is_none_or(|wanted| wanted == device.id));
    if devices.is_empty() {
        let refused = no_device();
        return Err(if question.device.is_some() { refused.at("/device") } else { refused });
    }
    if is_restricted(question.operation, app.settings.restrict_orders) {
        let until = devices.iter().filter_map(|device| device.restriction(now)).min();
        devices.retain(|device| device.restriction(now).is_none());
        if devices.is_empty() {
            let refused = Refusal::conflict(
                "device_waiting",
                "every device of the customer is new and may not approve this yet",
            );
            return Err(match until {
                Some(until) => refused.with("restricted_until", crate::routes::moment::rfc3339(until)),
                None => refused,
            });
        }
    }
    Ok(devices.into_iter().map(|device| (device.id, device.account)).collect())
}

/// What is pending for the customer: what this question supersedes, and what waits beside it. `device_add`, which the
/// server asks by itself, is outside of both.
fn pending(
    tx: &mut dyn Transaction,
    question: &Question,
    now: NumericDate,
) -> Result<(Vec<Challenge>, Vec<Challenge>), Refusal> {
    let mut pending = tx.pending_of(&question.owner)?;
    pending.retain(|other| other.is_pending(now) && other.new_device.is_none());
    Ok(pending
        .into_iter()
        .partition(|other| other.operation == question.operation && other.session == question.session))
}

/// The number of a challenge, as long as it is kept.
pub(crate) fn open_number(app: &App, challenge: &Challenge) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    match &challenge.start {
        StartMode::Number { number: Some(sealed), .. } => {
            Ok(Some(app.sealer.open(&number_context(challenge.id), &sealed.0)?))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
