//! JWTs that others sign: a client's assertion, a signed request, the token that Keycloak brings. Their algorithms are
//! those of FAPI and RS256; ECDSA signatures may have a high S, which this product's own messages may not
//! (`inkan_protocol::jws`).
//!
//! What is accepted is said by the caller and never by the token: a list of keys and a list of algorithms.

use inkan_protocol::encoding::{decode, encode};
use inkan_protocol::json;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest token taken, in bytes.
const LONGEST: usize = 16 * 1024;
/// Most keys of one party.
const MOST_KEYS: usize = 20;

/// An algorithm that a caller takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PSS with SHA-256, 2048 bits or more.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits or more.
    Rs256,
}

const ALL: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Ps256, Algorithm::Rs256];

impl Algorithm {
    /// As JOSE spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }
}

/// A public key of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyingKey {
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    /// The one algorithm that its owner uses it with; `None`: any that fits (RFC 7517 §4.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
enum Kind {
    /// On P-256; `point` is uncompressed.
    #[serde(rename = "EC")]
    Ec { point: String },
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
}

/// Why a key set or a token is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoseError {
    /// A key set that is none.
    #[error("not a JWK Set: {0}")]
    KeySet(String),
    /// Not a compact JWT, or a header that is not taken.
    #[error("not a JWT that is taken here: {0}")]
    Malformed(&'static str),
    /// The algorithm is not one of those that the caller takes.
    #[error("signed by another algorithm than is taken here")]
    Algorithm,
    /// No key of this party has signed it.
    #[error("the signature does not verify under any key of its issuer")]
    Signature,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Map<String, Value>>,
}

/// Reads a JWK Set (RFC 7517). Keys that cannot verify what is taken here (for encryption, other curves) are left out; a
/// private key is refused, and so is a set without any key that can be used.
pub fn read_keys(document: &[u8]) -> Result<Vec<VerifyingKey>, JoseError> {
    let wrong = |why: String| JoseError::KeySet(why);
    let set = read_set(document)?;
    if set.len() > MOST_KEYS {
        return Err(wrong(format!("more than {MOST_KEYS} keys")));
    }
    let mut keys = Vec::new();
    for key in &set {
        if is_private(key) {
            return Err(wrong("it holds a private key; give the public half alone".to_owned()));
        }
        keys.extend(read_key(key)?);
    }
    if keys.is_empty() {
        Err(wrong("no key of it is on P-256 or RSA, for signatures".to_owned()))
    } else {
        Ok(keys)
    }
}

/// Reads a JWK Set that its owner publishes for everybody. What cannot be used is left out, whatever it is: one odd key
/// must not take the others away.
pub fn read_published_keys(document: &[u8]) -> Result<Vec<VerifyingKey>, JoseError> {
    let set = read_set(document)?;
    Ok(set.iter().filter(|key| !is_private(key)).filter_map(|key| read_key(key).ok().flatten()).collect())
}

fn read_set(document: &[u8]) -> Result<Vec<Map<String, Value>>, JoseError> {
    let set: KeySet = json::from_unsigned(document).map_err(|error| JoseError::KeySet(error.to_string()))?;
    Ok(set.keys)
}

fn is_private(key: &Map<String, Value>) -> bool {
    ["d", "p", "q", "k"].iter().any(|secret| key.contains_key(*secret))
}

