//! Values that are computed: with what goes in and what comes out.

use inkan_protocol::challenge::{ChallengeLink, LinkToken, ScanSecret};
use inkan_protocol::encoding::{encode, hash_lines};
use inkan_protocol::enrollment::{
    EnrollmentUri, TypedCode, derive_confirmation_code, derive_renewal_challenge,
};
use inkan_protocol::ids::{Digest, Reveal};
use inkan_protocol::log::{BEFORE_FIRST, derive_row_hash};
use serde_json::{Value, json};

use super::cast::{self, Cast, DECIDED};
use super::{Outcome, messages};

/// `derived.json`.
pub(super) fn file() -> Outcome<Value> {
    Ok(json!({
        "about": "Derived values. Bytes are base64url without padding; [a, b] is the texts joined by one LF.",
        "thumbprints": thumbprints()?,
        "enrollment": enrollment()?,
        "confirmation_codes": codes()?,
        "renewal_attestation_challenge": renewal()?,
        "scan": scan()?,
        "return_token": { "r": cast::return_token().expose_text(), "return_hash": cast::return_token().digest() },
        "body_hashes": [
            { "body": "", "bh": Digest::of(b"") },
            { "body": "{\"name\":\"iPhone\"}", "bh": Digest::of(b"{\"name\":\"iPhone\"}") },
        ],
        "log_rows": rows(),
        "typed_codes": typed_codes(),
        "typed_codes_refused": ["", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKMU", "ABCD_EFGH_JKMN"],
        "enrollment_uris": uris()?,
        "enrollment_uris_refused": refused_uris()?,
        "challenge_links": links()?,
        "challenge_links_refused": refused_links()?,
        "server_names": ["https://auth.example.jp", "https://localhost:8443", "https://[::1]:8443"],
        "server_names_refused": [
            "http://auth.example.jp", "https://auth.example.jp/", "https://AUTH.example.jp",
            "https://auth.example.jp:443", "https://user@auth.example.jp", "auth.example.jp", "https://"
        ],
    }))
}

fn thumbprints() -> Outcome<Vec<Value>> {
    Cast::ALL
        .iter()
        .map(|key| {
            let public = key.public()?;
            let jwk = serde_json::to_value(public)?;
            let member = |name: &str| jwk.get(name).cloned().unwrap_or_default();
            let text = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, member("x"), member("y"));
            Ok(json!({ "key": key.name(), "hashed_text": text, "thumbprint": public.thumbprint() }))
        })
        .collect()
}

fn enrollment() -> Outcome<Value> {
    let (server, secret, reveal) = (cast::server()?, cast::secret(), cast::reveal());
    let ticket = reveal.ticket();
    let possession = Cast::Possession.public()?.thumbprint();
    let approval = Cast::Approval.public()?.thumbprint();
    let identity = Cast::Identity.public()?.thumbprint();
    let enroll_hash = cast::hash(&Cast::Possession.introduced(&messages::enroll()?)?);
    Ok(json!({
        "aud": server,
        "reveal": reveal,
        "ticket": ticket,
        "secret": secret.expose_text(),
        "possession": possession,
        "approval": approval,
        "identity": identity,
        "proof": secret.derive_proof(&server, ticket, possession, approval),
        "proof_message": format!("inkan-proof-v1\n{server}\n{ticket}\n{possession}\n{approval}"),
        "attestation_challenge_possession": encode(secret.derive_possession_challenge(&server, ticket)),
        "attestation_challenge_approval": encode(secret.derive_approval_challenge(&server, ticket, possession)),
        "enroll_hash": enroll_hash,
        "code": derive_confirmation_code(&server, ticket, identity, enroll_hash, reveal),
    }))
}

/// Several codes, at least one of which begins with a zero.
fn codes() -> Outcome<Vec<Value>> {
    let (server, identity) = (cast::server()?, Cast::Identity.public()?.thumbprint());
    let all = (0..=255_u8).map(|byte| {
        let (reveal, hash) = (Reveal([byte; 32]), Digest([byte; 32]));
        let ticket = reveal.ticket();
        let code = derive_confirmation_code(&server, ticket, identity, hash, reveal);
        let digest = hash_lines(&[
            "inkan-code-v1",
            server.as_str(),
            &ticket.to_string(),
            &identity.to_string(),
            &hash.to_string(),
            &reveal.to_string(),
        ]);
        json!({
            "aud": server, "ticket": ticket, "identity": identity, "enroll_hash": hash, "reveal": reveal,
            "hash": encode(digest), "code": code,
        })
    });
    let (zeros, others): (Vec<Value>, Vec<Value>) = all.partition(|value| {
        value.get("code").and_then(Value::as_str).is_some_and(|code| code.starts_with('0'))
    });
    Ok(others.into_iter().take(2).chain(zeros.into_iter().take(2)).collect())
}

fn renewal() -> Outcome<Value> {
    let (server, jti) = (cast::server()?, cast::message_id(1)?);
    let old = Cast::Approval.public()?.thumbprint();
    Ok(json!({
        "aud": server, "jti": jti, "old_approval": old,
        "challenge": encode(derive_renewal_challenge(&server, jti, old)),
    }))
}

