use serde_json::{Value, json};

use super::*;
use crate::answer::{Answer, DenyReason, ReturnToken};
use crate::challenge::{Challenge, Start};
use crate::details::Reason;
use crate::encoding::decode;
use crate::enrollment::{AuthenticationMethod, DeviceRecord, KeyStatement};
use crate::ids::Digest;
use crate::jws::Message;
use crate::keys::{IdentityChange, KeySet, MAX_KEY_LIFE, RevokedKey, SigningKey};
use crate::log::{BEFORE_FIRST, LogRow, derive_row_hash};
use crate::receipt::{Receipt, Verdict};
use crate::renewal::Renew;
use crate::testing::{Key, challenge, server};

const ENROLLED: NumericDate = 1_795_000_000;
const RENEWED: NumericDate = 1_795_500_000;
const DECIDED: NumericDate = 1_795_583_150;
const REDEEMED: NumericDate = 1_795_583_160;
const REPORTED: NumericDate = 1_795_700_000;

fn identity() -> Key {
    Key::number(1)
}

fn signing() -> Key {
    Key::number(50)
}

/// Possession and approval of the n-th pair.
fn pair(place: u8) -> (Key, Key) {
    (Key::number(10 + 2 * place), Key::number(11 + 2 * place))
}

fn hash(compact: &str) -> Digest {
    Digest::of(compact.as_bytes())
}

fn key_set(version: u64) -> KeySet {
    let jwk = signing().public();
    KeySet {
        iss: server(),
        aud: server(),
        iat: ENROLLED - 1000,
        version,
        keys: vec![SigningKey {
            kid: jwk.thumbprint(),
            jwk,
            not_before: ENROLLED - 1000,
            not_after: ENROLLED - 1000 + MAX_KEY_LIFE,
        }],
        pins: vec![],
        revoked: vec![],
        endorsement: None,
    }
}

fn record() -> DeviceRecord {
    let (possession, approval) = pair(0);
    DeviceRecord {
        iss: server(),
        aud: challenge().aud,
        iat: ENROLLED,
        device: challenge().aud,
        sub: challenge().sub,
        user: "c-0123".parse().unwrap(),
        account: challenge().account,
        possession_key: possession.public(),
        approval_key: approval.public(),
        attestation: AttestationResult::Tee,
        authentication: Authentication {
            methods: vec![AuthenticationMethod::IdentityProof],
            at: ENROLLED - 100,
        },
        enroll_hash: Digest([1; 32]),
        enrollment_hash: Digest([2; 32]),
    }
}

fn renew(place: u8, iat: NumericDate) -> String {
    let (possession, approval) = pair(place);
    let jti = format!("01890a5d-ac96-774b-bcce-b3020000000{place}").parse().unwrap();
    let statement = KeyStatement::of_renewal(
        &server(),
        record().device,
        jti,
        possession.public().thumbprint(),
        approval.public().thumbprint(),
    );
    pair(place - 1).1.name(&Renew {
        iss: record().device,
        aud: server(),
        iat,
        jti,
        possession_key: possession.public(),
        possession_signature: possession.introduce(&statement),
        approval_key: approval.public(),
        approval_signature: approval.introduce(&statement),
        attestation: None,
    })
}

fn asked() -> Challenge {
    Challenge {
        start: Start::Link {},
        return_url: Some("https://broker.example/return".into()),
        reasons: vec![Reason::NewPayee],
        ..challenge()
    }
}

fn answer(challenge: &Challenge, compact: &str, decision: Decision) -> Answer {
    let approve = decision == Decision::Approve;
    let number = approve && matches!(challenge.start, Start::Number { .. });
    Answer {
        iss: challenge.aud,
        aud: server(),
        iat: DECIDED,
        challenge: challenge.jti,
        challenge_hash: hash(compact),
        display_hash: crate::display::render(&challenge.shown(), Locale::En).unwrap().hash(),
        locale: Locale::En,
        decision,
        reason: (decision == Decision::Deny).then_some(DenyReason::ChangedMind),
        number: number.then(|| "012345".into()),
        uv: approve.then_some(UserVerification::Biometric),
        return_hash: (approve && challenge.return_url.is_some()).then(|| ReturnToken::new([9; 32]).digest()),
        counter: 3,
    }
}

