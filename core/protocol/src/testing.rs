//! Keys and names for this crate's own tests and for the vectors: deterministic, never used outside them.

use p256::ecdsa::{Signature as EcdsaSignature, SigningKey, signature::Signer as _};

use crate::challenge::{Challenge, Start};
use crate::details::{Detail, Locale, Operation, Origin, Reason};
use crate::display::Template;
use crate::encoding::encode;
use crate::ids::{Nonce, ServerName};
use crate::jwk::{PublicKey, Signature};
use crate::jws::{Draft, KeyReference, Message};

/// A key made from a number.
#[derive(Debug)]
pub(crate) struct Key(SigningKey);

impl Key {
    pub(crate) fn number(number: u8) -> Self {
        Self(SigningKey::from_slice(&[number; 32]).unwrap())
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_uncompressed(self.0.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> Signature {
        let signature: EcdsaSignature = self.0.sign(bytes);
        Signature::from_fixed(&signature.to_bytes()).unwrap()
    }

    pub(crate) fn introduce<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Jwk(self.public()), message)
    }

    pub(crate) fn name<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Kid(self.public().thumbprint()), message)
    }

    fn finish<M: Message>(&self, reference: KeyReference, message: &M) -> String {
        let draft = Draft::new(reference, message).unwrap();
        let signature = self.sign(draft.signing_input());
        draft.finish(&signature)
    }
}

pub(crate) fn server() -> ServerName {
    "https://auth.example.jp".parse().unwrap()
}

impl Key {
    /// A payload as it is, however wrong.
    pub(crate) fn name_raw(&self, typ: &str, payload: &[u8]) -> String {
        self.raw(
            &format!(r#"{{"alg":"ES256","typ":"{typ}","kid":"{}"}}"#, self.public().thumbprint()),
            payload,
        )
    }

    /// The same where the header introduces the key.
    pub(crate) fn introduce_raw(&self, typ: &str, payload: &[u8]) -> String {
        let jwk = serde_json::to_string(&self.public()).unwrap();
        self.raw(&format!(r#"{{"alg":"ES256","typ":"{typ}","jwk":{jwk}}}"#), payload)
    }

    fn raw(&self, header: &str, payload: &[u8]) -> String {
        let input = format!("{}.{}", encode(header), encode(payload));
        format!("{input}.{}", encode(self.sign(input.as_bytes()).0))
    }
}

/// A challenge in order: a withdrawal, in mode `number`.
pub(crate) fn challenge() -> Challenge {
    Challenge {
        iss: server(),
        aud: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        jti: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
        sub: "01890a5d-ac96-774b-bcce-b302099a8059".parse().unwrap(),
        iat: 1_795_583_109,
        exp: 1_795_583_229,
        relying_party: "みほん証券".into(),
        account: "***1234".into(),
        operation: Operation::Withdrawal,
        details: vec![
            Detail::Amount { value: "1250000".into(), currency: "JPY".into() },
            Detail::BankAccount {
                bank: "みほん銀行".into(),
                branch: Some("銀座支店".into()),
                kind: "普通".into(),
                masked: "***4567".into(),
                new: Some(true),
                id: "b-1".into(),
            },
        ],
        origin: Origin {
            client: "Windows / Chrome".into(),
            place: Some("東京都付近".into()),
            ip: Some("203.0.113.24".into()),
        },
        reasons: vec![Reason::UnusualPlace],
        start: Start::Number { digits: 6 },
        return_url: None,
        zone: "Asia/Tokyo".into(),
        locale: Locale::Ja,
        display: Template::newest(Operation::Withdrawal),
        nonce: Nonce([7; 32]),
    }
}
