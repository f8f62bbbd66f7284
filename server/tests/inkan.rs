//! The `inkan` command as an operator meets it: exit codes, what stands on standard output, and a server over a real
//! socket with TLS.

#![allow(clippy::unwrap_used, reason = "all of this file is tests, its helpers too")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;

use inkan_protocol::ids::Thumbprint;
use inkan_protocol::keys::verify_key_set;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn inkan(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkan"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("INKAN_")) {
        command.env_remove(name);
    }
    command.args(args);
    command
}

fn run(args: &[&str]) -> Output {
    inkan(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Ran well, and printed this.
fn good(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", error(&output));
    out(&output)
}

/// Was refused with this exit code, a sentence on standard error, and nothing on standard output.
fn refused(args: &[&str], code: i32) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {} {}", out(&output), error(&output));
    assert_eq!(out(&output), "", "{args:?}");
    error(&output)
}

struct Demo {
    _folder: tempfile::TempDir,
    dir: PathBuf,
    config: String,
    port: u16,
}

impl Demo {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("demo");
        // free now; whoever takes it in between fails this test with a clear message
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        good(&["init", "--dir", dir.to_str().unwrap(), "--demo", "--port", &port.to_string()]);
        let config = dir.join("inkan.toml").to_str().unwrap().to_owned();
        Self { _folder: folder, dir, config, port }
    }

    fn good(&self, args: &[&str]) -> String {
        good(&[args, &["--config", &self.config]].concat())
    }

    fn refused(&self, args: &[&str], code: i32) -> String {
        refused(&[args, &["--config", &self.config]].concat(), code)
    }

    fn identity(&self) -> Thumbprint {
        self.good(&["identity"]).trim_end().parse().unwrap()
    }

    /// Starts a server and returns when it says that it is ready.
    fn serve(&self) -> Server {
        let mut child = inkan(&["serve", "--config", &self.config])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut ready = String::new();
        stdout.read_line(&mut ready).unwrap();
        assert_eq!(ready, format!("ready https://localhost:{}\n", self.port));
        Server { child, stdout, log, seen: String::new() }
    }

    /// One request over TLS, and the whole answer.
    fn request(&self, head: &str) -> String {
        let mut tls = self.connect();
        write!(tls, "{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        tls.read_to_string(&mut answer).unwrap();
        answer
    }

    fn connect(&self) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.dir.join("ca.pem")).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = "localhost".try_into().unwrap();
        let tls = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(tls, TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap())
    }
}

struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    log: BufReader<ChildStderr>,
    seen: String,
}

impl Server {
    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Returns when the log has a line with this text.
    fn until(&mut self, text: &str) {
        while !self.seen.contains(text) {
            assert_ne!(self.log.read_line(&mut self.seen).unwrap(), 0, "no {text:?} in {}", self.seen);
        }
    }

