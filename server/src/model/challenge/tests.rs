//! What has ended never moves, one of many answers wins, an approval is used once.

use inkan_protocol::answer::{Answer, ReturnToken};
use inkan_protocol::ids::UserId;
use inkan_protocol::receipt::KeyKind;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::keys::EphemeralKey;

const BEGIN: NumericDate = 1_000;
const LIFE: u64 = 120;

fn device(number: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(number))
}

fn pending(start: StartMode) -> Challenge {
    Challenge {
        id: ChallengeId(Uuid::from_u128(1)),
        owner: UserKey { live: true, user: "u".parse().unwrap() },
        sub: Subject(Uuid::from_u128(2)),
        operation: Operation::Login,
        details: vec![],
        origin: Origin { client: "x".into(), place: None, ip: None },
        network: None,
        session: Some(Digest([5; 32])),
        reasons: vec![],
        start,
        return_url: None,
        minimum_tier: Tier::Number,
        reference: Some("r-1".into()),
        locale: Locale::Ja,
        created_at: BEGIN,
        expires_at: BEGIN + LIFE,
        watch: Digest([0; 32]),
        issued: vec![Issued { device: device(9), jws: "a.b.c".into() }],
        opened_by: None,
        new_device: None,
        wrong_tries: 0,
        state: State::Pending,
        reports: vec![],
    }
}

fn number() -> StartMode {
    StartMode::Number { digits: 6, number: Some(SealedBytes(vec![1])) }
}

fn link() -> StartMode {
    StartMode::Link { token: Digest([4; 32]) }
}

/// A signed answer to a challenge of this number.
fn answer(challenge: u128, decision: Decision) -> Verified<Answer> {
    let said = Answer {
        iss: device(9),
        aud: "https://auth.example.jp".parse().unwrap(),
        iat: BEGIN,
        challenge: ChallengeId(Uuid::from_u128(challenge)),
        challenge_hash: Digest([1; 32]),
        display_hash: Digest([2; 32]),
        locale: Locale::Ja,
        decision,
        reason: None,
        number: None,
        uv: None,
        return_hash: None,
        counter: 1,
    };
    EphemeralKey::make().unwrap().sign_and_verify(&said).unwrap()
}

fn decided(at: NumericDate) -> Decided {
    Decided {
        device: Some(device(9)),
        at,
        answer: "a".into(),
        receipt: "r".into(),
        display_hash: Digest([2; 32]),
    }
}

fn approval(at: NumericDate) -> Approval {
    Approval {
        decided: decided(at),
        uv: None,
        key_kind: KeyKind::Unattested,
        attestation: None,
        return_hash: None,
        redeem_before: at + 300,
        mismatches: 0,
        redeemed: None,
    }
}

fn approved(start: StartMode) -> Challenge {
    pending(start).approve(&answer(1, Decision::Approve), approval(BEGIN), BEGIN).unwrap()
}

fn redemption() -> Redemption {
    Redemption { reference: Some("r-1".into()), user: None, session: None, return_token: None }
}

fn redeemed() -> Redeemed {
    Redeemed { at: BEGIN, reference: None, verdict: "v".into(), by: None }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Open(u128),
    Approve,
    Deny,
    Report,
    Mistype,
    Expire,
    Cancel,
    Supersede,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (9_u128..11).prop_map(Step::Open),
        Just(Step::Approve),
        Just(Step::Deny),
        Just(Step::Report),
        Just(Step::Mistype),
        Just(Step::Expire),
        Just(Step::Cancel),
        Just(Step::Supersede),
    ]
}

struct Answers {
    approve: Verified<Answer>,
    deny: Verified<Answer>,
    report: Verified<Answer>,
}

impl Answers {
    fn new() -> Self {
        let [approve, deny, report] =
            [Decision::Approve, Decision::Deny, Decision::Report].map(|decision| answer(1, decision));
        Self { approve, deny, report }
    }
}

fn take(
    challenge: Challenge,
    step: Step,
    answers: &Answers,
    now: NumericDate,
) -> Result<Challenge, InvalidTransition> {
    match step {
        Step::Open(by) => challenge.open(device(by), now),
        Step::Approve => challenge.approve(&answers.approve, approval(now), now),
        Step::Deny => challenge.deny(&answers.deny, decided(now), now),
        Step::Report => challenge.report(&answers.report, decided(now), now),
        Step::Mistype => challenge.mistype(device(9), now),
        Step::Expire => challenge.expire(now),
        Step::Cancel => challenge.cancel(now),
        Step::Supersede => challenge.supersede(ChallengeId(Uuid::from_u128(7)), now),
    }
}

proptest! {
    #[test]
    fn what_has_ended_never_moves_and_keeps_no_secret(
        numbered in any::<bool>(),
        steps in prop::collection::vec((step(), 0_u64..40), 1..40),
    ) {
        let answers = Answers::new();
        let mut challenge = pending(if numbered { number() } else { link() });
        let mut now = BEGIN;
        let mut ends = 0;
        for (step, later) in steps {
            now += later;
            let before = challenge.clone();
            match take(challenge, step, &answers, now) {
                Ok(after) => {
                    prop_assert_eq!(&before.state, &State::Pending, "moved by {:?}", step);
                    ends += u32::from(after.state != State::Pending);
                    challenge = after;
                }
                Err(InvalidTransition) => challenge = before,
            }
            prop_assert!(ends <= 1, "two transitions won");
            let keeps = matches!(&challenge.start, StartMode::Number { number: Some(_), .. });
            prop_assert_eq!(keeps, numbered && challenge.state == State::Pending);
        }
    }

    #[test]
    fn exactly_one_of_many_wins(order in prop::collection::vec(step(), 2..64)) {
        let answers = Answers::new();
        let order: Vec<Step> = order
            .into_iter()
            .filter(|step| !matches!(step, Step::Open(_) | Step::Expire))
            .collect();
        prop_assume!(!order.is_empty());
        let mut challenge = pending(number());
        let mut won = 0;
        for step in order {
            let before = challenge.clone();
            match take(challenge, step, &answers, BEGIN) {
                Ok(after) => { won += 1; challenge = after; }
                Err(InvalidTransition) => challenge = before,
            }
        }
        prop_assert_eq!(won, 1);
    }
}

