//! Keycloak as a process of its own, with a realm, two clients and users made over its admin API, and what a client asks it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::line::{Line, client};
use crate::live::pause;

pub(super) const NAME: &str = "broker";
/// The client that polls, and the one that is pinged.
pub(super) const POLL: &str = "broker-web";
pub(super) const PING: &str = "broker-ping";
const SECRET: &str = "walk-secret";
const ADMIN: &str = "walk-admin";
/// How often is looked whether it has started: at its first start Keycloak puts itself together, for minutes.
const LOOKS: u32 = 800;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);
const GRANT: &str = "urn:openid:params:grant-type:ciba";

pub(super) struct Realm {
    child: Child,
    client: Client,
    origin: String,
    admin: String,
}

impl Realm {
    /// Starts Keycloak with the option that `docs/keycloak.md` names, and makes the realm.
    pub(super) async fn start(folder: &Path, line: &Line, channel: &str, root: &Path) -> Self {
        let log = std::env::temp_dir().join(format!("inkan-keycloak-{}.log", std::process::id()));
        let out = std::fs::File::create(&log).unwrap();
        let child = Command::new("bash")
            .arg(folder.join("bin/kc.sh"))
            .args(["start-dev", "--db=dev-mem", "--http-host=127.0.0.1"])
            .arg(format!("--http-port={}", line.keycloak_port))
            .arg(format!("--truststore-paths={}", root.display()))
            .arg(format!(
                "--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri={channel}"
            ))
            .env("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN)
            .env("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN)
            .env("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m")
            .stdin(Stdio::null())
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .process_group(0)
            .spawn()
            .unwrap();
        let client = client();
        let mut realm = Self { child, client, origin: line.origin(), admin: String::new() };
        let mut looks = 0;
        while !realm.sign_in_admin().await {
            looks += 1;
            let ended = realm.child.try_wait().unwrap();
            let text = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(ended.is_none() && looks < LOOKS, "Keycloak did not start: {}", text());
            pause(PAUSE).await;
        }
        realm.make().await;
        realm
    }

    async fn sign_in_admin(&mut self) -> bool {
        let form = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", ADMIN),
            ("password", ADMIN),
        ];
        let (status, body) =
            self.post_form("/realms/master/protocol/openid-connect/token", &form, None).await;
        body["access_token"].as_str().unwrap_or_default().clone_into(&mut self.admin);
        status == 200
    }

    async fn post_form(&self, path: &str, form: &[(&str, &str)], client: Option<&str>) -> (u16, Value) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self.client.post(format!("{}{path}", self.origin)).body(body);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(client) = client {
            request = request.basic_auth(client, Some(SECRET));
        }
        let Ok(response) = request.send().await else { return (0, Value::Null) };
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    async fn admin(&mut self, path: &str, body: Value) {
        // its token lives for a minute
        assert!(self.sign_in_admin().await);
        let request = self.client.post(format!("{}/admin/realms{path}", self.origin));
        let response = request.bearer_auth(&self.admin).json(&body).send().await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(status, 201, "{path}: {}", response.text().await.unwrap_or_default());
    }

    async fn make(&mut self) {
        self.admin("", realm(120)).await;
        let pinged = format!("{}/pinged", self.origin);
        for (client, mode) in [(POLL, "poll"), (PING, "ping")] {
            let mut attributes = json!({
                "oidc.ciba.grant.enabled": "true", "ciba.backchannel.token.delivery.mode": mode,
            });
            if mode == "ping" {
                attributes["ciba.backchannel.client.notification.endpoint"] = json!(pinged);
            }
            let client = json!({
                "clientId": client, "secret": SECRET, "publicClient": false, "redirectUris": [],
                "consentRequired": false, "attributes": attributes,
            });
            self.admin(&format!("/{NAME}/clients"), client).await;
        }
    }

    /// Sign-ins that are asked for from now on live so long.
    pub(super) async fn give_seconds(&mut self, seconds: u32) {
        assert!(self.sign_in_admin().await);
        let request = self.client.put(format!("{}/admin/realms/{NAME}", self.origin));
        let response = request.bearer_auth(&self.admin).json(&realm(seconds)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 204);
    }

    pub(super) async fn add_user(&mut self, user: &str) {
        let user = json!({ "username": user, "enabled": true });
        self.admin(&format!("/{NAME}/users"), user).await;
    }

    /// A client's backchannel authentication request; its `auth_req_id`.
    pub(super) async fn ask(&self, client: &str, user: &str, more: &[(&str, &str)]) -> String {
        let form = [&[("scope", "openid"), ("login_hint", user)], more].concat();
        let path = format!("/realms/{NAME}/protocol/openid-connect/ext/ciba/auth");
        let (status, body) = self.post_form(&path, &form, Some(client)).await;
        assert_eq!(status, 200, "{body}");
        body["auth_req_id"].as_str().unwrap().to_owned()
    }

    /// The token request; `Err` is the `error`.
    pub(super) async fn token(&self, client: &str, asked: &str) -> Result<Value, String> {
        let form = [("grant_type", GRANT), ("auth_req_id", asked)];
        let path = format!("/realms/{NAME}/protocol/openid-connect/token");
        let (status, body) = self.post_form(&path, &form, Some(client)).await;
        if status == 200 { Ok(body) } else { Err(body["error"].as_str().unwrap_or_default().to_owned()) }
    }

    /// Polls as a client does, until there is an answer.
    pub(super) async fn settled(&self, client: &str, asked: &str) -> Result<Value, String> {
        for _ in 0..30 {
            match self.token(client, asked).await {
                Err(error) if ["authorization_pending", "slow_down"].contains(&error.as_str()) => {
                    pause(Duration::from_secs(2)).await;
                }
                settled => return settled,
            }
        }
        Err("nothing was decided".to_owned())
    }
}

impl Drop for Realm {
    /// With the whole group: `kc.sh` starts Java, and at its first start a second one.
    fn drop(&mut self) {
        if let Some(process) = self.child.id() {
            let group = format!("-{process}");
            drop(std::process::Command::new("kill").args(["-KILL", "--", &group]).status());
        }
    }
}

/// The realm as `docs/keycloak.md` says, with sign-ins that live so long, and quicker polls.
fn realm(seconds: u32) -> Value {
    let attributes = json!({
        "cibaBackchannelTokenDeliveryMode": "poll", "cibaExpiresIn": seconds.to_string(), "cibaInterval": "1",
    });
    json!({ "realm": NAME, "enabled": true, "attributes": attributes })
}