fn receipt(answer: &Answer, compact: &str, at: NumericDate, log: LogReference) -> Receipt {
    Receipt {
        iss: server(),
        aud: answer.iss,
        iat: at,
        jti: "01890a5d-ac96-774b-bcce-b302099a8060".parse().unwrap(),
        challenge: answer.challenge,
        challenge_hash: answer.challenge_hash,
        display_hash: answer.display_hash,
        answer_hash: hash(compact),
        decision: answer.decision,
        decided_at: at,
        log,
    }
}

fn verdict(challenge: &Challenge, answer: &Answer, receipt: &Receipt, receipt_compact: &str) -> Verdict {
    let tier = match challenge.start {
        Start::Number { .. } => Tier::Number,
        Start::Scan {} => Tier::Scan,
        Start::Link {} => Tier::Returned,
        Start::None {} => Tier::None,
    };
    Verdict {
        iss: server(),
        aud: "mihon".into(),
        iat: REDEEMED,
        challenge: challenge.jti,
        user: record().user,
        sub: challenge.sub,
        operation: challenge.operation,
        details: challenge.details.clone(),
        reference: Some("W-1".into()),
        device: Some(challenge.aud),
        tier,
        key_kind: KeyKind::Tee,
        attestation: Some(AttestationResult::Tee),
        uv: answer.uv,
        created_at: challenge.iat,
        decided_at: receipt.decided_at,
        redeemed_at: REDEEMED,
        challenge_hash: receipt.challenge_hash,
        display_hash: receipt.display_hash,
        answer_hash: receipt.answer_hash,
        receipt_hash: hash(receipt_compact),
    }
}

/// The log of one enrollment, one decision and one redeem; the redeem's body is not known before the receipt.
fn log(record: &str, answer: &str) -> (Vec<LogRow>, Digest) {
    let row =
        |row, time, kind: &str, compact: &str| LogRow { row, time, kind: kind.into(), body: hash(compact) };
    let rows = vec![row(1, ENROLLED, "device.active", record), row(2, DECIDED, "challenge.approved", answer)];
    let last = rows
        .iter()
        .fold(BEFORE_FIRST, |before, row| derive_row_hash(row.row, row.time, &row.kind, row.body, before));
    (rows, last)
}

/// A whole bundle: one renewal before the answer, by the pair that the renewal brought.
fn bundle_of(challenge: &Challenge, decision: Decision) -> Evidence {
    let enrollment_record = signing().name(&record());
    let challenge_compact = signing().name(challenge);
    let said = answer(challenge, &challenge_compact, decision);
    let (possession, approval) = pair(1);
    let answer_compact = match decision {
        Decision::Approve => approval.name(&said),
        Decision::Deny | Decision::Report => possession.name(&said),
    };
    let (_, row_hash) = log(&enrollment_record, &answer_compact);
    let decided = receipt(&said, &answer_compact, DECIDED, LogReference { row: 2, hash: row_hash });
    let receipt_compact = signing().name(&decided);
    let redeemed = (decision == Decision::Approve)
        .then(|| signing().name(&verdict(challenge, &said, &decided, &receipt_compact)));
    Evidence {
        enrollment_record,
        renewals: vec![renew(1, RENEWED)],
        challenge: challenge_compact,
        answer: answer_compact,
        receipt: receipt_compact,
        verdict: redeemed,
        key_sets: vec![identity().introduce(&key_set(1))],
        reports: vec![],
    }
}

fn bundle() -> Evidence {
    let mut bundle = bundle_of(&asked(), Decision::Approve);
    let said = Answer { iat: REPORTED, counter: 4, ..answer(&asked(), &bundle.challenge, Decision::Report) };
    let answer = pair(1).0.name(&said);
    let receipt = receipt(&said, &answer, REPORTED, LogReference { row: 9, hash: Digest([9; 32]) });
    bundle.reports = vec![LateReport { answer, receipt: signing().name(&receipt) }];
    bundle
}

fn check(bundle: &Evidence) -> Result<EvidenceReport, EvidenceError> {
    verify(bundle, identity().public().thumbprint(), &[])
}