    /// Ends it and answers its log.
    fn end(mut self) -> String {
        self.signal("-TERM");
        self.log.read_to_string(&mut self.seen).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{}", self.seen);
        let mut more = String::new();
        self.stdout.read_to_string(&mut more).unwrap();
        assert_eq!(more, "", "one line and no more");
        std::mem::take(&mut self.seen)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // after `end` there is nothing to kill, and that is fine
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_demo_is_whole_and_is_never_written_over() {
    let demo = Demo::new();
    let said = demo.good(&["config", "check"]);
    assert!(said.starts_with("The configuration holds.") && said.contains("profile: dev"), "{said}");
    let printed = demo.good(&["config", "print"]);
    assert!(printed.contains("みらい証券（デモ）") && printed.contains("https://localhost:9443/return"));
    for file in ["inkan.toml", "ca.pem", "tls.pem", "tls.key", "data/keys/live/identity.key"] {
        assert_eq!(mode(&demo.dir.join(file)), 0o600, "{file}");
    }
    assert_eq!(mode(&demo.dir.join("data")), 0o700);
    let identity = demo.identity();
    let again = refused(&["init", "--dir", demo.dir.to_str().unwrap(), "--demo"], 2);
    assert!(again.contains("already exists"), "{again}");
    assert!(demo.refused(&["keys", "make"], 2).contains("already exists"));
    assert_eq!(demo.identity(), identity);
    assert_ne!(demo.good(&["identity", "--test"]).trim_end(), identity.to_string());
}

#[test]
fn a_configuration_to_fill_in_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    assert!(good(&["init", "--dir", dir]).contains("inkan config check"));
    let config = folder.path().join("inkan.toml");
    let config = config.to_str().unwrap();
    let said = refused(&["config", "check", "--config", config], 2);
    for field in ["server_name", "relying_party.id", "relying_party.name"] {
        assert!(said.contains(&format!("{field}: ")), "{field}: {said}");
    }
    let said = refused(&["config", "check", "--config", "/nowhere/inkan.toml"], 2);
    assert!(said.contains("/nowhere/inkan.toml") && said.contains("inkan init"), "{said}");
    let said = refused(&["config", "check", "--config", config, "--set", "profil=dev"], 2);
    assert!(said.contains("did you mean profile?"), "{said}");
    let output =
        inkan(&["config", "check", "--config", config]).env("INKAN_PROFILE", "prod").output().unwrap();
    assert!(error(&output).contains("profile: INKAN_PROFILE: \"prod\""), "{}", error(&output));
}

#[test]
fn an_api_key_is_shown_once_and_can_be_revoked() {
    let demo = Demo::new();
    let key = demo.good(&["key", "create", "--name", "backend", "--scopes", "ask,read"]);
    assert!(key.starts_with("ik_live_") && key.trim_end().len() == 51 && key.lines().count() == 1, "{key}");
    let test = demo.good(&["key", "create", "--name", "ci", "--scopes", "ask", "--test"]);
    assert!(test.starts_with("ik_test_"));
    let list = demo.good(&["key", "list"]);
    assert!(
        list.contains("backend") && list.contains("ask,read") && !list.contains(key.trim_end()),
        "{list}"
    );
    let id =
        list.lines().find(|line| line.ends_with("backend")).unwrap().split(' ').next().unwrap().to_owned();
    demo.good(&["key", "revoke", &id]);
    assert!(demo.good(&["key", "list"]).contains("revoked"));
    assert!(demo.refused(&["key", "revoke", &id], 2).contains("revoked before"));
    assert!(
        demo.refused(&["key", "create", "--name", "x", "--scopes", "everything"], 2).contains("enroll, ask")
    );
    let off = ["key", "create", "--name", "x", "--scopes", "ask", "--test", "--set", "test_mode=false"];
    assert!(demo.refused(&off, 2).contains("test mode is off"));
    assert!(demo.good(&["audit", "verify"]).contains("The log holds: 3 rows"));
    assert_eq!(mode(&demo.dir.join("data/inkan.sqlite")), 0o600);
}

#[test]
fn the_log_is_checked_against_a_head_that_was_kept() {
    let demo = Demo::new();
    let create = ["key", "create", "--name", "x", "--scopes", "ask"];
    demo.good(&create);
    let head: serde_json::Value = serde_json::from_str(&demo.good(&["audit", "head"])).unwrap();
    let kept = format!("{}:{}", head["row"], head["hash"].as_str().unwrap());
    demo.good(&create);
    demo.good(&["audit", "verify", "--head", &kept]);
    let rows = demo.good(&["audit", "export"]);
    assert_eq!(rows.lines().count(), 2);
    let published: inkan_protocol::log::PublishedHead =
        serde_json::from_str(&demo.good(&["audit", "export", "--from", "2", "--published-at", "7"])).unwrap();
    assert!(published.chain().is_some() && published.row == 2);
    let store = rusqlite::Connection::open(demo.dir.join("data/inkan.sqlite")).unwrap();
    store.execute("DELETE FROM audit", []).unwrap();
    assert!(demo.refused(&["audit", "verify", "--head", &kept], 1).contains("cut off"));
    drop(store);
    demo.good(&create);
    let store = rusqlite::Connection::open(demo.dir.join("data/inkan.sqlite")).unwrap();
    store.execute("UPDATE audit SET time = time + 1", []).unwrap();
    assert!(demo.refused(&["audit", "verify"], 1).contains("row 1"));
}

#[test]
fn keys_rotate_and_are_revoked() {
    let demo = Demo::new();
    let list = demo.good(&["keys", "list"]);
    let first = list.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert!(list.starts_with("key set 1,") && list.contains("in force"), "{list}");
    demo.good(&["keys", "rotate"]);
    assert!(demo.refused(&["keys", "rotate"], 2).contains("already listed"));
    assert!(demo.good(&["keys", "revoke", &first]).contains("signs from now"));
    let list = demo.good(&["keys", "list"]);
    assert!(list.starts_with("key set 3,") && list.contains("waits") && list.contains("revoked"), "{list}");
    // a thumbprint may begin with a dash
    let unknown = format!("-{}", "A".repeat(42));
    assert!(demo.refused(&["keys", "revoke", &unknown], 2).contains("no key -A"));
    assert!(demo.refused(&["keys", "revoke", "short"], 2).contains("43 characters"));
    assert!(demo.good(&["keys", "rotate-sealing"]).contains("Sealing key 2"));
}

#[test]
fn evidence_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evidence.json");
    let path = file.to_str().unwrap();
    let identity = "A".repeat(43);
    let verify = |code| refused(&["evidence", "verify", path, "--identity", &identity], code);
    assert!(verify(2).contains("cannot read"));
    std::fs::write(&file, "{}").unwrap();
    assert!(verify(2).contains("is not an evidence bundle"));
    let bundle = serde_json::json!({
        "enrollment_record": "x", "challenge": "x", "answer": "x", "receipt": "x", "key_sets": []
    });
    std::fs::write(&file, bundle.to_string()).unwrap();
    assert!(verify(1).contains("the evidence does not hold: key_sets"));
    assert!(refused(&["evidence", "verify", path, "--identity", "me"], 2).contains("43 characters"));
}

