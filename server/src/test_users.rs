//! Users of test mode that answer by themselves, so that an integration can be tried without a phone.
//!
//! Nothing is short-cut: a key that lives for one answer signs the real bytes, the server verifies it, and the same
//! transitions run. The verdict says `key_kind: test` and names no device.
//!
//! Limits hold for them too: after `test_reports` no number is asked for 20 minutes, and several denied prompts make
//! pauses. `scan` and `link` are not held back.
//!
//! A `returned` approval needs what a phone brings back to the browser. The phone makes that token itself and the server
//! never sends it; a test user has no phone, so its token stands in the answer to `POST /v1/challenges` as
//! `return_token`, in test mode alone.

use std::time::Duration;

use inkan_protocol::answer::{Answer, Decision, ReturnToken, UserVerification};
use inkan_protocol::display;
use inkan_protocol::ids::{ChallengeId, DeviceId, Digest, NumericDate};
use inkan_protocol::receipt::KeyKind;

use crate::app::{App, Shared};
use crate::asking::open_number;
use crate::decision::{self, Answerer};
use crate::keys::EphemeralKey;
use crate::model::challenge::{Challenge, StartMode};
use crate::model::user::UserKey;
use crate::random::{make_bytes, make_uuid_v7};
use crate::routes::refusal::Refusal;
use crate::shown;
use crate::storage::Transaction;

/// How long `test_slow` takes.
const SLOW: Duration = Duration::from_secs(10);
/// The account that a test user's challenges show.
const ACCOUNT: &str = "***TEST";

/// A user that answers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestUser {
    Approves,
    Denies,
    Reports,
    /// Lets it expire.
    Offline,
    /// Approves after ten seconds.
    Slow,
}

impl TestUser {
    /// The test user of this name; there is none in live mode.
    pub(crate) fn of(owner: &UserKey) -> Option<Self> {
        match owner.user.as_str() {
            _ if owner.live => None,
            "test_approves" => Some(Self::Approves),
            "test_denies" => Some(Self::Denies),
            "test_reports" => Some(Self::Reports),
            "test_offline" => Some(Self::Offline),
            "test_slow" => Some(Self::Slow),
            _ => None,
        }
    }

    /// What it answers as soon as it is asked.
    pub(crate) fn at_once(self) -> Option<Decision> {
        match self {
            Self::Approves => Some(Decision::Approve),
            Self::Denies => Some(Decision::Deny),
            Self::Reports => Some(Decision::Report),
            Self::Offline | Self::Slow => None,
        }
    }
}

/// The phone that is not there, under an id of its own.
pub(crate) fn recipient(app: &App) -> Result<(DeviceId, String), Refusal> {
    let id = make_uuid_v7(app.clock.now_millis(), app.random.as_ref())?;
    Ok((DeviceId(id), ACCOUNT.to_owned()))
}

/// What the phone that is not there would bring back.
pub(crate) fn make_return_token(app: &App) -> Result<ReturnToken, Refusal> {
    Ok(ReturnToken::new(make_bytes(app.random.as_ref())?))
}

/// Answers a pending challenge.
pub(crate) fn answer(
    tx: &mut dyn Transaction,
    app: &App,
    challenge: Challenge,
    decision: Decision,
    return_token: Option<&ReturnToken>,
    now: NumericDate,
) -> Result<(), Refusal> {
    let approve = decision == Decision::Approve;
    let issued = challenge.issued.first().ok_or_else(Refusal::internal)?;
    let (device, jws) = (issued.device, issued.jws.as_str());
    let rendered = display::render(&shown::read(jws)?.shown(), challenge.locale).map_err(|error| {
        tracing::error!(%error, "an issued challenge cannot be shown");
        Refusal::internal()
    })?;
    let number = if approve { open_number(app, &challenge)? } else { None };
    let said = Answer {
        iss: device,
        aud: app.settings.server.clone(),
        iat: now,
        challenge: challenge.id,
        challenge_hash: Digest::of(jws.as_bytes()),
        display_hash: rendered.hash(),
        locale: challenge.locale,
        decision,
        reason: None,
        number: number.map(|number| String::from_utf8_lossy(&number).into_owned()),
        uv: approve.then_some(UserVerification::Unknown),
        return_hash: return_token.filter(|_| approve).map(ReturnToken::digest),
        counter: 1,
    };
    let answer = EphemeralKey::make()?.sign_and_verify(&said)?;
    let challenge = match challenge.start {
        StartMode::Scan { .. } | StartMode::Link { .. } if approve => challenge.open(device, now)?,
        _ => challenge,
    };
    let answerer = Answerer { device: None, key_kind: KeyKind::Test, attestation: None };
    decision::decide(tx, app, challenge, &answer, answerer, now)?;
    Ok(())
}

/// Lets `test_slow` approve after its ten seconds. A server that ends meanwhile lets the challenge expire.
pub(crate) fn approve_later(app: &Shared, id: ChallengeId, return_token: Option<ReturnToken>) {
    let app = app.clone();
    // Asked for here and not in the task: the ten seconds begin now.
    let passed = app.clock.sleep(SLOW);
    drop(tokio::spawn(async move {
        tokio::select! {
            () = passed => {}
            () = app.drained() => return,
        }
        let shared = app.clone();
        let written = app.storage.write(move |tx| -> Result<(), Refusal> {
            let app: &App = &shared;
            let now = app.clock.now();
            match tx.challenge(id)?.filter(|challenge| challenge.is_pending(now)) {
                Some(challenge) => answer(tx, app, challenge, Decision::Approve, return_token.as_ref(), now),
                None => Ok(()),
            }
        });
        if let Err(refused) = written.await {
            tracing::error!(code = refused.code, "a test user could not answer");
        }
    }));
}