#[test]
fn a_whole_bundle_says_what_was_proved() {
    let report = check(&bundle()).unwrap();
    assert_eq!(report.user.as_str(), "c-0123");
    assert_eq!(report.operation, Operation::Withdrawal);
    assert_eq!(report.details, challenge().details);
    assert_eq!(report.decision, Decision::Approve);
    assert_eq!((report.tier, report.key_kind), (Some(Tier::Returned), Some(KeyKind::Tee)));
    assert_eq!((report.key_pair, report.answered_by), (1, pair(1).1.public().thumbprint()));
    assert_eq!((report.decided_at, report.redeemed_at), (DECIDED, Some(REDEEMED)));
    assert_eq!(report.reported_at, [REPORTED]);
    assert_eq!(report.authentication.methods, [AuthenticationMethod::IdentityProof]);
    assert!(report.lines.iter().any(|line| line.value == "¥1,250,000"));
    assert_eq!(report.published_at, None);
}

#[test]
fn every_mode_and_every_decision_can_be_proved() {
    for start in [Start::Number { digits: 6 }, Start::Scan {}, Start::Link {}, Start::None {}] {
        let return_url = (start == Start::Link {}).then(|| "https://broker.example/".to_owned());
        let challenge = Challenge { start, return_url, ..challenge() };
        for decision in [Decision::Approve, Decision::Deny, Decision::Report] {
            let report = check(&bundle_of(&challenge, decision)).unwrap();
            assert_eq!(report.decision, decision, "{start:?}");
        }
    }
}

/// The compact messages of a bundle, and the key that signs each.
fn parts(bundle: &mut Evidence) -> Vec<(&'static str, &mut String, Key)> {
    let report = bundle.reports.first_mut().unwrap();
    vec![
        (KeySet::TYP, &mut bundle.key_sets[0], identity()),
        (DeviceRecord::TYP, &mut bundle.enrollment_record, signing()),
        (Renew::TYP, &mut bundle.renewals[0], pair(0).1),
        (Challenge::TYP, &mut bundle.challenge, signing()),
        (Answer::TYP, &mut bundle.answer, pair(1).1),
        (Receipt::TYP, &mut bundle.receipt, signing()),
        (Verdict::TYP, bundle.verdict.as_mut().unwrap(), signing()),
        (Answer::TYP, &mut report.answer, pair(1).0),
        (Receipt::TYP, &mut report.receipt, signing()),
    ]
}

#[test]
fn a_byte_changed_anywhere_is_noticed() {
    let mut good = bundle();
    let count = parts(&mut good).len();
    for part in 0..count {
        let length = parts(&mut good)[part].1.len();
        for place in (0..length).step_by(13) {
            let mut changed = good.clone();
            let text = &mut parts(&mut changed).remove(part).1.clone().into_bytes();
            text[place] = if text[place] == b'A' { b'B' } else { b'A' };
            *parts(&mut changed)[part].1 = String::from_utf8(text.clone()).unwrap();
            assert!(check(&changed).is_err(), "part {part}, byte {place}");
        }
    }
}

/// Every leaf of a payload, as a JSON Pointer.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, inner)| leaves(inner, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(place, inner)| leaves(inner, &format!("{at}/{place}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

/// A value of the same shape that says something else.
fn other(value: &Value) -> Value {
    let Value::String(text) = value else {
        return value.as_u64().map_or_else(|| json!(!value.as_bool().unwrap()), |number| json!(number + 1));
    };
    let twin = |one: &'static str, two: &'static str| if text == one { two } else { one };
    match text.as_str() {
        "withdrawal" => "login".into(),
        "approve" | "deny" | "report" => twin("approve", "report").into(),
        "ja" | "en" => twin("ja", "en").into(),
        "tee" => "strongbox".into(),
        "returned" => "link".into(),
        "biometric" => "unknown".into(),
        "identity_proof" => "branch".into(),
        "new_payee" => "high_amount".into(),
        _ if text.len() == 43 && decode(text).is_ok() => Digest::of(text.as_bytes()).to_string().into(),
        _ if text.len() == 36 => text.replace('7', "6").into(),
        _ if text.starts_with("https://") => "https://other.example".into(),
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => format!("{text}1").into(),
        _ => format!("{text}x").into(),
    }
}

