//! `docs/keycloak.md` as a program reads it: the walk starts Keycloak, makes its realm and asks by what stands there, so the
//! guide cannot say one thing and the walk do another.

use std::path::Path;

use serde_json::Value;

/// Who is who in the guide.
const KEYCLOAK: &str = "https://sso.example.jp";
const SERVER: &str = "https://auth.example.jp";
const NOTIFIED: &str = "https://portal.example.jp/ciba";
const USER: &str = "c-1001";

pub(super) struct Guide {
    text: String,
}

/// What a client asks with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ask {
    pub(super) client: String,
    pub(super) secret: String,
    pub(super) url: String,
    pub(super) form: Vec<(String, String)>,
}

impl Guide {
    /// Reads the guide for a Keycloak at this origin, whose client is told there too.
    pub(super) fn read(file: &Path, keycloak: &str, notified: &str) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        Self { text: text.replace(NOTIFIED, notified).replace(KEYCLOAK, keycloak) }
    }

    /// Whether it says that it was checked with this version.
    pub(super) fn names_version(&self, version: &str) -> bool {
        self.text.contains(&format!("Checked with Keycloak {version}.\n"))
    }

    /// The blocks of a language.
    fn blocks(&self, language: &str) -> Vec<&str> {
        let fence = format!("```{language}\n");
        self.text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
    }

    /// The words of the one shell block that begins with this program.
    fn command(&self, program: &str) -> Vec<String> {
        let blocks = self.blocks("sh");
        let found: Vec<&&str> = blocks.iter().filter(|block| block.starts_with(program)).collect();
        assert_eq!(found.len(), 1, "{program}: {blocks:?}");
        found[0].replace("\\\n", " ").split_whitespace().map(ToOwned::to_owned).collect()
    }

    /// The options with which Keycloak is started, for a server at this origin.
    pub(super) fn options(&self, server: &str) -> Vec<String> {
        let words = self.command("kc.sh");
        assert_eq!(words[..2], ["kc.sh", "start"]);
        words[2..].iter().map(|word| word.replace(SERVER, server)).collect()
    }

    /// The server's settings, each `name=value`.
    pub(super) fn settings(&self) -> Vec<String> {
        let blocks = self.blocks("toml");
        let [block] = blocks[..] else { panic!("{blocks:?}") };
        let lines = block.strip_prefix("[keycloak]\n").unwrap().lines();
        lines
            .map(|line| {
                let (name, value) = line.split_once(" = ").unwrap();
                let values: Vec<String> = serde_json::from_str(value).unwrap();
                format!("keycloak.{name}={}", values.join(","))
            })
            .collect()
    }

    fn documents(&self) -> Vec<Value> {
        self.blocks("json").into_iter().map(|block| serde_json::from_str(block).unwrap()).collect()
    }

    fn one(&self, member: &str) -> Value {
        let mut found: Vec<Value> =
            self.documents().into_iter().filter(|document| document.get(member).is_some()).collect();
        assert_eq!(found.len(), 1, "{member}");
        found.remove(0)
    }

    pub(super) fn realm(&self) -> Value {
        self.one("realm")
    }

    /// The client that polls, and the one that is told.
    pub(super) fn clients(&self) -> [Value; 2] {
        let clients = self.documents().into_iter().filter(|document| document.get("clientId").is_some());
        clients.collect::<Vec<_>>().try_into().unwrap()
    }

    /// The intent that it registers, for this user.
    pub(super) fn intent(&self, user: &str) -> Value {
        let mut intent = self.one("operation");
        assert_eq!(intent["user"], USER);
        intent["user"] = user.into();
        intent
    }

    /// How its client asks, for this user.
    pub(super) fn ask(&self, user: &str) -> Ask {
        let mut words = self.command("curl").into_iter().skip(1);
        let (mut credentials, mut url, mut form) = (None, None, Vec::new());
        while let Some(word) = words.next() {
            match word.as_str() {
                "--user" => credentials = words.next(),
                "--data" => {
                    let data = words.next().unwrap();
                    let (name, value) = data.split_once('=').unwrap();
                    let value = if value == USER { user } else { value };
                    form.push((name.to_owned(), value.to_owned()));
                }
                other => assert!(url.replace(other.to_owned()).is_none(), "{other}"),
            }
        }
        let credentials = credentials.unwrap();
        let (client, secret) = credentials.split_once(':').unwrap();
        Ask { client: client.into(), secret: secret.into(), url: url.unwrap(), form }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_is_read() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/keycloak.md");
        let guide = Guide::read(&file, "http://127.0.0.1:1", "http://127.0.0.1:1/pinged");
        assert_eq!(guide.options("https://localhost:2").len(), 1);
        assert!(guide.options("https://localhost:2")[0].ends_with("=https://localhost:2/keycloak/ciba"));
        assert_eq!(
            guide.settings(),
            ["keycloak.issuers=http://127.0.0.1:1/realms/broker", "keycloak.clients=broker-web,broker-ping"]
        );
        assert_eq!(guide.realm()["realm"], "broker");
        let endpoint = "ciba.backchannel.client.notification.endpoint";
        assert_eq!(guide.clients()[1]["attributes"][endpoint], "http://127.0.0.1:1/pinged");
        let ask = guide.ask("hanako");
        assert_eq!((ask.client.as_str(), ask.secret.as_str()), ("broker-web", "SECRET"));
        assert!(ask.form.contains(&("login_hint".into(), "hanako".into())));
        assert!(ask.url.starts_with("http://127.0.0.1:1/realms/broker/"));
        let intent = guide.intent("hanako");
        assert!(intent.to_string().chars().count() > 200 - r#"{"user":"hanako",}"#.len());
        assert!(guide.names_version("26.7.3") && !guide.names_version("26.7"));
    }
}
