//! Web Push over a real distributor: Prosody with `mod_unified_push`, the push server of UnifiedPush phones that are
//! signed in over XMPP. What arrives is decrypted by `http_ece`.
//!
//! `cargo xtask push` fetches both and runs this; without them it is ignored.

#![allow(clippy::unwrap_used, reason = "all of this file is tests, its helpers too")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use inkan_protocol::enrollment::{Push, PushProvider};
use inkan_protocol::push_hint::PushHint;
use inkan_server::clock::{Clock as _, SystemClock};
use inkan_server::outbound::{Outbound, SystemNames};
use inkan_server::push::web_push::{VapidKey, WebPush};
use inkan_server::push::{Doorbell, Outcome, PushPort as _, Ring};
use inkan_server::random::SystemRandom;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use serde_json::Value;

/// A program that ends with its test.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "the program has ended");
        line
    }

    fn end(&mut self) {
        // one that has ended already is as good
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

struct Distributor {
    server: Running,
    root: CertificateDer<'static>,
    xmpp: u16,
}

/// Two at once, so that they differ.
fn free_ports() -> [u16; 2] {
    [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap()).map(|port| port.local_addr().unwrap().port())
}

/// `fetched`: Prosody's packages unpacked, and `node_modules`. `folder`: what this run writes.
fn start_distributor(fetched: &Path, folder: &Path) -> Distributor {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(folder.join("tls.pem"), cert.pem()).unwrap();
    fs::write(folder.join("tls.key"), signing_key.serialize_pem()).unwrap();
    let accounts = folder.join("localhost/accounts");
    fs::create_dir_all(&accounts).unwrap();
    fs::create_dir_all(folder.join("certs")).unwrap();
    fs::write(accounts.join("phone.dat"), "return { [\"password\"] = \"of tests\" };").unwrap();
    let [xmpp, https] = free_ports();
    let place = folder.display();
    let config = format!(
        r#"run_as_root = true
        pidfile = "{place}/prosody.pid"
        data_path = "{place}"
        log = {{ {{ levels = {{ min = "info" }}, to = "console" }} }}
        interfaces = {{ "127.0.0.1" }}
        c2s_ports = {{ {xmpp} }}
        s2s_ports = {{}}
        http_ports = {{}}
        https_ports = {{ {https} }}
        https_ssl = {{ key = "{place}/tls.key", certificate = "{place}/tls.pem" }}
        http_external_url = "https://localhost:{https}/"
        modules_enabled = {{ "saslauth", "disco", "unified_push" }}
        modules_disabled = {{ "s2s", "tls" }}
        authentication = "internal_plain"
        c2s_require_encryption = false
        allow_unencrypted_plain_auth = true
        unified_push_backend = "storage"
        VirtualHost "localhost"
        "#
    );
    fs::write(folder.join("prosody.cfg.lua"), config).unwrap();
    let root = fetched.join("root/usr");
    let program: String = fs::read_to_string(root.join("bin/prosody"))
        .unwrap()
        .lines()
        .map(|line| match line.split_once('=') {
            Some(("CFG_SOURCEDIR", _)) => {
                format!("CFG_SOURCEDIR='{}';\n", root.join("lib/prosody").display())
            }
            Some(("CFG_PLUGINDIR", _)) => {
                format!("CFG_PLUGINDIR='{}/';\n", root.join("lib/prosody/modules").display())
            }
            Some(("CFG_CONFIGDIR" | "CFG_DATADIR", _)) => {
                format!("{}='{place}';\n", line.split('=').next().unwrap())
            }
            _ => format!("{line}\n"),
        })
        .collect();
    fs::write(folder.join("prosody.lua"), &program).unwrap();
    let lua = program.lines().next().unwrap().rsplit(' ').next().unwrap();
    let mut server = Running::start(Command::new(lua).arg(folder.join("prosody.lua")).arg("-F"));
    // they come up in any order
    let mut awaited = vec!["'https' on [", "'c2s' on ["];
    while !awaited.is_empty() {
        let line = server.line();
        awaited.retain(|service| !line.contains(service));
    }
    Distributor { server, root: cert.der().clone(), xmpp }
}

fn doorbell(ring: Ring) -> Doorbell {
    let id = |text: &str| text.parse().unwrap();
    let hint = PushHint {
        v: 1,
        id: id("01890a5d-ac96-774b-bcce-b302099a8057"),
        collapse: id("01890a5d-ac96-774b-bcce-b302099a8058"),
    };
    Doorbell { hint, ring, until: SystemClock.now() + 120 }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a distributor: cargo xtask push"]
async fn a_push_reaches_a_phone_through_a_real_distributor_and_another_library_reads_it() {
    let fetched = PathBuf::from(std::env::var_os("INKAN_TEST_DISTRIBUTOR").unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut distributor = start_distributor(&fetched, folder.path());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/distributor/phone.mjs");
    let mut phone =
        Running::start(Command::new("node").arg(script).arg(distributor.xmpp.to_string()).arg(&fetched));
    let registered: Value = serde_json::from_str(&phone.line()).unwrap();
    let text = |name: &str| registered[name].as_str().unwrap().to_owned();
    let registration = Push {
        provider: PushProvider::Webpush,
        token: text("endpoint"),
        p256dh: Some(text("p256dh")),
        auth: Some(text("auth")),
    };
    registration.check().unwrap();

    VapidKey::create(folder.path()).unwrap();
    let allowed = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    let outbound =
        Outbound::new(std::slice::from_ref(&distributor.root), allowed, Arc::new(SystemNames)).unwrap();
    let contact = "mailto:operator@broker.example.jp".to_owned();
    let vapid = VapidKey::open(folder.path()).unwrap();
    let web_push =
        WebPush::new(outbound, vapid, contact, Arc::new(SystemClock), Arc::new(SystemRandom)).unwrap();

    for ring in [Ring::Look, Ring::Ended] {
        let doorbell = doorbell(ring);
        assert_eq!(web_push.ring(&registration, &doorbell).await, Outcome::DeliveredToProvider);
        let arrived: Value = serde_json::from_str(&phone.line()).unwrap();
        let text = arrived["text"].as_str().unwrap();
        assert_eq!(PushHint::parse(text.as_bytes()).unwrap(), doorbell.hint);
        assert_eq!(text, serde_json::to_string(&doorbell.hint).unwrap(), "and nothing else");
    }
    // the control: what is sealed for somebody else arrives and does not open
    let other = Push { auth: Some("AAAAAAAAAAAAAAAAAAAAAA".into()), ..registration.clone() };
    assert_eq!(web_push.ring(&other, &doorbell(Ring::Look)).await, Outcome::DeliveredToProvider);
    assert_eq!(phone.line(), "{\"text\":null}\n");

    let unknown = Push { token: format!("{}x", registration.token), ..registration.clone() };
    assert_eq!(web_push.ring(&unknown, &doorbell(Ring::Look)).await, Outcome::TokenGone { since: None });
    distributor.server.end();
    assert_eq!(web_push.ring(&registration, &doorbell(Ring::Look)).await, Outcome::ProviderDown);
}