#[test]
fn an_answer_decides_its_own_challenge_in_its_own_way_and_in_time() {
    let elsewhere = answer(2, Decision::Approve);
    assert!(pending(number()).approve(&elsewhere, approval(BEGIN), BEGIN).is_err());
    let deny = answer(1, Decision::Deny);
    assert!(pending(number()).approve(&deny, approval(BEGIN), BEGIN).is_err());
    let late = BEGIN + LIFE;
    assert!(pending(number()).deny(&deny, decided(late), late).is_err());
    assert!(pending(number()).deny(&deny, decided(late - 1), late - 1).is_ok());
    assert_eq!(pending(number()).state_at(late), ChallengeState::Expired);
}

#[test]
fn one_phone_opens_and_may_again() {
    let opened = pending(link()).open(device(9), BEGIN).unwrap();
    assert!(opened.clone().open(device(9), BEGIN + 1).is_ok());
    assert!(opened.open(device(8), BEGIN + 1).is_err());
    assert!(pending(number()).open(device(9), BEGIN).is_err());
}

#[test]
fn a_new_device_is_asked_for_three_times() {
    let mut challenge = Challenge { new_device: Some(device(8)), ..pending(number()) };
    for _ in 0..2 {
        challenge = challenge.mistype(device(9), BEGIN).unwrap();
        assert!(challenge.is_pending(BEGIN));
    }
    challenge = challenge.mistype(device(9), BEGIN).unwrap();
    assert_eq!(challenge.state_at(BEGIN), ChallengeState::Failed);
    let other = pending(number()).mistype(device(9), BEGIN).unwrap();
    assert_eq!(other.state_at(BEGIN), ChallengeState::Failed, "any other ends at the first");
}

#[test]
fn a_late_report_stands_beside_the_decision() {
    let report = answer(1, Decision::Report);
    assert!(pending(number()).report_late(&report, decided(BEGIN), BEGIN).is_err());
    let reported = approved(number()).report_late(&report, decided(BEGIN), BEGIN).unwrap();
    assert_eq!(reported.state_at(BEGIN), ChallengeState::Approved);
    assert_eq!(reported.check_redeem(&redemption(), BEGIN), Err(RedeemError::NotApproved));
    assert!(reported.is_reported_by(Some(device(9))) && !reported.is_reported_by(Some(device(8))));
}

#[test]
fn an_approval_is_used_once_in_time_by_whoever_asked() {
    let challenge = approved(number());
    assert_eq!(challenge.check_redeem(&redemption(), BEGIN + 299), Ok(Tier::Number));
    assert_eq!(challenge.check_redeem(&redemption(), BEGIN + 300), Err(RedeemError::WindowOver));
    for wrong in [
        Redemption { reference: None, ..redemption() },
        Redemption { reference: Some("r-2".into()), ..redemption() },
        Redemption { user: Some("v".parse::<UserId>().unwrap()), ..redemption() },
        Redemption { session: Some(Digest([6; 32])), ..redemption() },
        Redemption { return_token: Some(ReturnToken::new([3; 32])), ..redemption() },
    ] {
        assert_eq!(challenge.check_redeem(&wrong, BEGIN), Err(RedeemError::DoesNotMatch));
    }
    let used = challenge.redeem(redeemed()).unwrap();
    assert_eq!(used.check_redeem(&redemption(), BEGIN), Err(RedeemError::AlreadyRedeemed(redeemed())));
    assert!(used.redeem(redeemed()).is_err());
    assert!(pending(number()).redeem(redeemed()).is_err());
}

#[test]
fn five_mismatches_void_an_approval() {
    let mut challenge = approved(number());
    for _ in 0..MISMATCHES {
        assert!(challenge.check_redeem(&redemption(), BEGIN).is_ok());
        challenge = challenge.count_mismatch().unwrap();
    }
    assert_eq!(challenge.check_redeem(&redemption(), BEGIN), Err(RedeemError::DoesNotMatch));
    assert_eq!(challenge.state_at(BEGIN), ChallengeState::Approved);
}

#[test]
fn only_the_session_that_began_reaches_returned() {
    let token = ReturnToken::new([3; 32]);
    let approval = Approval { return_hash: Some(token.digest()), ..approval(BEGIN) };
    let challenge = Challenge { minimum_tier: Tier::Returned, ..pending(link()) };
    let challenge = challenge.approve(&answer(1, Decision::Approve), approval, BEGIN).unwrap();
    let returned = |session, return_token| Redemption { session, return_token, ..redemption() };
    let session = Some(Digest([5; 32]));
    let right = returned(session, Some(token.clone()));
    assert_eq!(challenge.check_redeem(&right, BEGIN), Ok(Tier::Returned));
    for too_low in [returned(session, None), returned(None, Some(token.clone())), returned(None, None)] {
        assert_eq!(challenge.check_redeem(&too_low, BEGIN), Err(RedeemError::TierTooLow(Tier::Link)));
    }
    let other = returned(Some(Digest([6; 32])), Some(token));
    assert_eq!(challenge.check_redeem(&other, BEGIN), Err(RedeemError::DoesNotMatch));
}
