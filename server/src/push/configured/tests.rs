use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;
use crate::clock::ManualClock;
use crate::config::Sources;
use crate::outbound::SystemNames;
use crate::push::ProviderState;
use crate::random::SystemRandom;

const RSA: &str = include_str!("../fcm/key-of-tests.pem");
const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPPipFOAP+LWLd4Hw
qX7ekdABC6zsjtthI196OzoRX3+hRANCAATjepcVs0Opl4Ieo8m/ixSz7L8kATcY
zWEB/+9jY/X3TM+2t1xI3UT5Ib8mW+gM/y6VY4rJKQ5iXxzzePWe6ZMt
-----END PRIVATE KEY-----";

fn config(folder: &Path, more: &[(&str, &str)]) -> Config {
    let needed = [
        ("server_name", "https://auth.example.jp"),
        ("profile", "dev"),
        ("tls.certificate", "a.pem"),
        ("tls.key", "a.key"),
        ("relying_party.id", "a"),
        ("relying_party.name", "A"),
        ("data_dir", folder.to_str().unwrap()),
    ];
    let flags = needed.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_sources(&Sources { flags: flags.collect(), ..Sources::default() }).unwrap()
}

fn opened(config: &Config) -> Pushes {
    let outbound = Outbound::new(&[], Vec::new(), Arc::new(SystemNames)).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(1_795_583_109));
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    open(config, &outbound, &clock, &random)
}

fn write(path: &Path, text: &str) {
    let _ = std::fs::remove_file(path);
    private_file::create(path, text.as_bytes()).unwrap();
}

fn account(key: &str) -> String {
    serde_json::json!({
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "k",
        "private_key": key,
        "client_email": "a@p.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    })
    .to_string()
}

#[tokio::test]
async fn a_file_that_cannot_be_used_leaves_its_provider_out_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (p8, json) = (folder.path().join("AuthKey.p8"), folder.path().join("account.json"));
    let config = config(
        folder.path(),
        &[
            ("push.apns.key", p8.to_str().unwrap()),
            ("push.apns.key_id", "ABC123DEFG"),
            ("push.apns.team_id", "DEF123GHIJ"),
            ("push.apns.topic", "jp.example.inkan"),
            ("push.fcm.service_account", json.to_str().unwrap()),
            ("push.web.contact", "mailto:operator@broker.example.jp"),
        ],
    );
    let why = |provider| {
        let pushes = opened(&config);
        assert_eq!(pushes.state(provider), ProviderState::Unusable);
        assert!(pushes.of(provider).is_none());
        pushes.unusable.into_iter().find(|one| one.provider == provider).unwrap().why
    };
    let says = |provider, parts: &[&str]| {
        let why = why(provider);
        assert!(parts.iter().all(|part| why.contains(part)), "{why}");
        assert!(!why.contains("MIG") && !why.contains("MII"), "a key is shown: {why}");
    };
    says(PushProvider::Apns, &["push.apns.key", "AuthKey.p8", "make a new key"]);
    says(PushProvider::Fcm, &["push.fcm.service_account", "account.json", "Firebase console"]);
    says(PushProvider::Webpush, &["web-push.key", "inkan keys make"]);

    write(&p8, RSA);
    write(&json, &account(P256));
    std::fs::create_dir_all(config.sealing_folder()).unwrap();
    write(&VapidKey::path(&config.sealing_folder()), P256);
    says(PushProvider::Apns, &["push.apns.key", "no P-256 private key"]);
    says(PushProvider::Fcm, &["push.fcm.service_account", "RSA"]);
    says(PushProvider::Webpush, &["web-push.key", "PKCS#8 in DER"]);

    write(&p8, P256);
    write(&json, &account(RSA));
    std::fs::remove_file(VapidKey::path(&config.sealing_folder())).unwrap();
    assert!(make_missing_key(&config).unwrap());
    assert!(!make_missing_key(&config).unwrap());
    let pushes = opened(&config);
    assert_eq!(pushes.unusable, []);
    for (provider, _) in crate::push::PROVIDERS {
        assert_eq!(pushes.state(provider), ProviderState::Ready);
    }
    for (path, provider) in [(&p8, PushProvider::Apns), (&json, PushProvider::Fcm)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
        says(provider, &["0644", "chmod 600"]);
    }
}

#[tokio::test]
async fn what_is_not_configured_is_off() {
    let folder = tempfile::tempdir().unwrap();
    let pushes = opened(&config(folder.path(), &[]));
    for (provider, _) in crate::push::PROVIDERS {
        assert_eq!(pushes.state(provider), ProviderState::Off);
    }
}