/// What a holder of all the keys may say otherwise without the rest contradicting: it stands nowhere else.
const SAID_ONCE: &[&str] = &[
    "inkan-keys+jwt /iat",
    "inkan-keys+jwt /version",
    "inkan-keys+jwt /keys/0/not_before",
    "inkan-device+jwt /authentication/at",
    "inkan-device+jwt /authentication/methods/0",
    "inkan-device+jwt /enroll_hash",
    "inkan-device+jwt /enrollment_hash",
    "inkan-device+jwt /iat",
    "inkan-renew+jwt /iat",
    "inkan-verdict+jwt /aud",
    "inkan-verdict+jwt /iat",
    "inkan-verdict+jwt /reference",
    // The keys of the record are judged by the renewal, those of the renewal by the answer: see below.
    "inkan-device+jwt /attestation",
    "inkan-verdict+jwt /tier",
    // The report's receipt is quoted by nothing.
    "inkan-receipt+jwt /jti",
    "inkan-receipt+jwt /iat",
    "inkan-receipt+jwt /log/row",
    "inkan-receipt+jwt /log/hash",
];

#[test]
fn a_member_changed_and_signed_again_is_noticed() {
    let mut good = bundle();
    let count = parts(&mut good).len();
    let (mut noticed, mut let_through) = (0, Vec::new());
    for part in 0..count {
        let mut good = good.clone();
        let (typ, compact, _) = parts(&mut good).remove(part);
        let payload = decode(compact.split('.').nth(1).unwrap()).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        let mut found = Vec::new();
        leaves(&payload, "", &mut found);
        for leaf in found {
            let mut wrong = payload.clone();
            let place = wrong.pointer_mut(&leaf).unwrap();
            *place = other(place);
            let mut changed = good.clone();
            let (_, compact, key) = parts(&mut changed).remove(part);
            *compact = if typ == KeySet::TYP {
                key.introduce_raw(typ, wrong.to_string().as_bytes())
            } else {
                key.name_raw(typ, wrong.to_string().as_bytes())
            };
            if check(&changed).is_err() {
                noticed += 1;
            } else {
                let name = format!("{typ} {leaf}");
                assert!(SAID_ONCE.contains(&name.as_str()), "part {part}: {name} was let through");
                // The first receipt is quoted by the verdict: nothing of it may change.
                assert_ne!(part, 5, "{name}");
                let_through.push(name);
            }
        }
    }
    assert!(noticed > 100, "{noticed}");
    for name in SAID_ONCE {
        assert!(let_through.contains(&(*name).to_owned()), "{name} is noticed after all");
    }
}

type Change = fn(&mut Evidence);

