//! Reads a file of vectors and checks all that it says, by the protocol's own functions and nothing of what made it.

use inkan_protocol::answer::{Answer, ReturnToken};
use inkan_protocol::challenge::{Challenge, ChallengeLink, DeviceRequest, ScanSecret, StartProof};
use inkan_protocol::details::{Detail, Locale, Operation, Origin, Reason};
use inkan_protocol::display::{self, DisplayError, Rendered, Shown, Template};
use inkan_protocol::encoding::{decode, decode_array, encode, sha256};
use inkan_protocol::enrollment::{
    DeviceRecord, Enroll, EnrollmentAnswer, EnrollmentSecret, EnrollmentUri, KeyStatement, TypedCode,
    derive_confirmation_code, derive_renewal_challenge,
};
use inkan_protocol::evidence::{self, Evidence};
use inkan_protocol::ids::{Digest, Reveal, ServerName, Thumbprint};
use inkan_protocol::jwk::PublicKey;
use inkan_protocol::jws::{Message, Unverified};
use inkan_protocol::keys::{IdentityChange, KeySet};
use inkan_protocol::log::{LogHead, derive_row_hash};
use inkan_protocol::receipt::{Receipt, Verdict};
use inkan_protocol::renewal::Renew;
use inkan_protocol::text;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Outcome;

/// Checks the text of one file; `keys` is the text of `test-keys.json`.
pub fn check_file(name: &str, text: &str, keys: &str) -> Outcome<()> {
    let file: Value = serde_json::from_str(text)?;
    let keys: Value = serde_json::from_str(keys)?;
    match name {
        "test-keys" => check_keys(&file),
        "derived" => check_derived(&file),
        "display" => check_display(&file),
        "evidence" => check_evidence(&file),
        _ => check_messages(&file, &keys),
    }
}

fn require(holds: bool, what: impl Into<String>) -> Outcome<()> {
    if holds { Ok(()) } else { Err(what.into().into()) }
}

fn member<'a>(value: &'a Value, name: &str) -> Outcome<&'a Value> {
    value.get(name).ok_or_else(|| format!("no {name}").into())
}

fn list<'a>(value: &'a Value, name: &str) -> Outcome<&'a Vec<Value>> {
    member(value, name)?.as_array().ok_or_else(|| format!("{name} is no list").into())
}

fn string<'a>(value: &'a Value, name: &str) -> Outcome<&'a str> {
    member(value, name)?.as_str().ok_or_else(|| format!("{name} is no text").into())
}

fn typed<T: DeserializeOwned>(value: &Value, name: &str) -> Outcome<T> {
    Ok(T::deserialize(member(value, name)?)?)
}

fn check_keys(file: &Value) -> Outcome<()> {
    for key in list(file, "keys")? {
        let public: PublicKey = typed(key, "jwk")?;
        require(public.thumbprint() == typed(key, "thumbprint")?, "thumbprint")?;
        let scalar: [u8; 32] = decode_array(string(key, "private_scalar")?)?;
        let private = p256::ecdsa::SigningKey::from_slice(&scalar)?;
        let point = private.verifying_key().to_sec1_point(false);
        require(point.as_bytes() == public.as_uncompressed(), "the scalar is of another key")?;
    }
    Ok(())
}

/// Verifies a message of any kind under `key`, and gives its payload as this side would write it.
fn take(typ: &str, compact: &str, key: &PublicKey) -> Outcome<Value> {
    fn of<M: Message>(compact: &str, key: &PublicKey) -> Outcome<Value> {
        let verified = Unverified::<M>::parse(compact)?.verify(key)?;
        Ok(serde_json::to_value(verified.payload())?)
    }
    match typ {
        KeySet::TYP => of::<KeySet>(compact, key),
        IdentityChange::TYP => of::<IdentityChange>(compact, key),
        Enroll::TYP => of::<Enroll>(compact, key),
        KeyStatement::TYP => of::<KeyStatement>(compact, key),
        EnrollmentAnswer::TYP => of::<EnrollmentAnswer>(compact, key),
        DeviceRecord::TYP => of::<DeviceRecord>(compact, key),
        Challenge::TYP => of::<Challenge>(compact, key),
        DeviceRequest::TYP => of::<DeviceRequest>(compact, key),
        StartProof::TYP => of::<StartProof>(compact, key),
        Answer::TYP => of::<Answer>(compact, key),
        Renew::TYP => of::<Renew>(compact, key),
        Receipt::TYP => of::<Receipt>(compact, key),
        Verdict::TYP => of::<Verdict>(compact, key),
        LogHead::TYP => of::<LogHead>(compact, key),
        other => Err(format!("an unknown kind: {other}").into()),
    }
}

