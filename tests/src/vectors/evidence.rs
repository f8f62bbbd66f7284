//! A whole bundle of evidence, what it proves, and bundles that prove nothing.

use inkan_protocol::answer::Decision;
use inkan_protocol::challenge::Tier;
use inkan_protocol::details::Locale;
use inkan_protocol::evidence::{self, Evidence};
use serde_json::{Value, json};

use super::cast::{self, Cast, ENROLLED};
use super::{Outcome, messages};

fn bundle() -> Outcome<Evidence> {
    let asked = cast::returned_challenge()?;
    let challenge = Cast::Signing.named(&asked)?;
    let said = cast::answer(&asked, &challenge, Decision::Approve, Locale::Ja)?;
    // The keys were renewed before: the new approval key answers.
    let answer = Cast::NewApproval.named(&said)?;
    let decided = messages::receipt_of(&said, &answer)?;
    let receipt = Cast::Signing.named(&decided)?;
    let verdict = messages::verdict_of(&asked, &said, &decided, &receipt, Tier::Returned)?;
    Ok(Evidence {
        enrollment_record: Cast::Signing.named(&cast::record()?)?,
        renewals: vec![Cast::Approval.named(&messages::renew(ENROLLED + 500_000)?)?],
        challenge,
        answer,
        receipt,
        verdict: Some(Cast::Signing.named(&verdict)?),
        key_sets: vec![Cast::Identity.introduced(&messages::key_set(1)?)?],
        reports: vec![],
    })
}

/// `evidence.json`.
pub(super) fn file() -> Outcome<Value> {
    let identity = Cast::Identity.public()?.thumbprint();
    let good = bundle()?;
    let report = evidence::verify(&good, identity, &[])?;
    let early = Evidence { renewals: vec![], ..good.clone() };
    let swapped = Evidence { receipt: good.challenge.clone(), ..good.clone() };
    let unlisted = Evidence { enrollment_record: Cast::Stranger.named(&cast::record()?)?, ..good.clone() };
    let other = Cast::Signing.named(&cast::challenge()?)?;
    let exchanged = Evidence { challenge: other, ..good.clone() };
    let invalid = [
        (early, "the renewal that brought the answering key is missing"),
        (swapped, "a challenge in place of the receipt"),
        (unlisted, "the record is by a key that no key set lists"),
        (exchanged, "another challenge than the one answered"),
    ]
    .map(|(bundle, reason)| json!({ "bundle": bundle, "reason": reason }));
    Ok(json!({
        "about": "Evidence of an approval in tier returned, after one renewal. No head of the log is needed.",
        "identity": identity,
        "other_identity": Cast::NextIdentity.public()?.thumbprint(),
        "bundle": good,
        "proves": report,
        "invalid": invalid,
    }))
}
