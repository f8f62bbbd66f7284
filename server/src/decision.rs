//! What an answer does once every check has passed: the one place where a challenge is decided.
//!
//! ```text
//! log row ─▶ receipt that quotes it ─▶ transition ─▶ saved ─▶ what follows
//!                                                             approve   the prompt is not counted
//!                                                             report    all that is pending ends, prompts are muted
//!                                                             device_add  the new device is let go, or revoked
//! ```
//!
//! It runs inside the transaction that has loaded the challenge, so exactly one answer gets here.

use inkan_protocol::answer::{Answer, Decision};
use inkan_protocol::enrollment::AttestationResult;
use inkan_protocol::ids::{ChallengeId, DeviceId, MessageId, NumericDate};
use inkan_protocol::jws::Verified;
use inkan_protocol::receipt::{KeyKind, Receipt};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::model::challenge::{Approval, Challenge, Decided, StartMode};
use crate::model::user::{User, UserKey};
use crate::random::make_uuid_v7;
use crate::routes::moment::rfc3339;
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;
use crate::{device_add, ending, keycloak, ledger, ringing};

/// How long a report holds back prompts in mode `number`, in seconds.
pub(crate) const MUTE_SECONDS: u64 = 20 * 60;

/// Who answered, as far as verdicts tell it.
#[derive(Clone, Copy)]
pub(crate) struct Answerer {
    /// The device; `None` for a test user.
    pub(crate) device: Option<DeviceId>,
    /// Where its key lives.
    pub(crate) key_kind: KeyKind,
    /// What its attestation amounted to.
    pub(crate) attestation: Option<AttestationResult>,
}

/// Decides a pending challenge and answers the receipt.
pub(crate) fn decide(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    answer: &Verified<Answer>,
    answerer: Answerer,
    now: NumericDate,
) -> Result<String, Refusal> {
    let said = answer.payload();
    let what = match said.decision {
        Decision::Approve => "approved",
        Decision::Deny => "denied",
        Decision::Report => "reported",
    };
    let decided = write_down(tx, app, &challenge, answer, answerer, (what, Map::new()), now)?;
    let receipt = decided.receipt.clone();
    let challenge = match said.decision {
        Decision::Approve => {
            let approval = Approval {
                decided,
                uv: said.uv,
                key_kind: answerer.key_kind,
                attestation: answerer.attestation,
                return_hash: said.return_hash,
                redeem_before: now.saturating_add(app.settings.redeem_seconds),
                mismatches: 0,
                redeemed: None,
            };
            challenge.approve(answer, approval, now)?
        }
        Decision::Deny => challenge.deny(answer, decided, now)?,
        Decision::Report => challenge.report(answer, decided, now)?,
    };
    ending::save(tx, &challenge)?;
    ringing::ended(tx, app, &challenge, answerer.device, now)?;
    keycloak::ended(tx, app, &challenge)?;
    match said.decision {
        Decision::Approve => forgive(tx, &challenge)?,
        Decision::Deny => {}
        Decision::Report => protect(tx, app, &challenge.owner, challenge.id, now)?,
    }
    device_add::follow(tx, app, &challenge, said.decision, now)?;
    Ok(receipt)
}

/// Takes a report of what has ended; the decision stands.
pub(crate) fn report_late(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    answer: &Verified<Answer>,
    answerer: Answerer,
    now: NumericDate,
) -> Result<String, Refusal> {
    let late = Map::from_iter([("late".to_owned(), Value::Bool(true))]);
    let decided = write_down(tx, app, &challenge, answer, answerer, ("reported", late), now)?;
    let receipt = decided.receipt.clone();
    let challenge = challenge.report_late(answer, decided, now)?;
    ending::save(tx, &challenge)?;
    protect(tx, app, &challenge.owner, challenge.id, now)?;
    // A phone that nobody wanted to let in has waited its time; it is not the customer's all the same.
    device_add::follow(tx, app, &challenge, Decision::Report, now)?;
    Ok(receipt)
}

/// The log row, and the receipt that quotes it.
fn write_down(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: &Challenge,
    answer: &Verified<Answer>,
    answerer: Answerer,
    (what, mut more): (&str, Map<String, Value>),
    now: NumericDate,
) -> Result<Decided, Refusal> {
    let said = answer.payload();
    let answer_hash = answer.hash();
    if let Some(device) = answerer.device {
        more.insert("device".into(), device.to_string().into());
    }
    more.insert("challenge_hash".into(), said.challenge_hash.to_string().into());
    more.insert("display_hash".into(), said.display_hash.to_string().into());
    more.insert("answer_hash".into(), answer_hash.to_string().into());
    let log = ending::note_message(tx, app, challenge, what, more, answer.compact())?;
    let receipt = Receipt {
        iss: app.settings.server.clone(),
        aud: said.iss,
        iat: now,
        jti: MessageId(make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?),
        challenge: challenge.id,
        challenge_hash: said.challenge_hash,
        display_hash: said.display_hash,
        answer_hash,
        decision: said.decision,
        decided_at: now,
        log,
    };
    Ok(Decided {
        device: answerer.device,
        at: now,
        answer: answer.compact().to_owned(),
        receipt: app.keys(challenge.owner.live).sign(now, &receipt)?,
        display_hash: said.display_hash,
    })
}

/// An approved prompt was none too many, and its number none too wrong.
fn forgive(tx: &mut dyn Transaction, challenge: &Challenge) -> Result<(), Refusal> {
    if !challenge.start.is_blind() {
        return Ok(());
    }
    let numbered = matches!(challenge.start, StartMode::Number { .. });
    let user = user(tx, &challenge.owner)?;
    let wrong_numbers = match &challenge.network {
        Some(network) if numbered => user.wrong_numbers.clone().with_right(network),
        _ => user.wrong_numbers.clone(),
    };
    let after = User { prompts: user.prompts.clone().without(challenge.id), wrong_numbers, ..user };
    Ok(tx.put_user(&after)?)
}

/// "This was not me": everything else that is pending ends, and no number is asked for some time.
fn protect(
    tx: &mut dyn Transaction,
    app: &App,
    owner: &UserKey,
    reported: ChallengeId,
    now: NumericDate,
) -> Result<(), Refusal> {
    ending::cancel_all(tx, app, owner, Some(reported), now)?;
    let until = now.saturating_add(MUTE_SECONDS);
    let user = User { muted_until: Some(until), ..user(tx, owner)? };
    tx.put_user(&user)?;
    let data = json!({
        "user": owner.user.as_str(),
        "challenge": reported.to_string(),
        "muted_until": rfc3339(until),
    });
    ledger::record(tx, app, owner.live, "account.muted", data)?;
    Ok(())
}

/// A customer who has devices is known.
pub(crate) fn user(tx: &mut dyn Transaction, owner: &UserKey) -> Result<User, Refusal> {
    tx.user(owner)?.ok_or_else(|| {
        tracing::error!("a challenge without its customer");
        Refusal::internal()
    })
}
