//! A small server that speaks the device API to one phone after another, from the same protocol types: enough to tell a
//! right phone from a wrong one. The real server has its own tests.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex},
};

use inkan_protocol::{
    answer::{Answer, Decision},
    challenge::{Challenge, ChallengeLink, DeviceRequest, LinkToken, ScanSecret, Start, StartProof},
    details::{Detail, Locale, Operation, Origin},
    device_api::{
        Answered, ChallengeState, DeviceChange, DeviceState, DeviceStatus, Enrolled, Keys, OneChallenge,
        PendingChallenges, PushServer, Session,
    },
    display::{Template, render},
    encoding::encode,
    enrollment::{
        AttestationResult, Authentication, AuthenticationMethod, DeviceRecord, Enroll, EnrollmentAnswer,
        EnrollmentSecret, EnrollmentUri, Policy, RelyingParty,
    },
    ids::{ChallengeId, DeviceId, Digest, MessageId, Nonce, Reveal, ServerName, Subject, Ticket},
    jwk::{PublicKey, Signature},
    jws::{Draft, KeyReference, Message, Unverified, Verified},
    keys::{IdentityChange, KeySet, Pin, SigningKey},
    receipt::{LogReference, Receipt},
    renewal::Renew,
};
use p256::ecdsa::{Signature as EcdsaSignature, SigningKey as Secret, signature::Signer as _};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    ports::{Clock as _, Method, Request, Response},
    test_support::ManualClock,
};

/// A key made from a number.
#[derive(Clone)]
pub(super) struct Key(Secret);

impl Key {
    pub(super) fn number(number: u8) -> Self {
        Self(Secret::from_slice(&[number; 32]).unwrap())
    }

    pub(super) fn public(&self) -> PublicKey {
        PublicKey::from_uncompressed(self.0.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    }

    pub(super) fn introduce<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Jwk(self.public()), message)
    }

    pub(super) fn name<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Kid(self.public().thumbprint()), message)
    }

    /// Signs what a right server would not: nothing is checked.
    pub(super) fn name_unchecked(&self, typ: &str, payload: &serde_json::Value) -> String {
        let kid = self.public().thumbprint();
        let header = format!(r#"{{"alg":"ES256","typ":"{typ}","kid":"{kid}"}}"#);
        let input = format!("{}.{}", encode(header), encode(payload.to_string()));
        let signature: EcdsaSignature = self.0.sign(input.as_bytes());
        let signature = Signature::from_fixed(&signature.to_bytes()).unwrap();
        format!("{input}.{}", encode(signature.0))
    }

    fn finish<M: Message>(&self, reference: KeyReference, message: &M) -> String {
        let draft = Draft::new(reference, message).unwrap();
        let signature: EcdsaSignature = self.0.sign(draft.signing_input());
        draft.finish(&Signature::from_fixed(&signature.to_bytes()).unwrap())
    }
}

pub(super) struct Pending {
    secret: EnrollmentSecret,
    reveal: Reveal,
    claim: Option<Claim>,
}

struct Claim {
    message: String,
    device: DeviceId,
    body: Vec<u8>,
}

pub(super) struct Device {
    pub(super) state: DeviceState,
    pub(super) possession: PublicKey,
    pub(super) approval: PublicKey,
    pub(super) enroll_hash: Digest,
    pub(super) enrollment_hash: Digest,
    pub(super) record: Option<String>,
    pub(super) counters: Vec<u64>,
    renewal: Option<String>,
    pub(super) frozen: bool,
    pub(super) restricted_until: Option<u64>,
    pub(super) name: String,
    pub(super) push: Option<String>,
    /// What the phone said anew of itself, in order.
    pub(super) changes: Vec<DeviceChange>,
}