fn scan() -> Outcome<Vec<Value>> {
    let challenge = cast::challenge_id()?;
    let secret = [0x38; 32];
    Ok([0, 1, DECIDED / 5]
        .iter()
        .map(|step| {
            let mac = ScanSecret::new(secret).derive_mac(challenge, *step);
            json!({ "secret": encode(secret), "challenge": challenge, "step": step, "mac": mac.expose_text() })
        })
        .collect())
}

fn rows() -> Vec<Value> {
    let first = derive_row_hash(1, 1_795_000_000, "device.active", Digest([1; 32]), BEFORE_FIRST);
    let second = derive_row_hash(2, 1_795_583_150, "challenge.approved", Digest([2; 32]), first);
    vec![
        json!({ "row": 1, "time": 1_795_000_000, "kind": "device.active", "body": Digest([1; 32]), "previous": BEFORE_FIRST, "hash": first }),
        json!({ "row": 2, "time": 1_795_583_150, "kind": "challenge.approved", "body": Digest([2; 32]), "previous": first, "hash": second }),
    ]
}

fn typed_codes() -> Vec<Value> {
    let mut made: Vec<Value> = [0_u64, 1, 0x0123_4567_89AB_CDEF, (1 << 60) - 1]
        .iter()
        .map(|bits| {
            let code = TypedCode::from_bits(*bits);
            json!({ "typed": code.expose_grouped(), "code": code.expose_text() })
        })
        .collect();
    made.push(json!({ "typed": " 4hmas-w9nfv io ", "code": "4HMASW9NFV10" }));
    made.push(json!({ "typed": "oOiIlL-000000", "code": "001111000000" }));
    made
}

fn uri(pins: Vec<Digest>) -> Outcome<EnrollmentUri> {
    Ok(EnrollmentUri {
        server: cast::server()?,
        ticket: cast::reveal().ticket(),
        secret: cast::secret(),
        identity: Cast::Identity.public()?.thumbprint(),
        key_set_version: 7,
        pins,
    })
}

fn uris() -> Outcome<Vec<Value>> {
    [vec![], vec![Digest([0x3a; 32])], vec![Digest([0x3a; 32]), Digest([0x3b; 32])]]
        .into_iter()
        .map(|pins| {
            let uri = uri(pins)?;
            Ok(json!({
                "uri": uri.expose_text(), "server": uri.server, "ticket": uri.ticket,
                "secret": uri.secret.expose_text(), "identity": uri.identity,
                "key_set_version": uri.key_set_version, "pins": uri.pins,
            }))
        })
        .collect()
}

fn refused_uris() -> Outcome<Vec<Value>> {
    let good = uri(vec![])?.expose_text();
    let refused = |uri: String, reason: &str| json!({ "uri": uri, "reason": reason });
    Ok(vec![
        refused(good.replace("v=1", "v=2"), "another version"),
        refused(good.replace("https", "http"), "not https"),
        refused(good.replace("/e#", "/e?"), "the secret before the #"),
        refused(good.replace("/e#", "/c#"), "another path"),
        refused(good.replace("&n=7", ""), "a member is missing"),
        refused(good.replace("&n=7", "&n=07"), "a leading zero"),
        refused(good.replace("&n=7", "&n=7&n=7"), "a member twice"),
        refused(good.clone() + "&q=1", "an unknown member"),
        refused(good.clone() + "&p=", "an empty list of pins"),
        refused(good.replace("v=1&", ""), "no version"),
        refused(good.replace("&s=", "&s=A"), "a secret of another length"),
    ])
}

fn links() -> Outcome<Vec<Value>> {
    let (server, challenge) = (cast::server()?, cast::challenge_id()?);
    let step = DECIDED / 5;
    let mac = ScanSecret::new([0x38; 32]).derive_mac(challenge, step);
    let token = LinkToken::new([0x39; 32]);
    let (mac_text, token_text) = (mac.expose_text(), token.expose_text());
    let scan = ChallengeLink::Scan { server: server.clone(), challenge, step, mac };
    let open = ChallengeLink::Open { server: server.clone(), challenge, token };
    Ok(vec![
        json!({ "link": scan.expose_text(), "server": server, "challenge": challenge, "step": step, "mac": mac_text }),
        json!({ "link": open.expose_text(), "server": server, "challenge": challenge, "token": token_text }),
    ])
}

fn refused_links() -> Outcome<Vec<Value>> {
    let id = cast::challenge_id()?;
    let token = LinkToken::new([0x39; 32]).expose_text();
    let refused = |rest: String, reason: &str| json!({ "link": format!("https://auth.example.jp{rest}"), "reason": reason });
    Ok(vec![
        refused(format!("/c#v=1&c={id}"), "neither code nor token"),
        refused(format!("/c#v=1&c={id}&n=1"), "a step without MAC"),
        refused(format!("/c#v=1&c={id}&n=1&m=AAAAAAAAAAAAAAAAAAAAAA&t={token}"), "code and token"),
        refused(format!("/c#v=1&t={token}"), "no challenge"),
        refused(format!("/c#v=2&c={id}&t={token}"), "another version"),
        refused(format!("/c#v=1&c={id}&t={token}&q=1"), "an unknown member"),
        refused(format!("/c#v=1&c={}&t={token}", id.to_string().to_uppercase()), "an id in capitals"),
    ])
}