fn check_messages(file: &Value, keys: &Value) -> Outcome<()> {
    let typ = string(file, "typ")?;
    let key_of = |vector: &Value| -> Outcome<PublicKey> {
        let name = string(vector, "key")?;
        let found = list(keys, "keys")?.iter().find(|key| key.get("name").is_some_and(|said| said == name));
        typed(found.ok_or("an unknown key")?, "jwk")
    };
    for vector in list(file, "valid")? {
        let compact = string(vector, "compact")?;
        let payload = take(typ, compact, &key_of(vector)?)?;
        require(&payload == member(vector, "payload")?, "payload")?;
        let header: Value = serde_json::from_slice(&decode(compact.split('.').next().unwrap_or_default())?)?;
        require(&header == member(vector, "header")?, "header")?;
        require(Digest::of(compact.as_bytes()) == typed(vector, "hash")?, "hash")?;
        let signed = compact.rsplit_once('.').map(|(signed, _)| signed).unwrap_or_default();
        require(Digest::of(signed.as_bytes()) == typed(vector, "signing_hash")?, "signing_hash")?;
    }
    for vector in list(file, "invalid")? {
        let taken = take(typ, string(vector, "compact")?, &key_of(vector)?).is_ok();
        require(!taken, format!("taken: {}", string(vector, "reason")?))?;
    }
    require(!list(file, "valid")?.is_empty() && list(file, "invalid")?.len() > 20, "too few vectors")
}

fn check_derived(file: &Value) -> Outcome<()> {
    for vector in list(file, "thumbprints")? {
        let hash = Thumbprint(sha256(string(vector, "hashed_text")?.as_bytes()));
        require(hash == typed(vector, "thumbprint")?, "thumbprint")?;
    }
    check_enrollment(member(file, "enrollment")?)?;
    for vector in list(file, "confirmation_codes")? {
        check_code(vector)?;
        let hash: [u8; 32] = decode_array(string(vector, "hash")?)?;
        let number = hash.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        require(format!("{:06}", number % 1_000_000) == string(vector, "code")?, "code of the hash")?;
    }
    let renewal = member(file, "renewal_attestation_challenge")?;
    let challenge = derive_renewal_challenge(
        &typed(renewal, "aud")?,
        typed(renewal, "jti")?,
        typed(renewal, "old_approval")?,
    );
    require(encode(challenge) == string(renewal, "challenge")?, "renewal challenge")?;
    for vector in list(file, "scan")? {
        let secret = ScanSecret::new(decode_array(string(vector, "secret")?)?);
        let mac = secret.derive_mac(typed(vector, "challenge")?, typed(vector, "step")?);
        require(mac.expose_text() == string(vector, "mac")?, "scan MAC")?;
    }
    let token = member(file, "return_token")?;
    let r: ReturnToken = string(token, "r")?.parse()?;
    require(r.digest() == typed(token, "return_hash")?, "return_hash")?;
    for vector in list(file, "body_hashes")? {
        require(Digest::of(string(vector, "body")?.as_bytes()) == typed(vector, "bh")?, "bh")?;
    }
    for row in list(file, "log_rows")? {
        let hash = derive_row_hash(
            typed(row, "row")?,
            typed(row, "time")?,
            string(row, "kind")?,
            typed(row, "body")?,
            typed(row, "previous")?,
        );
        require(hash == typed(row, "hash")?, "row hash")?;
    }
    check_links(file)
}

fn check_enrollment(vector: &Value) -> Outcome<()> {
    let aud: ServerName = typed(vector, "aud")?;
    let reveal: Reveal = typed(vector, "reveal")?;
    let ticket = reveal.ticket();
    require(ticket == typed(vector, "ticket")?, "ticket")?;
    let secret = EnrollmentSecret::new(decode_array(string(vector, "secret")?)?);
    let (possession, approval) = (typed(vector, "possession")?, typed(vector, "approval")?);
    require(secret.derive_proof(&aud, ticket, possession, approval) == typed(vector, "proof")?, "proof")?;
    let challenge = encode(secret.derive_possession_challenge(&aud, ticket));
    require(challenge == string(vector, "attestation_challenge_possession")?, "attestation, possession")?;
    let challenge = encode(secret.derive_approval_challenge(&aud, ticket, possession));
    require(challenge == string(vector, "attestation_challenge_approval")?, "attestation, approval")?;
    check_code(vector)
}

fn check_code(vector: &Value) -> Outcome<()> {
    let code = derive_confirmation_code(
        &typed(vector, "aud")?,
        typed(vector, "ticket")?,
        typed(vector, "identity")?,
        typed(vector, "enroll_hash")?,
        typed(vector, "reveal")?,
    );
    require(code == string(vector, "code")?, "code")
}

