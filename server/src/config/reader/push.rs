//! The tables of the push providers. Each is whole or absent; what its files hold is looked at when the server starts,
//! for a provider that cannot be used does not keep the server from running.

use url::Url;

use super::Reader;
use crate::config::push::{Apns, ApnsEnvironment, Fcm, Push, Web};

const ORIGIN: &str = "https://host[:port] in lower case, without a path or a slash";

impl Reader {
    pub(super) fn push(&mut self) -> Push {
        Push { apns: self.apns(), fcm: self.fcm(), web: self.web() }
    }

    fn apns(&mut self) -> Option<Apns> {
        let key = self.optional_path("push.apns.key");
        let key_id = self.apple_id("push.apns.key_id");
        let team_id = self.apple_id("push.apns.team_id");
        let topic: Option<String> = self.take("push.apns.topic", "a string");
        let environment =
            self.or("push.apns.environment", ApnsEnvironment::Production, "production or sandbox");
        let endpoint = self.take("push.apns.endpoint", ORIGIN);
        let is_bundle = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        if let Some(topic) =
            topic.as_deref().filter(|topic| topic.is_empty() || !topic.bytes().all(is_bundle))
        {
            self.problem(
                "push.apns.topic",
                &format!("{topic:?} is no bundle id; jp.example.inkan looks like one"),
            );
        }
        let names = ["push.apns.key", "push.apns.key_id", "push.apns.team_id", "push.apns.topic"];
        let (given, lacking): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| self.given.contains_key(name));
        for name in lacking.into_iter().filter(|_| !given.is_empty()) {
            self.problem(name, "key, key_id, team_id and topic are given together or not at all");
        }
        Some(Apns { key: key?, key_id: key_id?, team_id: team_id?, topic: topic?, environment, endpoint })
    }

    /// Apple's ids of keys and teams.
    fn apple_id(&mut self, name: &'static str) -> Option<String> {
        let id: String = self.take(name, "a string")?;
        if id.len() != 10 || !id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            self.problem(
                name,
                &format!("{id:?} is not ten of A-Z 0-9, as Apple's developer account shows it"),
            );
        }
        Some(id)
    }

    fn fcm(&mut self) -> Option<Fcm> {
        let endpoint = self.take("push.fcm.endpoint", ORIGIN);
        Some(Fcm { service_account: self.optional_path("push.fcm.service_account")?, endpoint })
    }

    fn web(&mut self) -> Option<Web> {
        let contact: String = self.take("push.web.contact", "a string")?;
        let fits = contact.bytes().all(|byte| byte.is_ascii_graphic())
            && match Url::parse(&contact) {
                Ok(url) if url.scheme() == "mailto" => url.path().contains('@'),
                Ok(url) => url.scheme() == "https" && url.host_str().is_some(),
                Err(_) => false,
            };
        if !fits {
            self.problem(
                "push.web.contact",
                &format!("{contact:?} is neither mailto:somebody@example.jp nor an https address"),
            );
        }
        Some(Web { contact })
    }
}