#[test]
#[expect(clippy::too_many_lines, reason = "one table of faults")]
fn each_fault_has_its_name() {
    let mismatch = |part, member| EvidenceError::Mismatch { part, member };
    let faults: Vec<(Change, EvidenceError)> = vec![
        (|bundle| bundle.key_sets.clear(), EvidenceError::NoKeySet),
        (
            |bundle| bundle.key_sets = vec![Key::number(2).introduce(&key_set(1))],
            EvidenceError::Message { part: Part::KeySet(0), error: JwsError::WrongSignature },
        ),
        (
            |bundle| bundle.key_sets.push(identity().introduce(&key_set(1))),
            mismatch(Part::KeySet(1), "version"),
        ),
        (
            |bundle| bundle.enrollment_record = Key::number(51).name(&record()),
            EvidenceError::SigningKey { part: Part::EnrollmentRecord },
        ),
        (
            |bundle| {
                let late = ENROLLED + MAX_KEY_LIFE;
                bundle.enrollment_record = signing().name(&DeviceRecord { iat: late, ..record() });
            },
            EvidenceError::SigningKey { part: Part::EnrollmentRecord },
        ),
        (
            |bundle| bundle.enrollment_record = bundle.challenge.clone(),
            EvidenceError::Message {
                part: Part::EnrollmentRecord,
                error: JwsError::WrongType(DeviceRecord::TYP),
            },
        ),
        (|bundle| bundle.renewals.clear(), EvidenceError::DeviceKey { part: Part::Answer }),
        (
            |bundle| bundle.renewals = vec![renew(2, RENEWED)],
            EvidenceError::DeviceKey { part: Part::Renewal(0) },
        ),
        (
            |bundle| bundle.renewals.push(renew(2, RENEWED + 1)),
            EvidenceError::NotInForce { part: Part::Answer },
        ),
        (
            |bundle| bundle.renewals = vec![renew(1, DECIDED + CLOCK_TOLERANCE + 1)],
            EvidenceError::NotInForce { part: Part::Answer },
        ),
        (
            |bundle| {
                let of_other = DeviceRecord { account: "***9999".into(), ..record() };
                bundle.enrollment_record = signing().name(&of_other);
            },
            mismatch(Part::Challenge, "account"),
        ),
        (
            |bundle| {
                let twin = Challenge { nonce: crate::ids::Nonce([8; 32]), ..asked() };
                bundle.challenge = signing().name(&twin);
            },
            mismatch(Part::Answer, "challenge_hash"),
        ),
        (
            |bundle| {
                let said = answer(&asked(), &bundle.challenge, Decision::Approve);
                bundle.answer = pair(1).1.name(&Answer { locale: Locale::Ja, ..said });
            },
            mismatch(Part::Answer, "display_hash"),
        ),
        (
            |bundle| {
                let said = answer(&asked(), &bundle.challenge, Decision::Approve);
                bundle.answer = pair(1).0.name(&said);
            },
            EvidenceError::DeviceKey { part: Part::Answer },
        ),
        (
            |bundle| {
                let said = answer(&asked(), &bundle.challenge, Decision::Approve);
                bundle.answer = pair(1).1.name(&Answer { return_hash: None, ..said });
            },
            mismatch(Part::Answer, "return_hash"),
        ),
        (
            |bundle| {
                let said = answer(&asked(), &bundle.challenge, Decision::Approve);
                bundle.answer = pair(1).1.name(&Answer { number: Some("012345".into()), ..said });
            },
            mismatch(Part::Answer, "number"),
        ),
        (|bundle| bundle.receipt = bundle.reports[0].receipt.clone(), mismatch(Part::Receipt, "answer_hash")),
        (
            |bundle| bundle.reports[0].answer = bundle.answer.clone(),
            mismatch(Part::ReportAnswer(0), "decision"),
        ),
        (
            |bundle| {
                let mut other = bundle_of(&Challenge { exp: 1_795_583_200, ..asked() }, Decision::Approve);
                std::mem::swap(&mut bundle.verdict, &mut other.verdict);
            },
            mismatch(Part::Verdict, "challenge_hash"),
        ),
    ];
    for (place, (change, expected)) in faults.into_iter().enumerate() {
        let mut changed = bundle();
        change(&mut changed);
        assert_eq!(check(&changed), Err(expected), "fault {place}");
    }
}

#[test]
fn a_decision_out_of_time_proves_nothing() {
    let at = |at: NumericDate| {
        let mut changed = bundle();
        let said = answer(&asked(), &changed.challenge, Decision::Approve);
        let late = receipt(&said, &changed.answer, at, LogReference { row: 2, hash: Digest([1; 32]) });
        changed.receipt = signing().name(&late);
        changed.verdict = None;
        changed.reports.clear();
        check(&changed).map(drop)
    };
    let wrong = Err(EvidenceError::Mismatch { part: Part::Receipt, member: "decided_at" });
    assert_eq!(at(asked().iat - 1), wrong);
    assert_eq!(at(asked().iat), Ok(()));
    assert_eq!(at(asked().exp - 1), Ok(()));
    assert_eq!(at(asked().exp), wrong);
}

#[test]
fn what_ended_unanswered_can_be_reported() {
    let mut changed = bundle_of(&asked(), Decision::Report);
    let said = answer(&asked(), &changed.challenge, Decision::Report);
    let at = |at| receipt(&said, &changed.answer, at, LogReference { row: 2, hash: Digest([1; 32]) });
    let (late, too_late) = (at(asked().exp + 1000), at(asked().exp + REPORT_WINDOW));
    changed.receipt = signing().name(&late);
    assert!(check(&changed).is_ok());
    changed.receipt = signing().name(&too_late);
    assert!(check(&changed).is_err());
}

#[test]
fn a_report_with_another_device_stands_on_the_servers_word() {
    let mut bundle = bundle();
    let elsewhere = record().sub.0;
    let said = Answer {
        iss: DeviceId(elsewhere),
        challenge_hash: Digest([3; 32]),
        ..answer(&asked(), &bundle.challenge, Decision::Report)
    };
    let compact = Key::number(90).name(&said);
    let log = LogReference { row: 10, hash: Digest([9; 32]) };
    let stated = receipt(&said, &compact, REPORTED + 5, log);
    bundle.reports.push(LateReport { answer: compact.clone(), receipt: signing().name(&stated) });
    let report = check(&bundle).unwrap();
    assert_eq!((report.reported_at, report.reported_elsewhere_at), (vec![REPORTED], vec![REPORTED + 5]));
    // Not of this device, though: its keys are known.
    let own = Receipt { aud: record().device, ..stated.clone() };
    bundle.reports[1].receipt = signing().name(&own);
    let expected = EvidenceError::Mismatch { part: Part::ReportReceipt(1), member: "aud" };
    assert_eq!(check(&bundle), Err(expected));
    let of_other = Receipt { answer_hash: Digest([4; 32]), ..stated };
    bundle.reports[1].receipt = signing().name(&of_other);
    assert!(check(&bundle).is_err());
}

