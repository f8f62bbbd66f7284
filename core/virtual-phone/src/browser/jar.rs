//! Cookies (RFC 6265), host by host. A `Domain` other than the host itself is refused: without the public suffix list
//! it could reach a stranger's pages, and no page under test needs it.

use std::{fs, io::Write as _, path::Path};

use serde::{Deserialize, Serialize};
use url::Url;

/// Most cookies that a profile keeps; the oldest go first.
const MAX_COOKIES: usize = 300;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
    secure: bool,
    /// Unix seconds; absent: as long as the profile is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<u64>,
}

/// The cookies of a profile.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Jar(Vec<Cookie>);

impl Jar {
    /// Reads a profile; a missing file is an empty one.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        match fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Keeps the profile, for this user's eyes only.
    pub(super) fn write(&self, file: &Path) -> Result<(), String> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| error.to_string())?;
        crate::home::write_private(file, |out| out.write_all(&text)).map_err(|error| error.to_string())
    }

    /// The `Cookie` header for an address, if any cookie goes there. `now` in Unix seconds.
    pub(super) fn header(&self, address: &Url, now: u64) -> Option<String> {
        let host = address.host_str()?;
        let mut fitting: Vec<&Cookie> = self
            .0
            .iter()
            .filter(|cookie| {
                cookie.host == host
                    && path_matches(&cookie.path, address.path())
                    && (!cookie.secure || address.scheme() == "https")
                    && cookie.expires.is_none_or(|expires| expires > now)
            })
            .collect();
        // section 5.4: the longer path first
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> =
            fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes the `Set-Cookie` headers of an answer from `address`.
    pub(super) fn take(&mut self, address: &Url, headers: &[&str], now: u64) {
        for cookie in headers.iter().filter_map(|header| read_cookie(address, header, now)) {
            self.0.retain(|known| {
                (&known.host, &known.path, &known.name) != (&cookie.host, &cookie.path, &cookie.name)
            });
            if cookie.expires.is_none_or(|expires| expires > now) {
                self.0.push(cookie);
            }
        }
        let surplus = self.0.len().saturating_sub(MAX_COOKIES);
        self.0.drain(..surplus);
    }
}

/// Section 5.2, and the prefixes of RFC 6265bis section 4.1.3.
fn read_cookie(address: &Url, header: &str, now: u64) -> Option<Cookie> {
    let host = address.host_str()?;
    let mut parts = header.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let default_path = address.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut cookie = Cookie {
        host: host.to_owned(),
        path: if default_path.is_empty() { "/".to_owned() } else { default_path.to_owned() },
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        secure: false,
        expires: None,
    };
    let (mut max_age, mut named_domain) = (false, false);
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute.to_ascii_lowercase().as_str() {
            "secure" => cookie.secure = true,
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "domain" if !value.is_empty() => {
                named_domain = true;
                if !value.trim_start_matches('.').eq_ignore_ascii_case(host) {
                    return None;
                }
            }
            "max-age" => {
                max_age = true;
                let age: i64 = value.parse().ok()?;
                cookie.expires = Some(u64::try_from(age).map_or(0, |age| now.saturating_add(age)));
            }
            "expires" if !max_age => cookie.expires = read_date(value).or(cookie.expires),
            _ => {}
        }
    }
    let prefixed = |prefix: &str| cookie.name.get(..prefix.len()).is_some_and(|start| start == prefix);
    let refused = (cookie.secure && address.scheme() != "https")
        || (prefixed("__Secure-") && !cookie.secure)
        || (prefixed("__Host-") && (!cookie.secure || named_domain || cookie.path != "/"))
        || cookie.name.is_empty();
    (!refused).then_some(cookie)
}

fn read_date(text: &str) -> Option<u64> {
    let time = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(u64::try_from(time.timestamp().as_second()).unwrap_or(0))
}

/// Section 5.1.4.
fn path_matches(cookie: &str, request: &str) -> bool {
    request
        .strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Url {
        Url::parse(address).unwrap()
    }

    fn jar(address: &str, headers: &[&str]) -> Jar {
        let mut jar = Jar::default();
        jar.take(&at(address), headers, 1_000);
        jar
    }

    #[test]
    fn a_cookie_goes_back_to_its_host_and_path_alone() {
        let jar = jar("https://broker.example/a/b", &["s=1; Path=/a; Secure; HttpOnly"]);
        for (address, goes) in [
            ("https://broker.example/a", true),
            ("https://broker.example:8443/a/c", true),
            ("https://broker.example/ab", false),
            ("https://broker.example/", false),
            ("https://www.broker.example/a", false),
            ("https://other.example/a", false),
            ("http://broker.example/a", false),
        ] {
            assert_eq!(jar.header(&at(address), 1_000).is_some(), goes, "{address}");
        }
    }

    #[test]
    fn a_newer_value_takes_the_older_ones_place_and_a_past_date_removes_it() {
        let address = at("https://broker.example/");
        let mut jar = jar("https://broker.example/", &["s=1", "t=x; Max-Age=10"]);
        jar.take(&address, &["s=2"], 1_000);
        assert_eq!(jar.header(&address, 1_000).as_deref(), Some("t=x; s=2"));
        assert_eq!(jar.header(&address, 1_010).as_deref(), Some("s=2"));
        jar.take(&address, &["s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], 1_000);
        assert_eq!(jar.header(&address, 1_010), None);
    }

    #[test]
    fn cookies_for_strangers_and_false_prefixes_are_refused() {
        for header in [
            "s=1; Domain=example",
            "s=1; Domain=other.example",
            "__Host-s=1; Path=/",
            "__Host-s=1; Secure; Path=/a",
            "__Host-s=1; Secure; Path=/; Domain=broker.example",
            "__Secure-s=1",
            "=1",
            "nothing",
        ] {
            assert_eq!(jar("https://broker.example/", &[header]), Jar::default(), "{header}");
        }
        assert_ne!(jar("https://broker.example/", &["__Host-s=1; Secure; Path=/"]), Jar::default());
        assert_ne!(jar("https://broker.example/", &["s=1; Domain=.broker.example"]), Jar::default());
    }
}
