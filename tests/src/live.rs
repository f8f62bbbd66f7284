//! The real `inkan` program over real sockets with TLS, as a child process: started, killed, started again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use reqwest::{Client, Method};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::signer::{Claiming, SigningPhone};

/// A server in a folder of its own.
pub struct LiveServer {
    folder: TempDir,
    program: PathBuf,
    child: Option<Child>,
    settings: Vec<String>,
    key: String,
    /// Its origin.
    pub origin: String,
    /// A client that trusts it.
    pub client: Client,
}

/// An answer: status and JSON body.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON body, or null.
    pub body: Value,
}

impl Reply {
    /// A member that is text.
    pub fn text(&self, member: &str) -> &str {
        self.body.get(member).and_then(Value::as_str).unwrap_or_else(|| panic!("no {member} in {self:?}"))
    }
}

impl LiveServer {
    /// Sets a server up and starts it.
    pub async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    /// The same with fields of the configuration, each `name=value`.
    pub async fn start_with(settings: Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = built("inkan");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let run = |arguments: &[&str]| {
            let output = Command::new(&program).args(arguments).current_dir(folder.path()).output().unwrap();
            assert!(
                output.status.success(),
                "inkan {arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        run(&["init", "--dir", "server", "--demo", "--port", &port.to_string()]);
        let scopes = "enroll,ask,read,manage";
        let key =
            run(&["key", "create", "--config", "server/inkan.toml", "--name", "load", "--scopes", scopes]);
        let client = client(&folder.path().join("server/ca.pem"));
        let origin = format!("https://localhost:{port}");
        let mut server = Self { folder, program, child: None, settings, key, origin, client };
        server.resume().await;
        server
    }

    /// Starts the program over what is on the disk.
    pub async fn resume(&mut self) {
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let mut child = tokio::process::Command::new(&self.program)
            .args(["serve", "--config", "server/inkan.toml"])
            .args(self.settings.iter().flat_map(|setting| ["--set", setting.as_str()]))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.next_line().await.unwrap();
        assert!(ready.as_deref().is_some_and(|line| line.starts_with("ready")), "{ready:?}: {}", self.log());
        self.child = Some(child);
    }

    /// Kills the program as `kill -9` does, with requests on their way.
    pub fn strike(&self) {
        let process = self.child.as_ref().and_then(Child::id).unwrap().to_string();
        assert!(Command::new("kill").args(["-9", &process]).status().unwrap().success());
    }

    /// Asks the program to end, as a supervisor does.
    pub fn end(&self) {
        let process = self.child.as_ref().and_then(Child::id).unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    }

    /// The file of the authority behind the server's certificate.
    pub fn root_file(&self) -> PathBuf {
        self.folder.path().join("server/ca.pem")
    }

    /// Waits until the program is gone, and says whether it ended by itself and well.
    pub async fn gone(&mut self) -> bool {
        match self.child.take() {
            Some(mut child) => child.wait().await.unwrap().success(),
            None => false,
        }
    }

    /// Waits until the program has written this to its log.
    pub async fn wait_for_log(&self, words: &str, patience: Duration) {
        let written = async {
            while !self.log().contains(words) {
                pause(Duration::from_millis(50)).await;
            }
        };
        assert!(tokio::time::timeout(patience, written).await.is_ok(), "no {words:?} in {}", self.log());
    }

    /// Processor time of the program so far, in seconds (user and system; Linux).
    pub fn cpu_seconds(&self) -> f64 {
        cpu_seconds(self.child.as_ref().and_then(Child::id).unwrap())
    }

    /// Memory of the program that lies in RAM, in bytes (Linux).
    pub fn resident_bytes(&self) -> u64 {
        let process = self.child.as_ref().and_then(Child::id).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
    }

    /// What the program wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A call of the relying party; `Err` where there was no answer.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply, reqwest::Error> {
        let mut request =
            self.client.request(method, format!("{}{path}", self.origin)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        reply(request.send().await?).await
    }

    /// A signed message of a phone.
    pub async fn post(&self, path: &str, message: &str) -> Result<Reply, reqwest::Error> {
        let request = self.client.post(format!("{}{path}", self.origin));
        reply(request.header("content-type", "application/jose").body(message.to_owned()).send().await?).await
    }

    /// A read of a phone in its session.
    pub async fn read(&self, path: &str, session: &str) -> Result<Reply, reqwest::Error> {
        let request = self.client.get(format!("{}{path}", self.origin));
        reply(request.header("authorization", format!("Inkan-Session {session}")).send().await?).await
    }

    /// Opens a phone's read-only session.
    pub async fn session(&self, phone: &SigningPhone) -> Result<String, reqwest::Error> {
        let request = self.client.post(format!("{}/d/v1/session", self.origin));
        let signed = phone.request("POST", "/d/v1/session", b"", now());
        let opened = reply(request.header("inkan-request", signed).send().await?).await?;
        assert_eq!(opened.status, 201, "{opened:?}");
        Ok(opened.text("session").to_owned())
    }

    /// The authority behind the server's certificate, in DER.
    pub fn root(&self) -> Vec<u8> {
        CertificateDer::from_pem_file(self.folder.path().join("server/ca.pem")).unwrap().to_vec()
    }

    /// Begins an enrollment for a user.
    pub async fn begin(&self, user: &str) -> Result<Reply, reqwest::Error> {
        let body = json!({
            "user": user,
            "display_name": "***4567",
            "authentication": {"methods": ["identity_proof"], "at": "2026-01-01T00:00:00Z"},
        });
        let begun = self.call(Method::POST, "/v1/enrollments", Some(&body)).await?;
        assert_eq!(begun.status, 201, "{begun:?}");
        Ok(begun)
    }

    /// Types the six digits into the page of an enrollment.
    pub async fn confirm(&self, enrollment: &str, digits: &str) -> Result<(), reqwest::Error> {
        let path = format!("/v1/enrollments/{enrollment}/confirm");
        let confirmed = self.call(Method::POST, &path, Some(&json!({ "code": digits }))).await?;
        assert_eq!(confirmed.status, 200, "{confirmed:?}");
        Ok(())
    }

    /// Enrolls a phone for a user.
    pub async fn enroll(&self, user: &str) -> Result<SigningPhone, reqwest::Error> {
        let begun = self.begin(user).await?;
        let claiming = Claiming::new(begun.text("uri"), now());
        let claimed = self.post("/d/v1/enroll", claiming.message()).await?;
        assert_eq!(claimed.status, 200, "{claimed:?}");
        let (phone, code) = claiming.finish(claimed.text("enrollment"), claimed.text("keys"));
        self.confirm(begun.text("id"), &code).await?;
        Ok(phone)
    }

    /// Registers a phone's doorbell: a Web Push service at this address.
    pub async fn register_push(&self, phone: &SigningPhone, endpoint: &str) -> Result<(), reqwest::Error> {
        let key = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key();
        let body = json!({
            "provider": "webpush",
            "token": endpoint,
            "p256dh": URL_SAFE_NO_PAD.encode(key.to_sec1_point(false).as_bytes()),
            "auth": URL_SAFE_NO_PAD.encode([9; 16]),
        })
        .to_string();
        let signed = phone.request("PUT", "/d/v1/push", body.as_bytes(), now());
        let request = self.client.put(format!("{}/d/v1/push", self.origin)).header("inkan-request", signed);
        let kept = reply(request.header("content-type", "application/json").body(body).send().await?).await?;
        assert_eq!(kept.status, 204, "{kept:?}");
        Ok(())
    }

    /// Asks a user to sign in, mode `number`.
    pub async fn ask(&self, user: &str) -> Result<Reply, reqwest::Error> {
        let body = json!({
            "user": user,
            "operation": "login",
            "details": [],
            "origin": {"ip": "203.0.113.24", "user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0", "session": user},
            "start": "number",
        });
        self.call(Method::POST, "/v1/challenges", Some(&body)).await
    }

    /// The first challenge that waits for a phone.
    pub async fn first_pending(&self, session: &str) -> Result<Option<String>, reqwest::Error> {
        let pending = self.read("/d/v1/challenges", session).await?;
        let first = pending.body.get("challenges").and_then(|list| list.get(0)).and_then(Value::as_str);
        Ok(first.map(ToOwned::to_owned))
    }
}

async fn reply(response: reqwest::Response) -> Result<Reply, reqwest::Error> {
    let status = response.status().as_u16();
    let bytes = response.bytes().await?;
    Ok(Reply { status, body: serde_json::from_slice(&bytes).unwrap_or_default() })
}

/// Processor time of a process so far, in seconds (Linux counts in hundredths).
pub fn cpu_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: u32 = fields.get(11..13).unwrap().iter().map(|field| field.parse::<u32>().unwrap()).sum();
    f64::from(ticks) / 100.0
}

/// A client that trusts the certificates of a file.
pub fn client(trust: &Path) -> Client {
    inkan_demo_broker::api::client(trust).unwrap()
}

/// Between two looks at a program that runs in real time.
#[expect(clippy::disallowed_methods, reason = "a real server is waited for in real time")]
pub async fn pause(pause: Duration) {
    tokio::time::sleep(pause).await;
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a real server is asked in real time")]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A program of the workspace, built in the profile of this one, with the features of a build of the whole workspace:
/// what `cargo test --workspace` has compiled is not compiled again.
fn built(program: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder =
        own.ancestors().find(|folder| folder.ends_with("debug") || folder.ends_with("release")).unwrap();
    let mut command = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    command.args(["build", "--quiet", "--locked", "--bin", program]);
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .env("CARGO_TARGET_DIR", folder.parent().unwrap());
    if folder.ends_with("release") {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success(), "{program} does not build");
    folder.join(program)
}
