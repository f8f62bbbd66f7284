//! `docs/push.md`, run as it stands: its tables of the configuration, its commands, and what it says of both. Nothing of it
//! leaves this machine: where a provider is asked, nobody listens.

#![allow(clippy::unwrap_used, reason = "all of this file is tests, its helpers too")]

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use inkan_server::clock::{Clock as _, SystemClock};
use inkan_server::push::{Outcome, PROVIDERS, ProviderState};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

const GUIDE: &str = include_str!("../../docs/push.md");
/// Made for tests; they open nothing.
const RSA: &str = include_str!("../src/push/fcm/key-of-tests.pem");
const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPPipFOAP+LWLd4Hw
qX7ekdABC6zsjtthI196OzoRX3+hRANCAATjepcVs0Opl4Ieo8m/ixSz7L8kATcY
zWEB/+9jY/X3TM+2t1xI3UT5Ib8mW+gM/y6VY4rJKQ5iXxzzePWe6ZMt
-----END PRIVATE KEY-----
";

/// The guide's blocks in this language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let begin = format!("```{language}\n");
    GUIDE.split(begin.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// An operator's folder: a whole configuration with every table of the guide, and no key file yet.
struct Folder {
    _below: tempfile::TempDir,
    path: PathBuf,
    /// Where nobody listens.
    nobody: String,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inkan");
        let made = inkan().args(["init", "--demo", "--dir"]).arg(&path).output().unwrap();
        assert_eq!(made.status.code(), Some(0), "{}", said(&made));
        let file = path.join("inkan.toml");
        let tables = blocks("toml");
        assert_eq!(tables.len(), PROVIDERS.len(), "a table for each provider");
        fs::write(
            &file,
            [&[fs::read_to_string(&file).unwrap().as_str()], tables.as_slice()].concat().join("\n"),
        )
        .unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        Self { _below: folder, path, nobody: format!("https://127.0.0.1:{port}") }
    }

    /// Puts a file there that others can read, as a browser leaves it.
    fn put(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        let _ = fs::remove_file(&path);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    fn account(&self) -> String {
        serde_json::json!({
            "type": "service_account",
            "project_id": "p",
            "private_key_id": "k",
            "private_key": RSA,
            "client_email": "push@p.iam.gserviceaccount.com",
            "token_uri": format!("{}/token", self.nobody),
        })
        .to_string()
    }

    /// A line of the guide, typed in this folder.
    fn types(&self, line: &str) -> Output {
        let folder = Path::new(env!("CARGO_BIN_EXE_inkan")).parent().unwrap();
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let mut shell = clean(Command::new("sh"));
        shell.args(["-ec", line]).current_dir(&self.path).env("PATH", path);
        shell.env("INKAN_PUSH_APNS_ENDPOINT", &self.nobody).env("INKAN_PUSH_FCM_ENDPOINT", &self.nobody);
        shell.output().unwrap()
    }
}

fn clean(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("INKAN_")) {
        command.env_remove(name);
    }
    command
}

fn inkan() -> Command {
    clean(Command::new(env!("CARGO_BIN_EXE_inkan")))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn its_commands_and_tables_do_what_it_says() {
    let folder = Folder::new();
    let commands = blocks("sh").concat();
    let lines: Vec<&str> = commands.lines().collect();
    let [chmod, offline, online] = lines.as_slice() else { panic!("{lines:?}") };

    // no file yet: both are named, with what to do
    let missing = folder.types(offline);
    assert_eq!(missing.status.code(), Some(2));
    for word in ["push.apns.key", "AuthKey_ABC123DEFG.p8", "push.fcm.service_account", "firebase.json"] {
        assert!(said(&missing).contains(word), "{word}: {}", said(&missing));
    }
    // the files the other way round, and then readable for others
    folder.put("AuthKey_ABC123DEFG.p8", RSA);
    folder.put("firebase.json", &folder.account().replace("service_account", "authorized_user"));
    let open = folder.types(offline);
    assert_eq!(open.status.code(), Some(2));
    assert!(said(&open).contains("chmod 600"), "{}", said(&open));
    assert!(folder.types(chmod).status.success());
    let wrong = folder.types(offline);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("no P-256 private key") && said(&wrong).contains("authorized_user"));
    assert!(!said(&wrong).contains("MII"), "a key is shown");

    folder.put("AuthKey_ABC123DEFG.p8", P256);
    folder.put("firebase.json", &folder.account());
    assert!(folder.types(chmod).status.success());
    let good = folder.types(offline);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    assert!(said(&good).contains("the public key for apps is B"), "{}", said(&good));
    // the providers are asked: here nobody answers
    let asked = folder.types(online);
    assert_eq!(asked.status.code(), Some(1), "{}", said(&asked));
    for word in ["apns:", "fcm:", "does not answer", "Push webpush: usable."] {
        assert!(said(&asked).contains(word), "{word}: {}", said(&asked));
    }
}

#[test]
fn it_names_every_outcome_and_every_state() {
    let none = Duration::ZERO;
    for outcome in [
        Outcome::DeliveredToProvider,
        Outcome::TokenGone { since: None },
        Outcome::Throttled { retry_after: none },
        Outcome::ProviderDown,
        Outcome::Misconfigured { why: String::new() },
    ] {
        assert!(GUIDE.contains(&format!("\n| `{}` |", outcome.as_str())), "{outcome:?}");
    }
    for state in ProviderState::ALL {
        assert!(GUIDE.contains(&format!("`{}`", state.as_str())), "{state:?}");
    }
}

#[test]
fn a_certificate_that_ends_is_told_by_the_check() {
    let folder = Folder::new();
    folder.put("AuthKey_ABC123DEFG.p8", P256);
    folder.put("firebase.json", &folder.account());
    let commands = blocks("sh").concat();
    let lines: Vec<&str> = commands.lines().collect();
    assert!(folder.types(lines[0]).status.success());
    let printed = folder.types("inkan config print");
    let table: toml::Table = String::from_utf8(printed.stdout).unwrap().parse().unwrap();
    let of = |name: &str| folder.path.join(table["tls"][name].as_str().unwrap());
    let now = Timestamp::from_second(SystemClock.now().try_into().unwrap()).unwrap();
    let today = TimeZone::UTC.to_datetime(now).date();
    let day = |days: i64| {
        let then = today.checked_add(days.days()).unwrap();
        date_time_ymd(then.year().into(), then.month().try_into().unwrap(), then.day().try_into().unwrap())
    };
    let check = |first: i64, last: i64| {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (day(first), day(last));
        let key = KeyPair::generate().unwrap();
        fs::write(of("certificate"), params.self_signed(&key).unwrap().pem()).unwrap();
        let _ = fs::remove_file(of("key"));
        let mut private = fs::OpenOptions::new();
        let mut private = private.write(true).create_new(true).mode(0o600).open(of("key")).unwrap();
        std::io::Write::write_all(&mut private, key.serialize_pem().as_bytes()).unwrap();
        let output = folder.types("inkan config check --offline");
        (output.status.code(), said(&output))
    };
    let (code, words) = check(-30, 60);
    assert!(code == Some(0) && !words.contains("tls.certificate"), "{words}");
    let (code, words) = check(-80, 10);
    assert!(
        code == Some(0) && words.contains("tls.certificate") && words.contains("days; renew it"),
        "{words}"
    );
    let (code, words) = check(-80, -1);
    assert!(code == Some(2) && words.contains("has ended"), "{words}");
    let (code, words) = check(2, 60);
    assert!(code == Some(0) && words.contains("clock"), "{words}");
}
