//! A phone that remembers nothing and signs as fast as it can: for load, races and kills, where the real core's store
//! and dialogs would be what is measured.

use inkan_protocol::answer::{Answer, Decision, UserVerification};
use inkan_protocol::challenge::{Challenge, DeviceRequest};
use inkan_protocol::details::{Locale, Operation};
use inkan_protocol::display;
use inkan_protocol::enrollment::{
    DeviceDescription, Enroll, EnrollmentAnswer, EnrollmentUri, KeyStatement, derive_confirmation_code,
};
use inkan_protocol::ids::{DeviceId, Digest, MessageId, NumericDate, ServerName, Thumbprint};
use inkan_protocol::jwk::{PublicKey, Signature};
use inkan_protocol::jws::{Draft, KeyReference, Message, Unverified};
use inkan_protocol::keys::verify_key_set;
use ring::rand::SecureRandom as _;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

/// A key in this process.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    random: ring::rand::SystemRandom,
    public: PublicKey,
}

impl SigningKey {
    /// A new one.
    #[expect(clippy::disallowed_methods, reason = "a phone for load tests takes real randomness")]
    pub fn make() -> Self {
        let random = ring::rand::SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        let public = PublicKey::from_uncompressed(pair.public_key().as_ref()).unwrap();
        Self { pair, random, public }
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs bytes.
    pub fn sign_bytes(&self, message: &[u8]) -> Signature {
        let signature = self.pair.sign(&self.random, message).unwrap();
        Signature::from_fixed(signature.as_ref()).unwrap()
    }

    fn sign<M: Message>(&self, signer: KeyReference, message: &M) -> String {
        let draft = Draft::new(signer, message).unwrap();
        let signature = self.sign_bytes(draft.signing_input());
        draft.finish(&signature)
    }

    /// Signs a message that names the key.
    pub fn name<M: Message>(&self, message: &M) -> String {
        self.sign(KeyReference::Kid(self.public.thumbprint()), message)
    }

    /// Signs a message that introduces the key.
    pub fn introduce<M: Message>(&self, message: &M) -> String {
        self.sign(KeyReference::Jwk(self.public), message)
    }

    /// A new message id.
    pub fn make_id(&self) -> MessageId {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes).unwrap();
        MessageId(uuid::Builder::from_unix_timestamp_millis(1, &bytes).into_uuid())
    }
}

/// An enrolled phone.
pub struct SigningPhone {
    /// The server's name.
    pub server: ServerName,
    /// The device.
    pub device: DeviceId,
    /// Fetches, denies, reports.
    pub possession: SigningKey,
    /// Approves.
    pub approval: SigningKey,
}

/// A phone between its two steps of an enrollment.
pub struct Claiming {
    uri: EnrollmentUri,
    possession: SigningKey,
    approval: SigningKey,
    message: String,
}

impl Claiming {
    /// Makes both keys and the enroll message for a URI.
    pub fn new(uri: &str, now: NumericDate) -> Self {
        let uri: EnrollmentUri = uri.parse().unwrap();
        let (possession, approval) = (SigningKey::make(), SigningKey::make());
        let (one, two) = (possession.public().thumbprint(), approval.public().thumbprint());
        let statement = KeyStatement::of_enrollment(&uri.server, uri.ticket, one, two);
        let message = possession.introduce(&Enroll {
            iss: one,
            aud: uri.server.clone(),
            iat: now,
            ticket: uri.ticket,
            proof: uri.secret.derive_proof(&uri.server, uri.ticket, one, two),
            approval_key: approval.public(),
            approval_signature: approval.introduce(&statement),
            device: DeviceDescription {
                name: "Load".into(),
                model: "Load".into(),
                os: "None".into(),
                app_version: "1".into(),
                locale: Locale::Ja,
                version: 1,
                templates: Operation::ALL
                    .iter()
                    .map(|operation| (operation.as_str().to_owned(), 1))
                    .collect(),
            },
            push: None,
            attestation: None,
        });
        Self { uri, possession, approval, message }
    }

    /// The body of `POST /d/v1/enroll`.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Reads the answer; gives the phone and its six digits.
    pub fn finish(self, enrollment: &str, keys: &str) -> (SigningPhone, String) {
        let identity: Thumbprint = self.uri.identity;
        let keys = verify_key_set(keys, &self.uri.server, identity).unwrap();
        let answer = Unverified::<EnrollmentAnswer>::parse(enrollment).unwrap();
        let kid = answer.kid().unwrap();
        let key = keys.payload().keys.iter().find(|key| key.kid == kid).unwrap();
        let answer = answer.verify(&key.jwk).unwrap();
        let hash = Digest::of(self.message.as_bytes());
        assert_eq!(answer.payload().enroll_hash, hash);
        assert_eq!(answer.payload().reveal.ticket(), self.uri.ticket);
        let code = derive_confirmation_code(
            &self.uri.server,
            self.uri.ticket,
            identity,
            hash,
            answer.payload().reveal,
        );
        let phone = SigningPhone {
            server: self.uri.server,
            device: answer.payload().device,
            possession: self.possession,
            approval: self.approval,
        };
        (phone, code)
    }
}

impl SigningPhone {
    /// An `inkan-request+jwt` for a request.
    pub fn request(&self, method: &str, path: &str, body: &[u8], now: NumericDate) -> String {
        self.possession.name(&DeviceRequest {
            iss: self.device,
            aud: self.server.clone(),
            iat: now,
            jti: self.possession.make_id(),
            htm: method.into(),
            htu: format!("{}{path}", self.server),
            bh: Digest::of(body),
        })
    }

    /// An approval of a challenge JWS, which is not verified here.
    pub fn approve(&self, challenge: &str, number: Option<&str>, counter: u64, now: NumericDate) -> String {
        let payload = payload(challenge);
        let lines = display::render(&payload.shown(), Locale::Ja).unwrap();
        self.approval.name(&Answer {
            iss: self.device,
            aud: self.server.clone(),
            iat: now,
            challenge: payload.jti,
            challenge_hash: Digest::of(challenge.as_bytes()),
            display_hash: lines.hash(),
            locale: Locale::Ja,
            decision: Decision::Approve,
            reason: None,
            number: number.map(Into::into),
            uv: Some(UserVerification::Biometric),
            return_hash: None,
            counter,
        })
    }

    /// `inkan-answer+jwt` that declines.
    pub fn deny(&self, challenge: &str, counter: u64, now: NumericDate) -> String {
        self.refuse(challenge, Decision::Deny, counter, now)
    }

    /// `inkan-answer+jwt` that says that it was not the customer.
    pub fn report(&self, challenge: &str, counter: u64, now: NumericDate) -> String {
        self.refuse(challenge, Decision::Report, counter, now)
    }

    fn refuse(&self, challenge: &str, decision: Decision, counter: u64, now: NumericDate) -> String {
        let payload = payload(challenge);
        let lines = display::render(&payload.shown(), Locale::Ja).unwrap();
        self.possession.name(&Answer {
            iss: self.device,
            aud: self.server.clone(),
            iat: now,
            challenge: payload.jti,
            challenge_hash: Digest::of(challenge.as_bytes()),
            display_hash: lines.hash(),
            locale: Locale::Ja,
            decision,
            reason: None,
            number: None,
            uv: None,
            return_hash: None,
            counter,
        })
    }
}

/// What a challenge JWS holds, its signature not looked at.
fn payload(challenge: &str) -> Challenge {
    let payload = challenge.split('.').nth(1).unwrap();
    inkan_protocol::json::from_signed(&inkan_protocol::encoding::decode(payload).unwrap()).unwrap()
}
