use std::collections::BTreeSet;

use super::fields::FIELDS;
use super::*;

const LEAST: &str = r#"
server_name = "https://auth.example.jp"
return_urls = ["https://www.example.jp/return"]
[tls]
certificate = "tls.pem"
key = "/etc/inkan/tls.key"
[relying_party]
id = "example"
name = "例証券"
"#;

fn sources(text: &str) -> Sources {
    Sources { file: Some(("/etc/inkan/inkan.toml".into(), text.to_owned())), ..Sources::default() }
}

fn read(text: &str) -> Result<Config, ConfigError> {
    Config::from_sources(&sources(text))
}

fn with(line: &str) -> Result<Config, ConfigError> {
    read(&format!("{line}\n{LEAST}"))
}

fn flag(name: &str, value: &str) -> Result<Config, ConfigError> {
    Config::from_sources(&Sources { flags: vec![(name.into(), value.into())], ..sources(LEAST) })
}

/// The one problem that there is.
fn refused(result: Result<Config, ConfigError>) -> Problem {
    let ConfigError(mut problems) = result.unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[test]
fn the_least_that_is_needed_and_the_defaults() {
    let config = read(LEAST).unwrap();
    assert_eq!(config.profile, Profile::Standard);
    assert_eq!(config.data_dir, PathBuf::from("/etc/inkan/data"));
    assert_eq!(config.tls.certificate, PathBuf::from("/etc/inkan/tls.pem"));
    assert_eq!(config.tls.key, PathBuf::from("/etc/inkan/tls.key"));
    assert_eq!(config.api_origin, config.server_name);
    assert_eq!((config.challenge.default_seconds, config.challenge.max_seconds), (120, 300));
    assert_eq!((config.redeem_seconds, config.number_digits), (300, 6));
    assert!(!config.test_mode);
    assert!(config.tier_floors.values().all(|floor| *floor == Tier::Number));
}

#[test]
fn everything_that_is_needed_is_named_at_once() {
    let ConfigError(problems) = read("").unwrap_err();
    let named: Vec<&str> = problems.iter().filter_map(|problem| problem.field.as_deref()).collect();
    assert_eq!(
        named,
        ["server_name", "tls.certificate", "tls.key", "relying_party.id", "relying_party.name"]
    );
}

#[test]
fn an_unknown_name_is_refused_with_the_one_that_was_meant() {
    let problem = refused(with("numbr_digits = 6"));
    assert_eq!(problem.field.as_deref(), Some("numbr_digits"));
    assert!(problem.text.contains("did you mean number_digits?"), "{problem}");
    let problem = refused(read(&LEAST.replace("[tls]", "[tls]\ncertificat = 1")));
    assert!(problem.to_string().contains("did you mean tls.certificate?"), "{problem}");
    let problem = refused(read(&format!("{LEAST}[tier_floors]\ndevice_add = \"link\"")));
    assert!(problem.text.contains("mode number"), "{problem}");
}

#[test]
fn each_bound_is_kept_and_the_field_is_named() {
    for (name, good, bad) in [
        ("profile", "jsda-2025", "production"),
        ("listen", "0.0.0.0:8443", "8443"),
        ("metrics_listen", "127.0.0.1:9464", "localhost"),
        ("server_name", "https://a.example.jp", "https://a.example.jp/"),
        ("api_origin", "https://api.example.jp", "http://api.example.jp"),
        ("relying_party.id", "a-1", "a b"),
        ("relying_party.name", "みらい証券", "<b>みらい</b>"),
        ("relying_party.support_phone", "0120-123-456", "call us"),
        ("zone", "Europe/London", "Tokyo"),
        ("locale", "en", "fr"),
        ("return_urls", "https://a.example.jp/r,https://b.example.jp/r", "http://a.example.jp/r"),
        ("return_urls", "https://a.example.jp/", "https://a.example.jp/r?next=1"),
        ("number_digits", "2", "1"),
        ("challenge.default_seconds", "30", "301"),
        ("challenge.max_seconds", "120", "301"),
        ("redeem_seconds", "30", "301"),
        ("tier_floors.order", "scan", "none"),
        ("tier_floors.login", "none", "passkey"),
        ("tier_floors.other", "returned", "passkey"),
        ("enrollment.seconds", "60", "301"),
        ("enrollment.max_devices", "1", "6"),
        ("enrollment.restricted_hours", "72", "23"),
        ("enrollment.restrict_orders", "true", "yes"),
        ("test_mode", "true", "1"),
        ("rate_limits.typed_codes_per_minute", "1", "11"),
        ("rate_limits.device_requests_per_minute", "60", "0"),
        ("rate_limits.api_requests_per_minute", "60", "-1"),
        ("association.apple_app_ids", "A1.jp.example", ""),
        ("log.format", "text", "xml"),
        ("log.level", "debug", "verbose"),
    ] {
        assert!(flag(name, good).is_ok(), "{name} = {good}: {:?}", flag(name, good));
        if !bad.is_empty() {
            let problem = refused(flag(name, bad));
            assert_eq!(problem.field.as_deref(), Some(name), "{problem}");
            assert!(problem.text.contains("--set"), "{problem}");
        }
    }
}

#[test]
fn a_realm_is_named_byte_for_byte_and_with_its_clients() {
    let keycloak = |issuer: &str, clients: &str| {
        read(&format!("{LEAST}[keycloak]\nissuers = [\"{issuer}\"]\nclients = [{clients}]"))
    };
    for good in ["https://sso.example.jp/realms/broker", "http://127.0.0.1:8080/realms/broker"] {
        assert_eq!(keycloak(good, "\"web\"").unwrap().keycloak.issuers, [good]);
    }
    for bad in [
        "https://sso.example.jp/realms/broker/",
        "https://SSO.example.jp/realms/broker",
        "https://sso.example.jp",
        "http://sso.example.jp/realms/broker",
        "https://user@sso.example.jp/realms/broker",
        "https://sso.example.jp/realms/broker?x",
    ] {
        let problem = refused(keycloak(bad, "\"web\""));
        assert_eq!(problem.field.as_deref(), Some("keycloak.issuers"), "{bad}");
    }
    assert!(refused(keycloak("https://sso.example.jp/realms/broker", "")).text.contains("together"));
}

#[test]
fn a_wrong_type_is_said_in_words() {
    let problem = refused(with("number_digits = \"six\""));
    assert!(problem.to_string().starts_with("number_digits: /etc/inkan/inkan.toml: "), "{problem}");
    assert!(problem.text.contains("\"six\" is not a whole number"), "{problem}");
}

#[test]
fn flags_win_over_the_environment_and_it_over_the_file() {
    let mut given = sources(&format!("redeem_seconds = 100\nzone = \"UTC\"\nnumber_digits = 8\n{LEAST}"));
    given.environment =
        vec![("INKAN_REDEEM_SECONDS".into(), "110".into()), ("INKAN_ZONE".into(), "Europe/London".into())];
    given.flags = vec![("redeem_seconds".into(), "120".into())];
    let config = Config::from_sources(&given).unwrap();
    assert_eq!(
        (config.redeem_seconds, config.zone.as_str(), config.number_digits),
        (120, "Europe/London", 8)
    );
}

#[test]
fn the_environment_is_checked_like_the_file() {
    let environment = |name: &str, value: &str| {
        let environment = vec![(name.to_owned(), value.to_owned()), ("PATH".to_owned(), "/bin".to_owned())];
        Config::from_sources(&Sources { environment, ..sources(LEAST) })
    };
    assert!(environment("INKAN_CONFIG", "x").is_ok());
    assert!(refused(environment("INKAN_PROFLE", "dev")).text.contains("did you mean INKAN_PROFILE?"));
    let problem = refused(environment("INKAN_ENROLLMENT_MAX_DEVICES", "9"));
    assert!(problem.text.starts_with("INKAN_ENROLLMENT_MAX_DEVICES: 9 is not within 1 to 5"), "{problem}");
    assert!(refused(environment("INKAN_TEST_MODE", "on")).text.contains("true or false"));
}

#[test]
fn jsda_2025_demands_returned_where_money_leaves() {
    let config = flag("profile", "jsda-2025").unwrap();
    for operation in Operation::ALL {
        let expected = match operation {
            Operation::DeviceAdd => None,
            Operation::Login | Operation::Withdrawal | Operation::PayoutAccountChange => Some(Tier::Returned),
            _ => Some(Tier::Number),
        };
        assert_eq!(config.tier_floors.get(&operation).copied(), expected, "{operation:?}");
    }
    let lower = format!("profile = \"jsda-2025\"\n{LEAST}[tier_floors]\nlogin = \"link\"");
    assert_eq!(refused(read(&lower)).field.as_deref(), Some("tier_floors.login"));
    let nowhere = lower.replace("\"link\"", "\"returned\"").replace("https://www.example.jp/return", "");
    assert!(
        read(&nowhere.replace("[\"\"]", "[]")).unwrap_err().0.iter().all(|p| p.text.contains("return_urls"))
    );
}

#[test]
fn weak_points_are_said_and_a_strict_configuration_has_none() {
    let strict = format!(
        r#"profile = "jsda-2025"
        {LEAST}
        [association]
        apple_app_ids = ["A1.jp.example"]
        [audit]
        publish_heads_to = "heads.jsonl""#
    );
    assert_eq!(read(&strict).unwrap().weaknesses(), Vec::<String>::new());
    let weak = |name: &str, value: &str| {
        let found = flag(name, value).unwrap().weaknesses();
        assert!(found.iter().any(|weak| weak.starts_with(name)), "{name}: {found:?}");
    };
    weak("profile", "dev");
    weak("number_digits", "4");
    weak("enrollment.first_device_by_passwords", "true");
    weak("server_name", "https://localhost:8443");
    weak("metrics_listen", "0.0.0.0:9464");
    weak("tier_floors.login", "link");
    weak("tier_floors.other", "none");
    weak("outbound.allowed_networks", "0.0.0.0/0");
}

#[test]
fn the_table_of_fields_is_the_configuration() {
    let mut config = read(LEAST).unwrap();
    config.metrics_listen = Some(config.listen);
    config.audit.publish_heads_to = Some("x".into());
    config.outbound.roots = Some("x".into());
    config.association.android_package = Some("x".into());
    config.relying_party.support_phone = Some("x".into());
    config.push = providers();
    let table = toml::Table::try_from(&config).unwrap();
    let mut names = BTreeSet::new();
    let mut tables = vec![(String::new(), &table)];
    while let Some((within, table)) = tables.pop() {
        for (key, value) in table {
            match value {
                toml::Value::Table(inner) => tables.push((format!("{within}{key}."), inner)),
                _ => drop(names.insert(format!("{within}{key}"))),
            }
        }
    }
    assert_eq!(names, FIELDS.iter().map(|field| field.name.to_owned()).collect());
}

fn providers() -> push::Push {
    push::Push {
        apns: Some(push::Apns {
            key: "/etc/inkan/a.p8".into(),
            key_id: "ABC123DEFG".into(),
            team_id: "DEF123GHIJ".into(),
            topic: "jp.example.inkan".into(),
            environment: push::ApnsEnvironment::Sandbox,
            endpoint: Some("https://push.example.jp".parse().unwrap()),
        }),
        fcm: Some(push::Fcm {
            service_account: "/etc/inkan/fcm.json".into(),
            endpoint: Some("https://push.example.jp:8443".parse().unwrap()),
        }),
        web: Some(push::Web { contact: "mailto:operator@example.jp".into() }),
    }
}

#[test]
fn push_providers_are_read_whole_or_not_at_all() {
    assert_eq!(read(LEAST).unwrap().push, push::Push::default());
    let config = Config { push: providers(), ..read(LEAST).unwrap() };
    assert_eq!(read(&config.to_toml().unwrap()).unwrap(), config);
    let whole = format!(
        "{LEAST}[push.apns]\nkey = \"a.p8\"\nkey_id = \"ABC123DEFG\"\nteam_id = \"DEF123GHIJ\"\ntopic = \"jp.example.inkan\""
    );
    let apns = read(&whole).unwrap().push.apns.unwrap();
    assert_eq!((apns.key, apns.environment), ("/etc/inkan/a.p8".into(), push::ApnsEnvironment::Production));
    for (line, field) in [
        ("key = \"a.p8\"\n", "push.apns.key"),
        ("key_id = \"ABC123DEFG\"\n", "push.apns.key_id"),
        ("team_id = \"DEF123GHIJ\"\n", "push.apns.team_id"),
        ("topic = \"jp.example.inkan\"", "push.apns.topic"),
    ] {
        let problem = refused(read(&whole.replace(line, "")));
        assert_eq!(problem.field.as_deref(), Some(field), "{problem}");
        assert!(problem.text.contains("together"), "{problem}");
    }
    for (name, bad) in [
        ("push.apns.environment", "development"),
        ("push.apns.endpoint", "http://localhost"),
        ("push.fcm.endpoint", "https://localhost/"),
        ("push.web.contact", "operator@example.jp"),
        ("push.web.contact", "mailto:operator"),
        ("push.web.contact", "http://example.jp"),
    ] {
        assert_eq!(refused(flag(name, bad)).field.as_deref(), Some(name), "{bad}");
    }
    for (field, from, to) in [
        ("push.apns.key_id", "ABC123DEFG", "abc123defg"),
        ("push.apns.team_id", "DEF123GHIJ", "DEF123GHI"),
        ("push.apns.topic", "jp.example.inkan", "jp example"),
    ] {
        assert_eq!(refused(read(&whole.replace(from, to))).field.as_deref(), Some(field));
    }
}

#[test]
fn what_is_printed_reads_back_the_same() {
    let config = flag("profile", "jsda-2025").unwrap();
    assert_eq!(read(&config.to_toml().unwrap()).unwrap(), config);
}

#[test]
fn a_server_for_tests_needs_a_name_and_a_folder() {
    let config = Config::dev(&"https://localhost:8443".parse().unwrap(), "/tmp/x".into()).unwrap();
    assert_eq!((config.profile, config.test_mode), (Profile::Dev, true));
    assert_eq!(config.relying_party.id, "mirai");
}

#[test]
fn the_operators_guide_holds_every_field_as_it_is() {
    let guide = include_str!("../../../docs/operate.md");
    for field in FIELDS {
        let row = format!("| `{}` | `{}` | {} |", field.name, field.default, field.about);
        assert!(guide.contains(&row), "docs/operate.md lacks: {row}");
    }
    let rows = guide.split("| field | default | meaning |").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(rows.lines().filter(|line| line.starts_with("| `")).count(), FIELDS.len());
}
