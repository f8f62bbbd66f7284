//! Aggregates for the suite, each made from a number.

use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Locale, Operation, Origin};
use inkan_protocol::enrollment::{AttestationResult, Authentication};
use inkan_protocol::ids::{ChallengeId, DeviceId, Digest, EnrollmentId, NumericDate, Subject, Ticket};
use inkan_protocol::jwk::PublicKey;
use p256::ecdsa::SigningKey;
use serde_json::json;
use uuid::Uuid;

use crate::model::api_key::{ApiKey, Scope};
use crate::model::challenge::{Challenge, Issued, StartMode, State};
use crate::model::ciba::CibaRequest;
use crate::model::device::{CounterWindow, Device, DeviceKeys, DeviceState};
use crate::model::enrollment::{Enrollment, EnrollmentState};
use crate::model::event::Event;
use crate::model::intent::Intent;
use crate::model::keycloak::KeycloakRequest;
use crate::model::openid_client::{self, OpenidClient};
use crate::model::outbox::{OutboxMessage, Queue};
use crate::model::push_health::PushHealth;
use crate::model::sealed::SealedBytes;
use crate::model::user::{User, UserKey};
use crate::model::webhook::{Delivery, DeliveryState, SigningSecret, Try, TryEnd, Webhook};
use crate::testing::describe_phone;

pub(super) const EXPIRES: NumericDate = 1300;

pub(super) fn owner(name: &str) -> UserKey {
    UserKey { live: true, user: name.parse().unwrap() }
}

fn digest(number: u128, what: &str) -> Digest {
    Digest::of(format!("{what}-{number}").as_bytes())
}

fn sub(name: &str) -> Subject {
    Subject(Uuid::from_u128(name.bytes().map(u128::from).sum()))
}

pub(super) fn user(name: &str) -> User {
    User::new(owner(name), sub(name), 1000)
}

pub(super) fn enrollment(number: u128, name: &str) -> Enrollment {
    Enrollment {
        id: EnrollmentId(Uuid::from_u128(number)),
        owner: owner(name),
        display_name: "***4567".into(),
        authentication: Authentication { methods: vec![], at: 1000 },
        created_at: 1000,
        expires_at: EXPIRES,
        ticket: Ticket(digest(number, "ticket").0),
        typed_code: digest(number, "typed"),
        typed_code_used: false,
        sealed: Some(SealedBytes(vec![1, 2, 3])),
        state: EnrollmentState::Pending,
    }
}

