//! The steps of the check, in the order of `docs/protocol.md`, "Evidence".

use super::keys::{ServerKeys, Stated};
use super::pairs::Pairs;
use super::{Evidence, EvidenceError, EvidenceReport, Part, REDEEM_WINDOW, REPORT_WINDOW};
use crate::answer::{Answer, Decision};
use crate::challenge::{Challenge, Start, Tier};
use crate::display::{self, Rendered};
use crate::enrollment::DeviceRecord;
use crate::ids::{Digest, NumericDate, Thumbprint};
use crate::jws::Verified;
use crate::log::PublishedHead;
use crate::receipt::{KeyKind, Receipt, Verdict};

/// Checks a bundle against the identity of the server that the verifier was told to trust. `heads` are heads of the
/// server's log that the verifier has seen published; they are needed only for what a revoked key signed.
pub fn verify(
    bundle: &Evidence,
    identity: Thumbprint,
    heads: &[PublishedHead],
) -> Result<EvidenceReport, EvidenceError> {
    // 1. Key sets: under the identity, in order.
    let server = ServerKeys::verify(&bundle.key_sets, identity, heads)?;

    // 2. The enrollment record, and the pairs of keys since.
    let record: Stated<DeviceRecord> = server.stated(Part::EnrollmentRecord, &bundle.enrollment_record)?;
    server.require_standing(Part::EnrollmentRecord, &record, record.message.hash(), None)?;
    let device = record.message.payload();
    let pairs = Pairs::verify(device, &bundle.renewals)?;

    // 3. The challenge: for this device and this customer.
    let challenge: Stated<Challenge> = server.stated(Part::Challenge, &bundle.challenge)?;
    let asked = challenge.message.payload();
    fits(Part::Challenge, "aud", asked.aud == device.device)?;
    fits(Part::Challenge, "sub", asked.sub == device.sub)?;
    fits(Part::Challenge, "account", asked.account == device.account)?;
    fits(Part::Challenge, "iat", asked.iat >= device.iat)?;

    // 4. The answer: by the right key, over these bytes and this text.
    let (answer, pair) = pairs.answer(Part::Answer, &bundle.answer)?;
    let shown = check_answer(Part::Answer, &answer, &challenge.message)?;

    // 5. The receipt: of this answer, in time, by a pair that was in force.
    let receipt: Stated<Receipt> = server.stated(Part::Receipt, &bundle.receipt)?;
    let decided = receipt.message.payload();
    check_receipt(Part::Receipt, decided, &answer, asked)?;
    // What ended without an answer can still be reported.
    let end = match decided.decision {
        Decision::Approve | Decision::Deny => asked.exp,
        Decision::Report => asked.exp.saturating_add(REPORT_WINDOW),
    };
    fits(Part::Receipt, "decided_at", (asked.iat..end).contains(&decided.decided_at))?;
    in_force(&pairs, pair, Part::Answer, decided.decided_at)?;
    server.require_standing(Part::Challenge, &challenge, answer.hash(), Some(decided.log))?;
    server.require_standing(Part::Receipt, &receipt, answer.hash(), Some(decided.log))?;

    // 6. The verdict: of this approval.
    let verdict = bundle.verdict.as_deref().map(|compact| server.stated::<Verdict>(Part::Verdict, compact));
    let verdict = verdict.transpose()?;
    if let Some(verdict) = &verdict {
        let said = verdict.message.payload();
        check_verdict(said, asked, device, &answer, &receipt.message)?;
        // After a renewal the keys are others than those that the record judges.
        let of_record = said.attestation.is_none_or(|result| result == device.attestation);
        fits(Part::Verdict, "attestation", pair > 0 || of_record)?;
        fits(Part::Verdict, "key_kind", pair > 0 || said.key_kind == KeyKind::from(device.attestation))?;
        server.require_standing(Part::Verdict, verdict, verdict.message.hash(), None)?;
    }

    // 7. Reports that came later. One by another device of the customer stands on the server's word: that device's
    //    challenge and keys are not in the bundle.
    let (mut reported_at, mut reported_elsewhere_at) = (Vec::new(), Vec::new());
    for (place, report) in bundle.reports.iter().enumerate() {
        let (part, receipt_part) = (Part::ReportAnswer(place), Part::ReportReceipt(place));
        let receipt: Stated<Receipt> = server.stated(receipt_part, &report.receipt)?;
        let said = receipt.message.payload();
        let at = said.decided_at;
        let last = decided.decided_at.max(asked.exp).saturating_add(REPORT_WINDOW);
        fits(receipt_part, "decided_at", (decided.decided_at..=last).contains(&at))?;
        let answer_hash = Digest::of(report.answer.as_bytes());
        server.require_standing(receipt_part, &receipt, answer_hash, Some(said.log))?;
        if pairs.has_signed(&report.answer) {
            let (answer, pair) = pairs.answer(part, &report.answer)?;
            fits(part, "decision", answer.payload().decision == Decision::Report)?;
            check_answer(part, &answer, &challenge.message)?;
            check_receipt(receipt_part, said, &answer, asked)?;
            in_force(&pairs, pair, part, at)?;
            reported_at.push(at);
        } else {
            fits(receipt_part, "aud", said.aud != device.device)?;
            fits(receipt_part, "challenge", said.challenge == asked.jti)?;
            fits(receipt_part, "decision", said.decision == Decision::Report)?;
            fits(receipt_part, "answer_hash", said.answer_hash == answer_hash)?;
            reported_elsewhere_at.push(at);
        }
    }

    let verdict = verdict.map(|verdict| verdict.message.into_payload());
    Ok(EvidenceReport {
        identity,
        server: server.server.clone(),
        relying_party: asked.relying_party.clone(),
        relying_party_id: verdict.as_ref().map(|verdict| verdict.aud.clone()),
        user: device.user.clone(),
        sub: device.sub,
        account: asked.account.clone(),
        device: device.device,
        authentication: device.authentication.clone(),
        attestation: device.attestation,
        enrolled_at: device.iat,
        key_pair: pair,
        answered_by: answer.signer(),
        key_kind: verdict.as_ref().map(|verdict| verdict.key_kind),
        uv: answer.payload().uv,
        challenge: asked.jti,
        operation: asked.operation,
        details: asked.details.clone(),
        locale: shown.locale,
        lines: shown.lines,
        decision: decided.decision,
        tier: verdict.as_ref().map(|verdict| verdict.tier),
        created_at: asked.iat,
        decided_at: decided.decided_at,
        redeemed_at: verdict.as_ref().map(|verdict| verdict.redeemed_at),
        reference: verdict.and_then(|verdict| verdict.reference),
        log: decided.log,
        published_at: server.published_at(decided.log, answer.hash())?,
        reported_at,
        reported_elsewhere_at,
    })
}