pub(super) struct Asked {
    device: DeviceId,
    pub(super) message: String,
    pub(super) challenge: Challenge,
    pub(super) number: Option<String>,
    token: LinkToken,
    scan: ScanSecret,
    started: bool,
    pub(super) state: ChallengeState,
    given: HashMap<Digest, (u16, Vec<u8>)>,
    pub(super) receipts: Vec<Receipt>,
    pub(super) return_hash: Option<Digest>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) pending: HashMap<Ticket, Pending>,
    pub(super) devices: HashMap<DeviceId, Device>,
    pub(super) asked: BTreeMap<ChallengeId, Asked>,
    seen: HashSet<MessageId>,
    pub(super) sessions: HashMap<String, (DeviceId, u64)>,
    pub(super) sessions_opened: usize,
    made: u8,
    pub(super) key_set: String,
    version: u64,
    /// It knows of names alone.
    pub(super) older: bool,
    pub(super) muted_until: Option<u64>,
    pub(super) support_phone: Option<String>,
    pub(super) web_push_key: Option<String>,
}

/// One relying party's server.
pub(super) struct Server {
    pub(super) name: ServerName,
    pub(super) clock: Arc<ManualClock>,
    /// Seconds by which this server's clock is ahead.
    pub(super) ahead: Mutex<u64>,
    pub(super) identity: Mutex<Key>,
    pub(super) signing: Mutex<Key>,
    pub(super) state: Mutex<State>,
}

type Refused = (u16, Vec<u8>);

fn not_recognised<T>(_: T) -> Refused {
    problem(401, "not_recognised")
}