pub(super) fn device(number: u128, name: &str) -> Device {
    let key = |what: &str| {
        let key = SigningKey::from_slice(&digest(number, what).0).unwrap();
        PublicKey::from_uncompressed(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    };
    Device {
        id: DeviceId(Uuid::from_u128(number)),
        owner: owner(name),
        sub: sub(name),
        account: "***4567".into(),
        enrollment: EnrollmentId(Uuid::from_u128(number)),
        description: describe_phone(),
        keys: DeviceKeys { possession: key("possession"), approval: key("approval") },
        replaced: None,
        attestation: AttestationResult::None,
        authentication: Authentication { methods: vec![], at: 1000 },
        state: DeviceState::Active { since: 1000 },
        enrollment_record: Some("record".into()),
        record: Some("record".into()),
        renewals: vec![],
        enroll_hash: digest(number, "enroll"),
        enrollment_hash: digest(number, "enrollment"),
        restricted_until: None,
        counter: CounterWindow::default(),
        wrong_numbers: 0,
        push: None,
        push_health: PushHealth::default(),
        created_at: 1000,
        last_seen_at: 1000,
    }
}

pub(super) fn scan_page(number: u128) -> Digest {
    digest(number, "page")
}

pub(super) fn challenge(number: u128, name: &str) -> Challenge {
    Challenge {
        id: ChallengeId(Uuid::from_u128(number)),
        owner: owner(name),
        sub: sub(name),
        operation: Operation::Login,
        details: vec![],
        origin: Origin { client: "Windows / Chrome".into(), place: None, ip: Some("203.0.113.24".into()) },
        network: Some("203.0.113.0/24".into()),
        session: None,
        reasons: vec![],
        start: StartMode::Scan { secret: Some(SealedBytes(vec![4])), page: scan_page(number) },
        return_url: None,
        minimum_tier: Tier::Number,
        reference: None,
        locale: Locale::Ja,
        created_at: 1000,
        expires_at: EXPIRES,
        watch: digest(number, "watch"),
        issued: vec![Issued { device: DeviceId(Uuid::from_u128(number)), jws: "jws".into() }],
        opened_by: None,
        new_device: None,
        wrong_tries: 0,
        state: State::Pending,
        reports: vec![],
    }
}

pub(super) fn event(number: u128, name: &str) -> Event {
    Event {
        id: Uuid::from_u128(number),
        live: true,
        kind: "challenge.created".into(),
        at: 1000 + NumericDate::try_from(number).unwrap(),
        data: json!({ "user": name }),
    }
}

pub(super) fn api_key(number: u128) -> ApiKey {
    ApiKey {
        id: Uuid::from_u128(number),
        name: "tests".into(),
        digest: digest(number, "key"),
        live: true,
        scopes: Scope::ALL.to_vec(),
        created_at: 1000,
        revoked_at: None,
    }
}

/// A message about `name`.
pub(crate) fn message(number: u128, queue: Queue, name: &str, due_millis: u64) -> OutboxMessage {
    OutboxMessage {
        id: Uuid::from_u128(number),
        queue,
        name: None,
        owner: Some(owner(name)),
        due_millis,
        until: 2000,
        tries: 0,
        body: json!({ "number": number.to_string() }),
    }
}

pub(super) fn webhook(number: u128, live: bool) -> Webhook {
    Webhook {
        id: Uuid::from_u128(number),
        live,
        url: "https://hooks.example.jp/".into(),
        events: vec!["*".into()],
        secrets: vec![SigningSecret { sealed: SealedBytes(vec![1, 2, 3]), until: None }],
        key: SealedBytes(vec![4, 5, 6]),
        public_key: digest(number, "public key").0,
        created_at: 1000,
        disabled_at: None,
        held_until_millis: 0,
    }
}

/// Due at this millisecond, or failed.
pub(super) fn delivery(number: u128, webhook: u128, name: &str, due: Option<u64>) -> Delivery {
    Delivery {
        id: Uuid::from_u128(number),
        webhook: Uuid::from_u128(webhook),
        event: Uuid::from_u128(100 + number),
        kind: "device.added".into(),
        owner: Some(owner(name)),
        payload: "{}".into(),
        created_at: 1000,
        state: due.map_or(DeliveryState::Failed, |due_millis| DeliveryState::Pending { due_millis }),
        round: 1,
        tries: vec![Try { at: 1000, millis: 7, ended: TryEnd::Answered(500) }],
    }
}

pub(super) fn openid_client(id: &str, revoked_at: Option<NumericDate>) -> OpenidClient {
    OpenidClient {
        id: id.into(),
        name: "Portal".into(),
        live: true,
        authentication: openid_client::Authentication::Secret { digest: Digest([7; 32]) },
        keys: vec![],
        notification_endpoint: None,
        created_at: 1,
        revoked_at,
    }
}

pub(super) fn ciba_request(number: u8, user: &str) -> CibaRequest {
    CibaRequest {
        id: Digest([number; 32]),
        client: "portal".into(),
        owner: owner(user),
        challenge: ChallengeId(Uuid::from_u128(number.into())),
        authorization_details: None,
        interval: 5,
        polled_millis: None,
        ping: None,
        until: 100,
    }
}

/// Remembered until 100 and its number.
pub(super) fn keycloak_request(number: u8, user: Option<&str>) -> KeycloakRequest {
    KeycloakRequest {
        id: Digest([number; 32]),
        challenge: Some(ChallengeId(Uuid::from_u128(number.into()))),
        owner: user.map(owner),
        issuer: "https://sso.example.jp/realms/broker".into(),
        reference: format!("jti-{number}"),
        bearer: Some(SealedBytes(vec![1, 2, 3])),
        came_millis: 7000,
        until: 90,
        remembered_until: 100 + NumericDate::from(number),
    }
}

/// Over at 100 and its number.
pub(super) fn intent(number: u8, user: &str) -> Intent {
    Intent {
        id: Uuid::from_u128(number.into()),
        owner: owner(user),
        operation: Operation::Login,
        details: vec![],
        used_by: None,
        created_at: 1,
        until: 100 + NumericDate::from(number),
    }
}