fn fits(part: Part, member: &'static str, fits: bool) -> Result<(), EvidenceError> {
    if fits { Ok(()) } else { Err(EvidenceError::Mismatch { part, member }) }
}

fn in_force(pairs: &Pairs, pair: usize, part: Part, at: NumericDate) -> Result<(), EvidenceError> {
    if pairs.was_in_force(pair, at) { Ok(()) } else { Err(EvidenceError::NotInForce { part }) }
}

/// Parties, both hashes, and what mode and return address ask of an approval.
fn check_answer(
    part: Part,
    answer: &Verified<Answer>,
    challenge: &Verified<Challenge>,
) -> Result<Rendered, EvidenceError> {
    let (said, asked) = (answer.payload(), challenge.payload());
    fits(part, "iss", said.iss == asked.aud)?;
    fits(part, "aud", said.aud == asked.iss)?;
    fits(part, "challenge", said.challenge == asked.jti)?;
    fits(part, "challenge_hash", said.challenge_hash == challenge.hash())?;
    let shown = display::render(&asked.shown(), said.locale)?;
    fits(part, "display_hash", said.display_hash == shown.hash())?;
    if said.decision == Decision::Approve {
        let number = match (asked.start, said.number.as_deref()) {
            (Start::Number { digits }, Some(number)) => {
                number.len() == usize::from(digits) && number.bytes().all(|byte| byte.is_ascii_digit())
            }
            (Start::Number { .. }, None) => false,
            (_, number) => number.is_none(),
        };
        fits(part, "number", number)?;
        fits(part, "return_hash", said.return_hash.is_some() == asked.return_url.is_some())?;
    }
    Ok(shown)
}