fn problem(status: u16, code: &str) -> Refused {
    (status, format!(r#"{{"code":"{code}","title":"refused"}}"#).into_bytes())
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

impl Server {
    pub(super) fn new(name: &str, clock: Arc<ManualClock>, number: u8) -> Self {
        let server = Self {
            name: name.parse().unwrap(),
            clock,
            ahead: Mutex::new(0),
            identity: Mutex::new(Key::number(number)),
            signing: Mutex::new(Key::number(number + 1)),
            state: Mutex::default(),
        };
        server.publish(1, None);
        server
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.now().seconds() + *self.ahead.lock().unwrap()
    }

    /// Publishes a key set with the present signing key, and one pin.
    pub(super) fn publish(&self, version: u64, endorsement: Option<String>) {
        let key = self.signing.lock().unwrap().public();
        let set = KeySet {
            iss: self.name.clone(),
            aud: self.name.clone(),
            iat: self.now(),
            version,
            keys: vec![SigningKey {
                kid: key.thumbprint(),
                jwk: key,
                not_before: self.now() - 3600,
                not_after: self.now() + 24 * 3600,
            }],
            pins: vec![Pin { spki: Digest([7; 32]), not_after: self.now() + 3600 }],
            revoked: vec![],
            endorsement,
        };
        let mut state = self.state.lock().unwrap();
        state.key_set = self.identity.lock().unwrap().introduce(&set);
        state.version = version;
    }

    /// Another identity key, endorsed by the one before if `endorsed`.
    pub(super) fn change_identity(&self, to: &Key, version: u64, endorsed: bool) {
        let from = self.identity.lock().unwrap().clone();
        let change = IdentityChange {
            iss: self.name.clone(),
            aud: self.name.clone(),
            iat: self.now(),
            from: from.public().thumbprint(),
            to: to.public().thumbprint(),
        };
        *self.identity.lock().unwrap() = to.clone();
        self.publish(version, endorsed.then(|| from.introduce(&change)));
    }

    pub(super) fn sign<M: Message>(&self, message: &M) -> String {
        self.signing.lock().unwrap().name(message)
    }

    /// A challenge, whatever it holds.
    pub(super) fn sign_unchecked(&self, challenge: &serde_json::Value) -> String {
        self.signing.lock().unwrap().name_unchecked(Challenge::TYP, challenge)
    }

    fn make_id(&self, state: &mut State) -> Uuid {
        state.made += 1;
        let mut random = [state.made; 10];
        random[0] = self.name.as_str().len().to_le_bytes()[0];
        uuid::Builder::from_unix_timestamp_millis(self.clock.now().millis(), &random).into_uuid()
    }

    /// Begins an enrollment and returns its link.
    pub(super) fn begin(&self) -> String {
        let mut state = self.state.lock().unwrap();
        let reveal = Reveal(inkan_protocol::encoding::sha256(self.make_id(&mut state).as_bytes()));
        let secret = EnrollmentSecret::new(inkan_protocol::encoding::sha256(&reveal.0));
        let uri = EnrollmentUri {
            server: self.name.clone(),
            ticket: reveal.ticket(),
            secret: secret.clone(),
            identity: self.identity.lock().unwrap().public().thumbprint(),
            key_set_version: state.version,
            pins: vec![Digest([6; 32])],
        };
        state.pending.insert(reveal.ticket(), Pending { secret, reveal, claim: None });
        uri.expose_text()
    }

    /// What the page does when the customer has typed the six digits.
    pub(super) fn confirm(&self, digits: &str) -> bool {
        let mut state = self.state.lock().unwrap();
        let identity = self.identity.lock().unwrap().public().thumbprint();
        let devices: Vec<DeviceId> = state
            .pending
            .iter()
            .filter_map(|(ticket, pending)| {
                let claim = pending.claim.as_ref()?;
                let code = inkan_protocol::enrollment::derive_confirmation_code(
                    &self.name,
                    *ticket,
                    identity,
                    Digest::of(claim.message.as_bytes()),
                    pending.reveal,
                );
                (code == digits).then_some(claim.device)
            })
            .collect();
        for id in &devices {
            self.activate(&mut state, *id);
        }
        devices.len() == 1
    }

    fn activate(&self, state: &mut State, id: DeviceId) {
        let device = state.devices.get_mut(&id).unwrap();
        device.state = DeviceState::Active;
        device.record = Some(self.sign(&DeviceRecord {
            iss: self.name.clone(),
            aud: id,
            iat: self.now(),
            device: id,
            sub: Subject(id.0),
            user: "c-1".parse().unwrap(),
            account: "山田 ＊＊".into(),
            possession_key: device.possession,
            approval_key: device.approval,
            attestation: AttestationResult::None,
            authentication: Authentication {
                methods: vec![AuthenticationMethod::IdentityProof],
                at: self.now(),
            },
            enroll_hash: device.enroll_hash,
            enrollment_hash: device.enrollment_hash,
        }));
    }

    /// Asks every active device of this server, one challenge each; returns the last id.
    pub(super) fn ask(&self, start: Start, number: Option<&str>, return_url: Option<&str>) -> ChallengeId {
        self.ask_with(
            |challenge| {
                challenge.start = start;
                challenge.return_url = return_url.map(Into::into);
            },
            number,
        )
    }

    pub(super) fn ask_with(&self, change: impl Fn(&mut Challenge), number: Option<&str>) -> ChallengeId {
        let mut state = self.state.lock().unwrap();
        let active = |device: &Device| device.state == DeviceState::Active;
        let devices: Vec<_> =
            state.devices.iter().filter(|(_, device)| active(device)).map(|(id, _)| *id).collect();
        let mut last = None;
        for device in devices {
            let id = ChallengeId(self.make_id(&mut state));
            let made = state.made;
            let mut challenge = Challenge {
                iss: self.name.clone(),
                aud: device,
                jti: id,
                sub: Subject(device.0),
                iat: self.now(),
                exp: self.now() + 120,
                relying_party: "みらい証券".into(),
                account: "山田 ＊＊".into(),
                operation: Operation::Withdrawal,
                details: vec![
                    Detail::Amount { value: "1250000".into(), currency: "JPY".into() },
                    Detail::BankAccount {
                        bank: "青空銀行".into(),
                        branch: Some("本店".into()),
                        kind: "普通".into(),
                        masked: "***4567".into(),
                        new: None,
                        id: "b-1".into(),
                    },
                ],
                origin: Origin {
                    client: "Windows / Chrome".into(),
                    place: None,
                    ip: Some("203.0.113.24".into()),
                },
                reasons: vec![],
                start: Start::None {},
                return_url: None,
                zone: "Asia/Tokyo".into(),
                locale: Locale::Ja,
                display: Template::newest(Operation::Withdrawal),
                nonce: Nonce([made; 32]),
            };
            change(&mut challenge);
            state.asked.insert(
                id,
                Asked {
                    device,
                    message: self.sign_unchecked(&serde_json::to_value(&challenge).unwrap()),
                    challenge,
                    number: number.map(Into::into),
                    token: LinkToken::new([made; 32]),
                    scan: ScanSecret::new([made; 32]),
                    started: false,
                    state: ChallengeState::Pending,
                    given: HashMap::new(),
                    receipts: vec![],
                    return_hash: None,
                },
            );
            last = Some(id);
        }
        last.unwrap()
    }

    /// The link behind the page's button, or the page's code at this moment.
    pub(super) fn link(&self, id: ChallengeId, scan: bool) -> String {
        let state = self.state.lock().unwrap();
        let asked = &state.asked[&id];
        let (server, challenge) = (self.name.clone(), id);
        if scan {
            let step = self.now() / 5;
            let mac = asked.scan.derive_mac(id, step);
            ChallengeLink::Scan { server, challenge, step, mac }.expose_text()
        } else {
            ChallengeLink::Open { server, challenge, token: asked.token.clone() }.expose_text()
        }
    }

    pub(super) fn state_of(&self, id: ChallengeId) -> ChallengeState {
        self.state.lock().unwrap().asked[&id].state
    }

    pub(super) fn counters(&self) -> Vec<u64> {
        self.state.lock().unwrap().devices.values().flat_map(|device| device.counters.clone()).collect()
    }

    /// Answers one request.
    pub(super) fn handle(&self, request: &Request) -> Response {
        let (status, body) = match self.route(request) {
            Ok(body) => (200, body),
            Err(refused) => refused,
        };
        let time = jiff::Timestamp::from_second(i64::try_from(self.now()).unwrap()).unwrap();
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap();
        Response { status, headers: vec![("date".into(), date)], body }
    }

    fn route(&self, request: &Request) -> Result<Vec<u8>, Refused> {
        let path = request.url.strip_prefix(self.name.as_str()).unwrap();
        let bare = path.split('?').next().unwrap();
        let body = || std::str::from_utf8(&request.body).map_err(not_recognised);
        match (request.method, bare) {
            (Method::Post, "/d/v1/enroll") => self.enroll(body()?),
            (Method::Post, "/d/v1/typed") => Ok(format!(r#"{{"uri":"{}"}}"#, self.begin()).into_bytes()),
            (Method::Get, "/d/v1/keys") => {
                Ok(json(&Keys { keys: self.state.lock().unwrap().key_set.clone() }))
            }
            (Method::Post, "/d/v1/start") => self.start(body()?),
            (Method::Post, "/d/v1/answer") => self.answer(body()?),
            (Method::Post, "/d/v1/renew") => self.renew(body()?),
            _ => {
                let id = self.who(request, path)?;
                self.of_device(id, request, bare)
            }
        }
    }

    /// Who sends a signed request, or one over a session.
    fn who(&self, request: &Request, path: &str) -> Result<DeviceId, Refused> {
        let header = |name: &str| {
            request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        };
        let mut state = self.state.lock().unwrap();
        if let Some(session) = header("authorization").and_then(|value| value.strip_prefix("Inkan-Session "))
        {
            let (device, end) = *state.sessions.get(session).ok_or(()).map_err(not_recognised)?;
            // a session ends with its device
            let good =
                request.method == Method::Get && end > self.now() && state.devices.contains_key(&device);
            return if good { Ok(device) } else { Err(not_recognised(())) };
        }
        let proof = header("inkan-request").ok_or(()).map_err(not_recognised)?;
        let proof = state.verify_by_device::<DeviceRequest>(proof, |device| &device.possession)?;
        let said = proof.payload();
        let fits = said.aud == self.name
            && said.iat.abs_diff(self.now()) <= 60
            && said.htm == request.method.as_str()
            && said.htu == format!("{}{path}", self.name)
            && said.bh == Digest::of(&request.body)
            && state.seen.insert(said.jti);
        if fits { Ok(said.iss) } else { Err(not_recognised(())) }
    }

    fn of_device(&self, id: DeviceId, request: &Request, path: &str) -> Result<Vec<u8>, Refused> {
        let mut state = self.state.lock().unwrap();
        let (version, older) = (state.version, state.older);
        let now = self.now();
        match (request.method, path) {
            (Method::Get, "/d/v1/device") => {
                let device = &state.devices[&id];
                return Ok(json(&DeviceStatus {
                    state: device.state,
                    record: device.record.clone(),
                    restricted_until: device.restricted_until,
                    keys_version: version,
                    frozen: device.frozen,
                    muted_until: state.muted_until,
                    support_phone: state.support_phone.clone(),
                    push_accepted_at: None,
                    push_opened_at: None,
                }));
            }
            _ if state.devices[&id].state != DeviceState::Active => return Err(not_recognised(())),
            (Method::Post, "/d/v1/session") => {
                state.sessions_opened += 1;
                let session = encode([u8::try_from(state.sessions_opened).unwrap(); 32]);
                state.sessions.insert(session.clone(), (id, now + 600));
                return Ok(json(&Session { session, expires_at: now + 600 }));
            }
            (Method::Get, "/d/v1/push") if older => return Err(problem(405, "method_not_allowed")),
            (Method::Get, "/d/v1/push") => {
                return Ok(json(&PushServer { web_push_key: state.web_push_key.clone() }));
            }
            (Method::Get, "/d/v1/challenges") => {
                let challenges = state
                    .asked
                    .values()
                    .filter(|asked| asked.device == id && asked.state == ChallengeState::Pending)
                    .filter(|asked| now < asked.challenge.exp)
                    .map(|asked| asked.message.clone())
                    .collect();
                return Ok(json(&PendingChallenges { challenges }));
            }
            (Method::Get, path) if path.starts_with("/d/v1/challenges/") => {
                let challenge = path.rsplit('/').next().unwrap().parse::<ChallengeId>().unwrap();
                let asked = state.asked.get(&challenge).filter(|asked| asked.device == id);
                let asked = asked.ok_or_else(|| problem(404, "not_found"))?;
                return Ok(json(&OneChallenge {
                    challenge: asked.message.clone(),
                    state: Some(asked.state),
                }));
            }
            _ => {}
        }
        let device = state.devices.get_mut(&id).unwrap();
        let text = String::from_utf8(request.body.clone()).unwrap();
        match (request.method, path) {
            (Method::Put, "/d/v1/push") => device.push = Some(text),
            (Method::Patch, "/d/v1/device") => {
                let change: DeviceChange = serde_json::from_str(&text).unwrap();
                match change.name {
                    Some(_) => device.name = text,
                    None if older => return Err(problem(422, "invalid")),
                    None => device.changes.push(change),
                }
            }
            (Method::Post, "/d/v1/freeze") => device.frozen = true,
            (Method::Delete, "/d/v1/device") => {
                state.devices.remove(&id);
            }
            _ => return Err(problem(404, "not_found")),
        }
        Err((204, vec![]))
    }

    fn enroll(&self, message: &str) -> Result<Vec<u8>, Refused> {
        let enroll = Unverified::<Enroll>::parse(message)
            .and_then(Unverified::verify_introduced)
            .map_err(not_recognised)?;
        let (said, possession) = (enroll.payload(), enroll.signer());
        said.verify_statement(possession).map_err(not_recognised)?;
        let mut state = self.state.lock().unwrap();
        let device = DeviceId(self.make_id(&mut state));
        let key_set = state.key_set.clone();
        let pending = state.pending.get_mut(&said.ticket).ok_or(()).map_err(not_recognised)?;
        let approval = said.approval_key.thumbprint();
        if said.aud != self.name
            || !pending.secret.verify_proof(&self.name, said.ticket, possession, approval, said.proof)
        {
            return Err(not_recognised(()));
        }
        if let Some(claim) = &pending.claim {
            return if claim.message == message { Ok(claim.body.clone()) } else { Err(not_recognised(())) };
        }
        let answer = self.sign(&EnrollmentAnswer {
            iss: self.name.clone(),
            aud: possession,
            iat: self.now(),
            device,
            enroll_hash: enroll.hash(),
            reveal: pending.reveal,
            display_name: "山田 ＊＊".into(),
            relying_party: RelyingParty { id: "mirai".into(), name: "みらい証券".into() },
            policy: Policy {},
        });
        let enrollment_hash = Digest::of(answer.as_bytes());
        let body = json(&Enrolled { enrollment: answer, keys: key_set });
        pending.claim = Some(Claim { message: message.into(), device, body: body.clone() });
        state.devices.insert(
            device,
            Device {
                state: DeviceState::Claimed,
                possession: *enroll.introduced_key().unwrap(),
                approval: said.approval_key,
                enroll_hash: enroll.hash(),
                enrollment_hash,
                record: None,
                counters: vec![],
                renewal: None,
                frozen: false,
                restricted_until: None,
                name: said.device.name.clone(),
                push: None,
                changes: Vec::new(),
            },
        );
        Ok(body)
    }

    fn start(&self, message: &str) -> Result<Vec<u8>, Refused> {
        let mut state = self.state.lock().unwrap();
        let proof = state.verify_by_device::<StartProof>(message, |device| &device.possession)?;
        let said = proof.payload();
        if said.iat.abs_diff(self.now()) > 60 || !state.seen.insert(said.jti) {
            return Err(not_recognised(()));
        }
        let now = self.now();
        let asked = state.asked.get_mut(&said.challenge).filter(|asked| asked.device == said.iss);
        let asked = asked.ok_or_else(|| problem(404, "not_found"))?;
        let right = match (&said.step, &said.mac, &said.token) {
            (Some(step), Some(mac), None) => asked.scan.verify(said.challenge, *step, mac, now),
            (None, None, Some(token)) => *token == asked.token,
            _ => false,
        };
        if asked.state != ChallengeState::Pending {
            return Err(problem(409, "already_decided"));
        }
        if !right {
            return Err(problem(409, "start_needed"));
        }
        asked.started = true;
        Ok(json(&OneChallenge { challenge: asked.message.clone(), state: None }))
    }

    fn answer(&self, message: &str) -> Result<Vec<u8>, Refused> {
        let mut state = self.state.lock().unwrap();
        let by_approval = state.verify_by_device::<Answer>(message, |device| &device.approval);
        let approved = by_approval.is_ok();
        let answer = match by_approval {
            Ok(answer) => answer,
            Err(_) => state.verify_by_device::<Answer>(message, |device| &device.possession)?,
        };
        let said = answer.payload();
        if approved != (said.decision == Decision::Approve) {
            return Err(not_recognised(()));
        }
        let asked = state.asked.get(&said.challenge).ok_or_else(|| problem(404, "not_found"))?;
        if let Some((status, body)) = asked.given.get(&answer.signing_hash()) {
            return if *status == 200 { Ok(body.clone()) } else { Err((*status, body.clone())) };
        }
        let device = state.devices.get_mut(&said.iss).unwrap();
        assert!(!device.counters.contains(&said.counter), "a counter was used twice");
        device.counters.push(said.counter);
        let asked = state.asked.get_mut(&said.challenge).unwrap();
        let outcome = self.judge(asked, &answer);
        let kept = match &outcome {
            Ok(body) => (200, body.clone()),
            Err(refused) => refused.clone(),
        };
        asked.given.insert(answer.signing_hash(), kept);
        outcome
    }

    fn judge(&self, asked: &mut Asked, answer: &Verified<Answer>) -> Result<Vec<u8>, Refused> {
        let said = answer.payload();
        let report = said.decision == Decision::Report;
        if asked.state != ChallengeState::Pending && !report {
            let state = asked.state.as_str();
            return Err((
                409,
                format!(r#"{{"code":"already_decided","title":"x","state":"{state}"}}"#).into(),
            ));
        }
        if self.now() >= asked.challenge.exp && !report {
            return Err(problem(409, "expired"));
        }
        let shown = render(&asked.challenge.shown(), said.locale).unwrap();
        if said.challenge_hash != Digest::of(asked.message.as_bytes()) || said.display_hash != shown.hash() {
            return Err(problem(422, "hash_mismatch"));
        }
        if said.decision == Decision::Approve {
            let needs_start = matches!(asked.challenge.start, Start::Scan {} | Start::Link {});
            if needs_start && !asked.started {
                return Err(problem(409, "start_needed"));
            }
            if asked.challenge.return_url.is_some() != said.return_hash.is_some() {
                return Err(problem(422, "return_hash_needed"));
            }
            if asked.number != said.number {
                asked.state = ChallengeState::Failed;
                return Err(problem(409, "number_wrong"));
            }
            asked.return_hash = said.return_hash;
        }
        let late = asked.state != ChallengeState::Pending;
        if !late {
            asked.state = match said.decision {
                Decision::Approve => ChallengeState::Approved,
                Decision::Deny => ChallengeState::Denied,
                Decision::Report => ChallengeState::Reported,
            };
        }
        let receipt = Receipt {
            iss: self.name.clone(),
            aud: said.iss,
            iat: self.now(),
            jti: MessageId(said.challenge.0),
            challenge: said.challenge,
            challenge_hash: said.challenge_hash,
            display_hash: said.display_hash,
            answer_hash: answer.hash(),
            decision: said.decision,
            decided_at: self.now(),
            log: LogReference {
                row: u64::try_from(asked.receipts.len()).unwrap() + 1,
                hash: Digest([9; 32]),
            },
        };
        asked.receipts.push(receipt.clone());
        let muted_until = (said.decision == Decision::Report).then(|| self.now() + 1200);
        Ok(json(&Answered { receipt: self.sign(&receipt), muted_until }))
    }

    fn renew(&self, message: &str) -> Result<Vec<u8>, Refused> {
        let mut state = self.state.lock().unwrap();
        if state.devices.values().any(|device| device.renewal.as_deref() == Some(message)) {
            return Ok(b"{}".to_vec());
        }
        let renew = state.verify_by_device::<Renew>(message, |device| &device.approval)?;
        let said = renew.payload();
        said.verify_statements().map_err(not_recognised)?;
        if said.iat.abs_diff(self.now()) > 60 || !state.seen.insert(said.jti) {
            return Err(not_recognised(()));
        }
        let device = state.devices.get_mut(&said.iss).unwrap();
        device.possession = said.possession_key;
        device.approval = said.approval_key;
        device.enroll_hash = renew.hash();
        device.renewal = Some(message.into());
        self.activate(&mut state, said.iss);
        Ok(b"{}".to_vec())
    }
}

impl State {
    /// Verifies a message under the key of the device that its header names.
    fn verify_by_device<M: Message>(
        &self,
        message: &str,
        key: impl Fn(&Device) -> &PublicKey,
    ) -> Result<Verified<M>, Refused> {
        let message = Unverified::<M>::parse(message).map_err(not_recognised)?;
        let kid = message.kid();
        let key = self.devices.values().map(key).find(|key| Some(key.thumbprint()) == kid);
        message.verify(key.ok_or(()).map_err(not_recognised)?).map_err(not_recognised)
    }
}
