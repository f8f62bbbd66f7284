//! CIBA as a client meets it, error by error.

mod clients;
mod requests;
mod tokens;

use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inkan_protocol::answer::{Answer, Decision};
use inkan_protocol::encoding::{decode, encode};
use inkan_protocol::ids::Digest;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::jose;
use crate::model::openid_client::{Authentication, OpenidClient};
use crate::routes::refusal::Refusal;
use crate::testing::{Phone, Reply, START, World};

pub(crate) const ISSUER: &str = "https://auth.example.jp";
const SECRET: &str = "client-secret-of-tests";
pub(crate) const NOTIFICATION_TOKEN: &str = "notification-token-of-tests";

/// A client's key pair.
pub(crate) fn client_key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

/// Signs as a client does.
pub(crate) fn client_signs(key: &SigningKey, claims: &Value) -> String {
    let input = format!("{}.{}", encode(r#"{"alg":"ES256","kid":"one"}"#), encode(claims.to_string()));
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", encode(signature.to_bytes()))
}

/// A client as the operator registers it: a secret, keys for signed requests, mode poll.
pub(crate) fn portal() -> OpenidClient {
    let point = client_key().verifying_key().to_sec1_point(false);
    let (x, y) = (encode(point.x().unwrap()), encode(point.y().unwrap()));
    let keys = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "one", "x": x, "y": y }] });
    OpenidClient {
        id: "portal".into(),
        name: "みほんポータル".into(),
        live: true,
        authentication: Authentication::Secret { digest: Digest::of(SECRET.as_bytes()) },
        keys: jose::read_keys(keys.to_string().as_bytes()).unwrap(),
        notification_endpoint: None,
        created_at: START,
        revoked_at: None,
    }
}

/// A request with a number.
pub(crate) const LOGIN: &[(&str, &str)] =
    &[("scope", "openid"), ("login_hint", "u-1"), ("binding_message", "4711")];

/// The same parameters with others; an empty one takes it away.
fn with<'a>(parameters: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = parameters.iter().filter(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
    kept.chain(other).copied().collect()
}

/// Status and OAuth error; the shape of a refusal is looked at on the way.
#[track_caller]
pub(crate) fn error(reply: &Reply) -> (u16, String) {
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/json", "{}", reply.text());
    assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
    assert!(reply.json()["error_description"].is_string(), "{}", reply.text());
    (reply.status, reply.json()["error"].as_str().unwrap_or_default().to_owned())
}

impl World {
    pub(crate) async fn put_client(&self, client: OpenidClient) {
        let put = move |tx: &mut dyn crate::storage::Transaction| -> Result<(), Refusal> {
            Ok(tx.put_openid_client(&client)?)
        };
        self.app.storage.write(put).await.unwrap();
    }

    /// A form, as whoever its parameters say.
    pub(crate) async fn form(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// A form by `client_secret_basic`.
    pub(crate) async fn basic(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("portal:{SECRET}"))));
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Asks, and expects to be allowed to.
    pub(crate) async fn ciba(&self, parameters: &[(&str, &str)]) -> String {
        let begun = self.basic("/bc-authorize", parameters).await.expect(200).json();
        begun["auth_req_id"].as_str().unwrap().to_owned()
    }

    /// Polls, or collects.
    pub(crate) async fn collect(&self, auth_req_id: &str) -> Reply {
        let grant = ("grant_type", super::GRANT_TYPE);
        self.basic("/token", &[grant, ("auth_req_id", auth_req_id)]).await
    }

    /// The phone answers the first challenge that waits for it.
    pub(crate) async fn decide(&self, phone: &Phone, decision: Decision, number: Option<&str>, counter: u64) {
        let sent = self.pending(phone).await.remove(0);
        let answer = Answer { number: number.map(Into::into), ..phone.says(&sent, decision, counter) };
        self.answer(phone, &answer).await.expect(200);
    }
}

/// The claims of a token, its signature not looked at.
fn claims(token: &str) -> Value {
    serde_json::from_slice(&decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn discovery_says_what_clients_look_for() {
    let world = World::new().await;
    let said = world.get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(said["issuer"], ISSUER);
    assert_eq!(said["backchannel_authentication_endpoint"], format!("{ISSUER}/bc-authorize"));
    assert_eq!(said["token_endpoint"], format!("{ISSUER}/token"));
    assert_eq!(said["jwks_uri"], format!("{ISSUER}/.well-known/jwks.json"));
    assert_eq!(said["id_token_signing_alg_values_supported"], json!(["ES256"]));
    assert_eq!(said["backchannel_token_delivery_modes_supported"], json!(["poll", "ping"]));
    assert_eq!(said["grant_types_supported"], json!([super::GRANT_TYPE]));
    assert_eq!(said["acr_values_supported"], json!(["number"]));
    let test = world.get("/test/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(test["issuer"], format!("{ISSUER}/test"));
    assert_ne!(test["jwks_uri"], said["jwks_uri"]);
    let without = World::with(|settings| settings.test_mode = false).await;
    without.get("/test/.well-known/openid-configuration").await.expect(404);
}

#[tokio::test]
async fn floods_are_refused_in_the_standards_form() {
    let world = World::with(|settings| settings.rate_limits.api_requests_per_minute = 60).await;
    for _ in 0..30 {
        assert_eq!(error(&world.form("/token", &[]).await).0, 401);
    }
    let refused = world.form("/token", &[]).await;
    assert_eq!(error(&refused), (503, "temporarily_unavailable".into()));
    assert!(refused.headers.contains_key("retry-after"));
}