/// The receipt quotes this answer. When it was decided is for the caller.
fn check_receipt(
    part: Part,
    receipt: &Receipt,
    answer: &Verified<Answer>,
    asked: &Challenge,
) -> Result<(), EvidenceError> {
    let said = answer.payload();
    fits(part, "aud", receipt.aud == asked.aud)?;
    fits(part, "challenge", receipt.challenge == asked.jti)?;
    fits(part, "challenge_hash", receipt.challenge_hash == said.challenge_hash)?;
    fits(part, "display_hash", receipt.display_hash == said.display_hash)?;
    fits(part, "answer_hash", receipt.answer_hash == answer.hash())?;
    fits(part, "decision", receipt.decision == said.decision)?;
    fits(part, "iat", receipt.iat >= receipt.decided_at)
}

fn check_verdict(
    verdict: &Verdict,
    asked: &Challenge,
    device: &DeviceRecord,
    answer: &Verified<Answer>,
    receipt: &Verified<Receipt>,
) -> Result<(), EvidenceError> {
    let part = Part::Verdict;
    let (said, decided) = (answer.payload(), receipt.payload());
    let window = decided.decided_at..=decided.decided_at.saturating_add(REDEEM_WINDOW);
    // A verdict is of an approval. What else the signer states of it (`aud`, `reference`) stands nowhere else.
    fits(part, "challenge", verdict.challenge == asked.jti && said.decision == Decision::Approve)?;
    fits(part, "user", verdict.user == device.user)?;
    fits(part, "sub", verdict.sub == asked.sub)?;
    fits(part, "operation", verdict.operation == asked.operation)?;
    fits(part, "details", verdict.details == asked.details)?;
    fits(part, "device", verdict.device == Some(device.device))?;
    fits(part, "tier", is_reachable(verdict.tier, asked))?;
    fits(
        part,
        "key_kind",
        verdict.attestation.is_none_or(|result| verdict.key_kind == KeyKind::from(result)),
    )?;
    fits(part, "uv", verdict.uv == said.uv)?;
    fits(part, "created_at", verdict.created_at == asked.iat)?;
    fits(part, "decided_at", verdict.decided_at == decided.decided_at)?;
    fits(part, "redeemed_at", window.contains(&verdict.redeemed_at))?;
    fits(part, "iat", verdict.iat >= verdict.redeemed_at)?;
    fits(part, "challenge_hash", verdict.challenge_hash == said.challenge_hash)?;
    fits(part, "display_hash", verdict.display_hash == said.display_hash)?;
    fits(part, "answer_hash", verdict.answer_hash == answer.hash())?;
    fits(part, "receipt_hash", verdict.receipt_hash == receipt.hash())
}

/// Whether a start mode can end in that tier.
fn is_reachable(tier: Tier, asked: &Challenge) -> bool {
    match asked.start {
        Start::None {} => tier == Tier::None,
        Start::Number { .. } => tier == Tier::Number,
        Start::Scan {} => tier == Tier::Scan,
        Start::Link {} => tier == Tier::Link || (tier == Tier::Returned && asked.return_url.is_some()),
    }
}