#[test]
fn the_document_of_the_api_is_openapi() {
    let document: serde_json::Value = serde_json::from_str(&good(&["openapi"])).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn a_server_says_ready_serves_over_tls_and_ends_in_order() {
    let demo = Demo::new();
    let server = demo.serve();
    let answer = demo.request("GET /d/v1/keys HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body: serde_json::Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let name = format!("https://localhost:{}", demo.port).parse().unwrap();
    let identity = demo.identity();
    let set = verify_key_set(body["keys"].as_str().unwrap(), &name, identity).unwrap();
    assert_eq!(set.payload().version, 1);
    assert!(demo.request("GET /nowhere HTTP/1.1").contains("\"not_found\""));
    // a second server on the same port
    assert!(demo.refused(&["serve"], 2).contains("another server"));
    // a connection that says nothing does not hold the end back
    let silent = demo.connect();
    let log = server.end();
    drop(silent);
    assert!(log.contains("ended"), "{log}");
}

#[test]
fn a_long_poll_is_answered_when_the_server_ends() {
    let demo = Demo::new();
    let key = demo.good(&["key", "create", "--name", "ci", "--scopes", "ask,read", "--test"]);
    let mut server = demo.serve();
    // a test user without a device, who never answers
    let body = serde_json::json!({
        "user": "test_offline", "operation": "login", "details": [], "start": "number", "expires_in": 300,
        "origin": { "ip": "203.0.113.7", "user_agent": "Mozilla/5.0" }
    })
    .to_string();
    let authorization = format!("Authorization: Bearer {}\r\nHost: localhost", key.trim_end());
    let mut tls = demo.connect();
    let length = body.len();
    write!(
        tls,
        "POST /v1/challenges HTTP/1.1\r\n{authorization}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    tls.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let created: serde_json::Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let id = created["id"].as_str().unwrap();
    let mut tls = demo.connect();
    write!(tls, "GET /v1/challenges/{id}?wait=25 HTTP/1.1\r\n{authorization}\r\n\r\n").unwrap();
    tls.flush().unwrap();
    // by the time that another command has run and was noticed, the poll waits
    demo.good(&["keys", "rotate"]);
    server.signal("-HUP");
    server.until("version=2");
    let log = server.end();
    let mut answer = String::new();
    let _ = tls.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("pending"), "{answer}\n{log}");
}

#[test]
fn a_server_takes_over_new_keys_and_a_new_certificate_when_told() {
    let demo = Demo::new();
    let mut server = demo.serve();
    demo.good(&["keys", "rotate"]);
    let other = Demo::new();
    for file in ["ca.pem", "tls.pem", "tls.key"] {
        std::fs::copy(other.dir.join(file), demo.dir.join(file)).unwrap();
    }
    server.signal("-HUP");
    server.until("the certificate has changed");
    server.until("version=2");
    // this client knows the new authority alone
    assert!(demo.request("GET /d/v1/keys HTTP/1.1").starts_with("HTTP/1.1 200"));
    server.end();
}
