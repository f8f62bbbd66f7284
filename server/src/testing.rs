//! A whole server in process for the tests of endpoints: the router over a store in a folder of its own, a clock that
//! stands still, a seeded random source, and phones that sign with keys in memory.

#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod approval;
pub(crate) mod counted;
pub(crate) mod receiver;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use inkan_protocol::challenge::DeviceRequest;
use inkan_protocol::details::Locale;
use inkan_protocol::device_api::{Enrolled, REQUEST_HEADER};
use inkan_protocol::enrollment::{
    AttestationResult, Authentication, DeviceDescription, DeviceRecord, Enroll, EnrollmentAnswer,
    EnrollmentUri, KeyStatement, PROTOCOL_VERSION, derive_confirmation_code,
};
use inkan_protocol::ids::{DeviceId, Digest, EnrollmentId, MessageId, NumericDate, ServerName, Subject};
use inkan_protocol::jwk::{PublicKey, Signature};
use inkan_protocol::jws::{Draft, KeyReference, Message, Unverified};
use inkan_protocol::keys::verify_key_set;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::app::{App, Parts, Shared};
use crate::clock::{Clock as _, ManualClock};
use crate::keys::ServerKeys;
use crate::model::api_key::{ApiKey, Scope};
use crate::model::device::{CounterWindow, Device, DeviceKeys, DeviceState};
use crate::model::push_health::PushHealth;
use crate::model::user::{User, UserKey};
use crate::outbound::{Outbound, SystemNames};
use crate::push::Pushes;
use crate::random::{SeededRandom, make_uuid_v7};
use crate::routes;
use crate::routes::refusal::Refusal;
use crate::seal::{Sealer, SealingKey};
use crate::settings::Settings;
use crate::storage::sqlite::Sqlite;
use crate::testing::counted::Counted;

/// When every world begins.
pub(crate) const START: NumericDate = 1_795_583_109;