#[test]
fn another_identity_needs_an_endorsement() {
    let next = Key::number(4);
    let change = IdentityChange {
        iss: server(),
        aud: server(),
        iat: ENROLLED,
        from: identity().public().thumbprint(),
        to: next.public().thumbprint(),
    };
    let endorsed = KeySet { endorsement: Some(identity().introduce(&change)), ..key_set(2) };
    let mut bundle = bundle();
    bundle.key_sets.push(next.introduce(&endorsed));
    bundle.key_sets.push(next.introduce(&key_set(3)));
    assert!(check(&bundle).is_ok());
    // Once taken over, the old identity says nothing more.
    let mut back = bundle.clone();
    back.key_sets.push(identity().introduce(&key_set(4)));
    assert!(check(&back).is_err());
    // Who trusts the new identity alone does not trust what the old one listed before.
    assert!(verify(&bundle, next.public().thumbprint(), &[]).is_err());
    bundle.key_sets[1] = next.introduce(&key_set(2));
    assert!(check(&bundle).is_err());
}

#[test]
fn what_a_revoked_key_signed_stands_on_a_published_head_alone() {
    let revoked_at = REDEEMED + 1000;
    let mut bundle = bundle();
    bundle.reports.clear();
    let kid = signing().public().thumbprint();
    let revoking = KeySet { revoked: vec![RevokedKey { kid, at: revoked_at }], ..key_set(2) };
    bundle.key_sets.push(identity().introduce(&revoking));
    let (mut rows, _) = log(&bundle.enrollment_record, &bundle.answer);
    rows.push(LogRow {
        row: 3,
        time: REDEEMED,
        kind: "challenge.redeemed".into(),
        body: hash(bundle.verdict.as_deref().unwrap()),
    });
    let head = |rows: &[LogRow], published_at| PublishedHead {
        published_at,
        row: rows.last().unwrap().row,
        hash: rows.iter().fold(BEFORE_FIRST, |before, row| {
            derive_row_hash(row.row, row.time, &row.kind, row.body, before)
        }),
        before: BEFORE_FIRST,
        rows: rows.to_vec(),
    };
    let check = |bundle: &Evidence, heads: &[PublishedHead]| {
        verify(bundle, identity().public().thumbprint(), heads).map(|report| report.published_at)
    };
    let revoked = |part| Err(EvidenceError::RevokedKey { part });
    assert_eq!(check(&bundle, &[]), revoked(Part::EnrollmentRecord));
    assert_eq!(check(&bundle, &[head(&rows, revoked_at)]), revoked(Part::EnrollmentRecord));
    assert_eq!(check(&bundle, &[head(&rows[..1], revoked_at - 1)]), revoked(Part::Challenge));
    assert_eq!(check(&bundle, &[head(&rows[..2], revoked_at - 1)]), revoked(Part::Verdict));
    assert_eq!(check(&bundle, &[head(&rows, revoked_at - 1)]), Ok(Some(revoked_at - 1)));
    // Two heads together, the later one published too late to matter.
    let heads = [head(&rows, revoked_at - 1), head(&rows[..2], revoked_at - 500)];
    assert_eq!(check(&bundle, &heads), Ok(Some(revoked_at - 500)));

    // A head whose rows do not lead to it, and one that holds another row in the receipt's place.
    let mut torn = head(&rows, revoked_at - 1);
    torn.rows[0].time += 1;
    assert_eq!(check(&bundle, &[torn]), Err(EvidenceError::Head(0)));
    let mut forked = rows.clone();
    forked[1].body = Digest([5; 32]);
    let heads = [head(&rows, revoked_at - 1), head(&forked, revoked_at + 1)];
    assert_eq!(check(&bundle, &heads), Err(EvidenceError::LogContradicts));
}