fn check_links(file: &Value) -> Outcome<()> {
    let texts = |name: &str| -> Outcome<Vec<&str>> {
        Ok(list(file, name)?.iter().filter_map(Value::as_str).collect())
    };
    for vector in list(file, "typed_codes")? {
        let code: TypedCode = string(vector, "typed")?.parse()?;
        require(code.expose_text() == string(vector, "code")?, "typed code")?;
    }
    for code in texts("typed_codes_refused")? {
        require(code.parse::<TypedCode>().is_err(), format!("taken: {code}"))?;
    }
    for name in texts("server_names")? {
        require(name.parse::<ServerName>().is_ok(), format!("not taken: {name}"))?;
    }
    for name in texts("server_names_refused")? {
        require(name.parse::<ServerName>().is_err(), format!("taken: {name}"))?;
    }
    for vector in list(file, "enrollment_uris")? {
        let uri: EnrollmentUri = string(vector, "uri")?.parse()?;
        let same = uri.server == typed(vector, "server")?
            && uri.ticket == typed(vector, "ticket")?
            && uri.secret.expose_text() == string(vector, "secret")?
            && uri.identity == typed(vector, "identity")?
            && uri.key_set_version == typed::<u64>(vector, "key_set_version")?
            && uri.pins == typed::<Vec<Digest>>(vector, "pins")?;
        require(same, "enrollment URI")?;
    }
    for vector in list(file, "enrollment_uris_refused")? {
        let taken = string(vector, "uri")?.parse::<EnrollmentUri>().is_ok();
        require(!taken, format!("taken: {}", string(vector, "reason")?))?;
    }
    for vector in list(file, "challenge_links")? {
        let same = match string(vector, "link")?.parse()? {
            ChallengeLink::Scan { challenge, step, mac, .. } => {
                challenge == typed(vector, "challenge")?
                    && step == typed::<u64>(vector, "step")?
                    && mac.expose_text() == string(vector, "mac")?
            }
            ChallengeLink::Open { challenge, token, .. } => {
                challenge == typed(vector, "challenge")? && token.expose_text() == string(vector, "token")?
            }
        };
        require(same, "challenge link")?;
    }
    for vector in list(file, "challenge_links_refused")? {
        let taken = string(vector, "link")?.parse::<ChallengeLink>().is_ok();
        require(!taken, format!("taken: {}", string(vector, "reason")?))?;
    }
    Ok(())
}

/// The members of a challenge that are shown.
#[derive(Deserialize)]
struct Content {
    relying_party: String,
    account: String,
    operation: Operation,
    details: Vec<Detail>,
    origin: Origin,
    reasons: Vec<Reason>,
    iat: u64,
    zone: String,
    display: Template,
}

impl Content {
    fn render(&self, locale: Locale) -> Result<Rendered, DisplayError> {
        let shown = Shown {
            relying_party: &self.relying_party,
            account: &self.account,
            operation: self.operation,
            details: &self.details,
            origin: &self.origin,
            reasons: &self.reasons,
            issued_at: self.iat,
            zone: &self.zone,
            template: &self.display,
        };
        display::render(&shown, locale)
    }
}

fn check_display(file: &Value) -> Outcome<()> {
    for case in list(file, "cases")? {
        let content: Content = typed(case, "challenge")?;
        for (locale, name) in [(Locale::Ja, "ja"), (Locale::En, "en")] {
            let (rendered, said) = (content.render(locale)?, member(case, name)?);
            let what = format!("{} in {name}", string(case, "name")?);
            require(
                rendered.lines == typed::<Vec<display::Line>>(said, "lines")?,
                format!("lines of {what}"),
            )?;
            require(rendered.text() == string(said, "hashed_text")?, format!("text of {what}"))?;
            require(rendered.hash() == typed(said, "display_hash")?, format!("hash of {what}"))?;
        }
    }
    for case in list(file, "invalid")? {
        let content = Content {
            relying_party: "a".into(),
            account: "b".into(),
            operation: typed(case, "operation")?,
            details: vec![],
            origin: Origin { client: "c".into(), place: None, ip: None },
            reasons: vec![],
            iat: 0,
            zone: typed(case, "zone")?,
            display: typed(case, "display")?,
        };
        require(content.render(Locale::Ja).is_err(), string(case, "reason")?)?;
    }
    let each = |name: &str, holds: fn(&str) -> bool| -> Outcome<()> {
        for text in list(file, name)?.iter().filter_map(Value::as_str) {
            require(holds(text), format!("{name}: {text:?}"))?;
        }
        Ok(())
    };
    each("own_labels", display::is_own_label)?;
    each("free_labels", |label| !display::is_own_label(label))?;
    each("strings", |value| text::check(value, 64).is_ok())?;
    each("strings_refused", |value| text::check(value, 64).is_err())
}

fn check_evidence(file: &Value) -> Outcome<()> {
    let identity: Thumbprint = typed(file, "identity")?;
    let bundle: Evidence = typed(file, "bundle")?;
    let report = serde_json::to_value(evidence::verify(&bundle, identity, &[])?)?;
    require(&report == member(file, "proves")?, "what it proves")?;
    let other: Thumbprint = typed(file, "other_identity")?;
    require(evidence::verify(&bundle, other, &[]).is_err(), "proved under another identity")?;
    for case in list(file, "invalid")? {
        let bundle: Evidence = typed(case, "bundle")?;
        require(evidence::verify(&bundle, identity, &[]).is_err(), string(case, "reason")?)?;
    }
    Ok(())
}