/// A server with one API key of each mode, with all scopes.
pub(crate) struct World {
    pub(crate) app: Shared,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<Counted<Sqlite>>,
    pub(crate) router: Router,
    pub(crate) live_key: String,
    pub(crate) test_key: String,
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body as JSON; `null` where there is none.
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() { Value::Null } else { serde_json::from_slice(&self.body).unwrap() }
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status and problem code, `""` without one.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let code = self.json().get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
        (self.status, code)
    }

    /// Panics with the body unless the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A world whose settings differ from those for trying out.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let outbound = Outbound::new(&[], Vec::new(), Arc::new(SystemNames)).unwrap();
        Self::made(change, Pushes::default(), outbound).await
    }

    /// A world in which phones can be rung.
    pub(crate) async fn ringing(pushes: Pushes) -> Self {
        let outbound = Outbound::new(&[], Vec::new(), Arc::new(SystemNames)).unwrap();
        Self::made(|_| (), pushes, outbound).await
    }

    /// A world that calls others in its own way.
    pub(crate) async fn calling(outbound: Outbound) -> Self {
        Self::made(|_| (), Pushes::default(), outbound).await
    }

    async fn made(change: impl FnOnce(&mut Settings), pushes: Pushes, outbound: Outbound) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server: ServerName = "https://auth.example.jp".parse().unwrap();
        let mut settings = Settings::dev(server.clone());
        change(&mut settings);
        let clock = Arc::new(ManualClock::at(START));
        let random = Arc::new(SeededRandom::new(7));
        let store = Arc::new(Counted::new(Sqlite::open(&folder.path().join("inkan.db")).unwrap()));
        let app = App::new(Parts {
            settings,
            engine: store.clone(),
            clock: clock.clone(),
            random: random.clone(),
            sealer: Sealer::new(SealingKey::new(1, [9; 32]), random),
            live_keys: ServerKeys::in_memory(START, &server).unwrap(),
            test_keys: ServerKeys::in_memory(START, &server).unwrap(),
            outbound,
            pushes,
        });
        let router = routes::router(&app);
        let (live_key, test_key) = ("ik_live_secret".to_owned(), "ik_test_secret".to_owned());
        let world = Self { app, clock, store, router, live_key, test_key, _folder: folder };
        for (number, text, live) in [(1, &world.live_key, true), (2, &world.test_key, false)] {
            world.put_api_key(number, text, live, &Scope::ALL).await;
        }
        world
    }

    /// A further API key.
    pub(crate) async fn put_api_key(&self, number: u128, text: &str, live: bool, scopes: &[Scope]) {
        let key = ApiKey {
            id: Uuid::from_u128(number),
            name: "tests".into(),
            digest: Digest::of(text.as_bytes()),
            live,
            scopes: scopes.to_vec(),
            created_at: START,
            revoked_at: None,
        };
        self.app.storage.write(move |tx| -> Result<(), Refusal> { Ok(tx.put_api_key(&key)?) }).await.unwrap();
    }

    pub(crate) fn now(&self) -> NumericDate {
        self.clock.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A request of the relying party with the live key.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        self.call_as(&self.live_key, method, path, body).await
    }

    /// A request of the relying party.
    pub(crate) async fn call_as(&self, key: &str, method: &str, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body).unwrap() };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.call("POST", path, body).await
    }

    /// A compact JWS to the device API.
    pub(crate) async fn message(&self, path: &str, compact: &str) -> Reply {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/jose");
        self.send(request.body(compact.to_owned().into()).unwrap()).await
    }

    /// A signed request of a phone.
    pub(crate) async fn signed(&self, phone: &Phone, method: &str, path: &str, body: &[u8]) -> Reply {
        self.send(phone.request(self, method, path, body)).await
    }

    pub(crate) fn uuid(&self) -> Uuid {
        make_uuid_v7(self.clock.now_millis(), self.app.random.as_ref()).unwrap()
    }

    /// The customer of a mode.
    pub(crate) fn owner(live: bool, user: &str) -> UserKey {
        UserKey { live, user: user.parse().unwrap() }
    }

    /// A phone that is active for this customer since now, put into the store without a ceremony.
    pub(crate) async fn active_phone(&self, live: bool, user: &str) -> Phone {
        self.phone_in(live, user, DeviceState::Active { since: self.now() }).await
    }

    /// A phone in any state, put into the store without a ceremony.
    pub(crate) async fn phone_in(&self, live: bool, user: &str, state: DeviceState) -> Phone {
        let phone = Phone::new(DeviceId(self.uuid()));
        let owner = Self::owner(live, user);
        let now = self.now();
        let key = owner.clone();
        let sub = Subject(self.uuid());
        let user = self
            .app
            .storage
            .write(move |tx| -> Result<User, Refusal> {
                if let Some(user) = tx.user(&key)? {
                    return Ok(user);
                }
                let user = User::new(key, sub, now);
                tx.put_user(&user)?;
                Ok(user)
            })
            .await
            .unwrap();
        let keys = phone.keys();
        let authentication = Authentication { methods: vec![], at: now };
        let record = DeviceRecord {
            iss: self.app.settings.server.clone(),
            aud: phone.device,
            iat: now,
            device: phone.device,
            sub: user.sub,
            user: owner.user.clone(),
            account: "***1234".into(),
            possession_key: keys.possession,
            approval_key: keys.approval,
            attestation: AttestationResult::None,
            authentication: authentication.clone(),
            enroll_hash: Digest([1; 32]),
            enrollment_hash: Digest([2; 32]),
        };
        let record = self.app.keys(live).sign(now, &record).unwrap();
        let device = Device {
            id: phone.device,
            owner,
            sub: user.sub,
            account: "***1234".into(),
            enrollment: EnrollmentId(self.uuid()),
            description: describe_phone(),
            keys,
            replaced: None,
            attestation: AttestationResult::None,
            authentication,
            state,
            enrollment_record: Some(record.clone()),
            record: Some(record),
            renewals: vec![],
            enroll_hash: Digest([1; 32]),
            enrollment_hash: Digest([2; 32]),
            restricted_until: None,
            counter: CounterWindow::default(),
            wrong_numbers: 0,
            push: None,
            push_health: PushHealth::default(),
            created_at: now,
            last_seen_at: now,
        };
        self.app
            .storage
            .write(move |tx| -> Result<(), Refusal> {
                tx.put_device(&device)?;
                for key in [device.keys.possession, device.keys.approval] {
                    assert!(tx.claim_key(key.thumbprint(), device.id)?);
                }
                Ok(())
            })
            .await
            .unwrap();
        phone
    }

    /// Begins an enrollment; answers what the page shows.
    pub(crate) async fn begin(&self, user: &str) -> Value {
        let asked = json!({ "user": user, "display_name": "***1234" });
        self.post("/v1/enrollments", asked).await.expect(201).json()
    }

    /// A new phone claims the enrollment that a page shows; answers the phone and the six digits that it shows.
    pub(crate) async fn claim(&self, begun: &Value) -> (Phone, String) {
        let uri: EnrollmentUri = begun["uri"].as_str().unwrap().parse().unwrap();
        let mut phone = Phone::new(DeviceId(Uuid::nil()));
        let message = phone.enroll_message(&uri);
        let enrolled: Enrolled = self.message("/d/v1/enroll", &message).await.expect(200).parse();
        let (answer, code) = read_answer(&uri, &message, &enrolled);
        phone.device = answer.device;
        (phone, code)
    }

    /// The whole ceremony.
    pub(crate) async fn enroll(&self, user: &str) -> Phone {
        let begun = self.begin(user).await;
        let (phone, code) = self.claim(&begun).await;
        self.confirm(&begun, &code).await.expect(200);
        phone
    }

    /// The customer types these digits into the page.
    pub(crate) async fn confirm(&self, begun: &Value, code: &str) -> Reply {
        let path = format!("/v1/enrollments/{}/confirm", begun["id"].as_str().unwrap());
        self.post(&path, json!({ "code": code })).await
    }

    /// What an enrollment reads as.
    pub(crate) async fn enrollment(&self, begun: &Value) -> Value {
        self.get(&format!("/v1/enrollments/{}", begun["id"].as_str().unwrap())).await.expect(200).json()
    }

    /// The device as stored.
    pub(crate) async fn device(&self, id: DeviceId) -> Device {
        self.app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.device(id)?) }).await.unwrap().unwrap()
    }
}

