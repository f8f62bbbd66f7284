//! Keycloak as a process of its own, with a realm, two clients and users made over its admin API, and what a client asks it.

use std::path::Path;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::Child;

use super::guide::{Ask, Guide};
use super::line::{Line, client};
use super::tied;
use crate::live::{LiveServer, pause};

pub(super) const NAME: &str = "broker";
/// The guide's client that polls, and the one that is pinged.
pub(super) const POLL: &str = "broker-web";
pub(super) const PING: &str = "broker-ping";
const SECRET: &str = "SECRET";
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
    made_of: Value,
}

impl Realm {
    /// Starts Keycloak with the options of the guide, and makes its realm.
    pub(super) async fn start(folder: &Path, line: &Line, guide: &Guide, server: &LiveServer) -> Self {
        let log = std::env::temp_dir().join(format!("inkan-keycloak-{}.log", std::process::id()));
        let out = std::fs::File::create(&log).unwrap();
        // unpacked by `jar`, which leaves no file that can be run
        let child = tied::command("bash")
            .arg(folder.join("bin/kc.sh"))
            .args(["start-dev", "--db=dev-mem", "--http-host=127.0.0.1"])
            .arg(format!("--http-port={}", line.keycloak_port))
            .arg(format!("--truststore-paths={}", server.root_file().display()))
            .args(guide.options(&server.origin))
            .env("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN)
            .env("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN)
            .env("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m")
            .stderr(out.try_clone().unwrap())
            .stdout(out)
            .spawn()
            .unwrap();
        let client = client();
        let made_of = guide.realm();
        let mut realm = Self { child, client, origin: line.origin(), admin: String::new(), made_of };
        let mut looks = 0;
        while !realm.sign_in_admin().await {
            looks += 1;
            let ended = realm.child.try_wait().unwrap();
            let text = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(ended.is_none() && looks < LOOKS, "Keycloak did not start: {}", text());
            pause(PAUSE).await;
        }
        realm.make(guide).await;
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

    async fn make(&mut self, guide: &Guide) {
        assert_eq!(self.made_of["realm"], NAME);
        self.admin("", self.made_of.clone()).await;
        let clients = guide.clients();
        assert_eq!([&clients[0]["clientId"], &clients[1]["clientId"]], [POLL, PING]);
        for client in clients {
            assert_eq!(client["secret"], SECRET);
            self.admin(&format!("/{NAME}/clients"), client).await;
        }
    }

    /// Sign-ins that are asked for from now on live so long.
    pub(super) async fn give_seconds(&mut self, seconds: u32) {
        assert!(self.sign_in_admin().await);
        let mut realm = self.made_of.clone();
        realm["attributes"]["cibaExpiresIn"] = seconds.to_string().into();
        let request = self.client.put(format!("{}/admin/realms/{NAME}", self.origin));
        let response = request.bearer_auth(&self.admin).json(&realm).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 204);
    }

    pub(super) async fn add_user(&mut self, user: &str) {
        let user = json!({ "username": user, "enabled": true });
        self.admin(&format!("/{NAME}/users"), user).await;
    }

    /// A client's backchannel authentication request, as the guide makes it; its `auth_req_id`.
    pub(super) async fn ask_by(&self, ask: &Ask) -> String {
        assert_eq!(ask.secret, SECRET);
        let path = ask.url.strip_prefix(&self.origin).unwrap();
        let form: Vec<(&str, &str)> =
            ask.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (status, body) = self.post_form(path, &form, Some(&ask.client)).await;
        assert_eq!(status, 200, "{body}");
        body["auth_req_id"].as_str().unwrap().to_owned()
    }

    /// Another one.
    pub(super) async fn ask(&self, client: &str, user: &str, more: &[(&str, &str)]) -> String {
        let (status, body) = self.try_to_ask(client, user, more).await;
        assert_eq!(status, 200, "{body}");
        body["auth_req_id"].as_str().unwrap().to_owned()
    }

    /// One that Keycloak does not take; the status.
    pub(super) async fn ask_refused(&self, client: &str, user: &str, more: &[(&str, &str)]) -> u16 {
        self.try_to_ask(client, user, more).await.0
    }

    async fn try_to_ask(&self, client: &str, user: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let form = [&[("scope", "openid"), ("login_hint", user)], more].concat();
        let path = format!("/realms/{NAME}/protocol/openid-connect/ext/ciba/auth");
        self.post_form(&path, &form, Some(client)).await
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
    fn drop(&mut self) {
        tied::end(&mut self.child);
    }
}