fn read_key(key: &Map<String, Value>) -> Result<Option<VerifyingKey>, JoseError> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let bytes = |name: &'static str| {
        text(name)
            .and_then(|value| decode(value).ok())
            .ok_or_else(|| JoseError::KeySet(format!("a key's {name}")))
    };
    let is_ours = |alg: &str| ALL.iter().any(|algorithm| algorithm.as_str() == alg);
    if text("use").is_some_and(|purpose| purpose != "sig") || text("alg").is_some_and(|alg| !is_ours(alg)) {
        return Ok(None);
    }
    let kind = match (text("kty"), text("crv")) {
        (Some("EC"), Some("P-256")) => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            if x.len() != 32 || y.len() != 32 {
                return Err(JoseError::KeySet("a key's x or y".to_owned()));
            }
            Kind::Ec { point: encode([&[4][..], &x, &y].concat()) }
        }
        (Some("RSA"), _) => {
            let (n, e) = (bytes("n")?, bytes("e")?);
            let modulus = n.iter().skip_while(|byte| **byte == 0).count();
            if !(256..=1024).contains(&modulus) {
                return Err(JoseError::KeySet(
                    "an RSA key of less than 2048 or more than 8192 bits".to_owned(),
                ));
            }
            Kind::Rsa { n: encode(n), e: encode(e) }
        }
        _ => return Ok(None),
    };
    let owned = |name: &str| text(name).map(ToOwned::to_owned);
    Ok(Some(VerifyingKey { kid: owned("kid"), alg: owned("alg"), kind }))
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// Verifies a compact JWT under one of `keys` by one of `algorithms`, and reads its claims. Times, issuer and audience
/// are the caller's next question.
pub fn verify<T: DeserializeOwned>(
    compact: &str,
    keys: &[VerifyingKey],
    algorithms: &[Algorithm],
) -> Result<T, JoseError> {
    let Parts { signing_input, header, payload, signature } = Parts::of(compact)?;
    let algorithm = algorithms.iter().copied().find(|algorithm| algorithm.as_str() == header.alg);
    let algorithm = algorithm.ok_or(JoseError::Algorithm)?;
    let fits = |key: &&VerifyingKey| match (&header.kid, &key.kid) {
        (Some(said), Some(known)) => said == known,
        _ => true,
    };
    if !keys.iter().filter(fits).any(|key| key.has_signed(algorithm, signing_input.as_bytes(), &signature)) {
        return Err(JoseError::Signature);
    }
    json::from_unsigned(&payload).map_err(|_| JoseError::Malformed("claims"))
}

/// What a token says of itself, for whoever has to look for its keys. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The algorithm.
    pub alg: String,
    /// The key.
    pub kid: Option<String>,
    /// What kind of token it is.
    pub typ: Option<String>,
    /// Who has made it.
    pub iss: Option<String>,
}

/// Reads what a token says of itself.
pub fn peek(compact: &str) -> Result<Said, JoseError> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: Option<String>,
    }
    let Parts { header: Header { alg, kid, typ, .. }, payload, .. } = Parts::of(compact)?;
    let Issuer { iss } = json::from_unsigned(&payload).map_err(|_| JoseError::Malformed("claims"))?;
    Ok(Said { alg, kid, typ, iss })
}

/// A compact JWT, taken apart and its header looked at.
struct Parts<'a> {
    signing_input: &'a str,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(compact: &'a str) -> Result<Self, JoseError> {
        let malformed = || JoseError::Malformed("three parts of base64url");
        if compact.len() > LONGEST {
            return Err(JoseError::Malformed("size"));
        }
        let (signing_input, signature) = compact.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or_else(malformed)?;
        let part = |text: &str| decode(text).map_err(|_| malformed());
        let header: Header =
            json::from_unsigned(&part(header)?).map_err(|_| JoseError::Malformed("header"))?;
        // what would have to be understood, or would bring its own key (RFC 8725 §3.10)
        if ["crit", "jku", "x5u", "jwk", "b64"].iter().any(|name| header.other.contains_key(*name)) {
            return Err(JoseError::Malformed("header"));
        }
        Ok(Self { signing_input, header, payload: part(payload)?, signature: part(signature)? })
    }
}

impl VerifyingKey {
    /// What its owner calls it.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if self.alg.as_deref().is_some_and(|alg| alg != algorithm.as_str()) {
            return false;
        }
        match (&self.kind, algorithm) {
            (Kind::Ec { point }, Algorithm::Es256) => decode(point).is_ok_and(|point| {
                let key = UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
                key.verify(message, signature).is_ok()
            }),
            (Kind::Rsa { n, e }, Algorithm::Ps256 | Algorithm::Rs256) => {
                let (Ok(n), Ok(e)) = (decode(n), decode(e)) else { return false };
                let parameters = match algorithm {
                    Algorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
                    _ => &signature::RSA_PKCS1_2048_8192_SHA256,
                };
                // ring takes numbers without leading zeros
                let strip =
                    |number: Vec<u8>| -> Vec<u8> { number.into_iter().skip_while(|b| *b == 0).collect() };
                let key = RsaPublicKeyComponents { n: strip(n), e: strip(e) };
                key.verify(parameters, message, signature).is_ok()
            }
            _ => false,
        }
    }
}

/// `aud` as JWTs spell it: one string, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    /// Whether any of these is meant.
    pub fn names(&self, ours: &[&str]) -> bool {
        match self {
            Self::One(said) => ours.contains(&said.as_str()),
            Self::Several(said) => said.iter().any(|said| ours.contains(&said.as_str())),
        }
    }
}

#[cfg(test)]
mod tests;