/// Verifies the answer to a claim as a phone does; gives it and the six digits.
pub(crate) fn read_answer(
    uri: &EnrollmentUri,
    message: &str,
    enrolled: &Enrolled,
) -> (EnrollmentAnswer, String) {
    let set = verify_key_set(&enrolled.keys, &uri.server, uri.identity).unwrap();
    let answer = Unverified::<EnrollmentAnswer>::parse(&enrolled.enrollment).unwrap();
    let key = *set.payload().key_at(answer.kid().unwrap(), START).unwrap();
    let answer = answer.verify(&key).unwrap().into_payload();
    let enroll_hash = Digest::of(message.as_bytes());
    assert_eq!((answer.enroll_hash, answer.reveal.ticket()), (enroll_hash, uri.ticket));
    let code = derive_confirmation_code(&uri.server, uri.ticket, uri.identity, enroll_hash, answer.reveal);
    (answer, code)
}

/// What phones of tests say of themselves.
pub(crate) fn describe_phone() -> DeviceDescription {
    use inkan_protocol::details::Operation;
    use inkan_protocol::display::Template;
    DeviceDescription {
        name: "わたしの電話".into(),
        model: "Pixel 10".into(),
        os: "Android 16".into(),
        app_version: "1.0".into(),
        locale: Locale::Ja,
        version: PROTOCOL_VERSION,
        templates: Operation::ALL
            .into_iter()
            .map(|operation| {
                let template = Template::newest(operation);
                (template.template, template.version)
            })
            .collect(),
    }
}

/// A key in memory.
pub(crate) struct TestKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl TestKey {
    #[expect(
        clippy::disallowed_methods,
        reason = "ring makes and uses keys with no other source than its own"
    )]
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        Self { pair: pair.unwrap(), random }
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_uncompressed(self.pair.public_key().as_ref()).unwrap()
    }

    /// Signs with `kid` in the header.
    pub(crate) fn name<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Kid(self.public().thumbprint()), message)
    }

    /// Signs with the key in the header.
    pub(crate) fn introduce<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Jwk(self.public()), message)
    }

    fn finish<M: Message>(&self, reference: KeyReference, message: &M) -> String {
        let draft = Draft::new(reference, message).unwrap();
        let signature = self.pair.sign(&self.random, draft.signing_input()).unwrap();
        draft.finish(&Signature::from_fixed(signature.as_ref()).unwrap())
    }
}

/// RS256, as identity servers sign.
#[expect(clippy::disallowed_methods, reason = "ring signs with no other source than its own")]
pub(crate) fn sign_rs256(pair: &RsaKeyPair, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}

/// A phone with its two keys.
pub(crate) struct Phone {
    pub(crate) device: DeviceId,
    pub(crate) possession: TestKey,
    pub(crate) approval: TestKey,
}

impl Phone {
    /// A phone with new keys that takes itself for this device.
    pub(crate) fn new(device: DeviceId) -> Self {
        Self { device, possession: TestKey::new(), approval: TestKey::new() }
    }

    pub(crate) fn keys(&self) -> DeviceKeys {
        DeviceKeys { possession: self.possession.public(), approval: self.approval.public() }
    }

    /// The signed words of a request.
    pub(crate) fn words(&self, world: &World, method: &str, path: &str, body: &[u8]) -> DeviceRequest {
        let server = world.app.settings.server.clone();
        DeviceRequest {
            iss: self.device,
            htu: format!("{server}{path}"),
            aud: server,
            iat: world.now(),
            jti: MessageId(world.uuid()),
            htm: method.to_owned(),
            bh: Digest::of(body),
        }
    }

    /// `inkan-enroll+jwt` for the link of a QR code.
    pub(crate) fn enroll_message(&self, uri: &EnrollmentUri) -> String {
        self.possession.introduce(&self.enroll_words(uri))
    }

    /// The words of it.
    pub(crate) fn enroll_words(&self, uri: &EnrollmentUri) -> Enroll {
        let (possession, approval) =
            (self.possession.public().thumbprint(), self.approval.public().thumbprint());
        let statement = KeyStatement::of_enrollment(&uri.server, uri.ticket, possession, approval);
        Enroll {
            iss: possession,
            aud: uri.server.clone(),
            iat: START,
            ticket: uri.ticket,
            proof: uri.secret.derive_proof(&uri.server, uri.ticket, possession, approval),
            approval_key: self.approval.public(),
            approval_signature: self.approval.introduce(&statement),
            device: describe_phone(),
            push: None,
            attestation: None,
        }
    }

    /// A request signed by the possession key.
    pub(crate) fn request(&self, world: &World, method: &str, path: &str, body: &[u8]) -> Request<Body> {
        let words = self.words(world, method, path, body);
        carry(&self.possession.name(&words), method, path, body)
    }
}

/// A request that carries this `inkan-request+jwt`.
pub(crate) fn carry(compact: &str, method: &str, path: &str, body: &[u8]) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header(REQUEST_HEADER, compact);
    request.body(body.to_vec().into()).unwrap()
}
