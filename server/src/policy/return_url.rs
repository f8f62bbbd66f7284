//! Where an app may bring a browser back to: registered addresses, compared whole.

use url::Url;

/// Whether `url` is one of the registered addresses in scheme, host, port and path. Its query is free.
pub fn is_registered(url: &str, registered: &[String]) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    registered.iter().filter_map(|address| Url::parse(address).ok()).any(|address| {
        address.scheme() == url.scheme()
            && address.host() == url.host()
            && address.port_or_known_default() == url.port_or_known_default()
            && address.path() == url.path()
    })
}

#[cfg(test)]
mod tests {
    use super::is_registered;

    #[test]
    fn an_address_is_compared_whole() {
        let registered = ["https://www.example.jp/return".to_owned()];
        for right in [
            "https://www.example.jp/return",
            "https://www.example.jp:443/return",
            "https://www.example.jp/return?s=1",
        ] {
            assert!(is_registered(right, &registered), "{right}");
        }
        for wrong in [
            "http://www.example.jp/return",
            "https://www.example.jp.evil.example/return",
            "https://www.example.jp@evil.example/return",
            "https://example.jp/return",
            "https://www.example.jp:8443/return",
            "https://www.example.jp/return/",
            "https://www.example.jp/return2",
            "https://www.example.jp/return/../other",
            "not an address",
        ] {
            assert!(!is_registered(wrong, &registered), "{wrong}");
        }
    }
}
