use std::sync::Mutex;

use tokio::net::TcpListener;

use super::*;

/// Leads somewhere else each time it is asked.
struct Rebinding(Mutex<Vec<IpAddr>>);

#[async_trait]
impl Names for Rebinding {
    async fn addresses(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(vec![self.0.lock().unwrap().remove(0)])
    }
}

fn outbound(allowed: &[&str], names: impl Names + 'static) -> Outbound {
    let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
    Outbound::new(&[], allowed, Arc::new(names)).unwrap()
}

fn check(url: &str, allowed: &[&str]) -> Result<(), Unreachable> {
    outbound(allowed, SystemNames).check_registered(&url.parse().unwrap())
}

#[test]
fn a_registered_address_is_https_and_public() {
    for url in ["https://hooks.example.jp/inkan?x=1", "https://1.1.1.1:8443/", "https://[2606:4700::1111]/"] {
        assert_eq!(check(url, &[]), Ok(()), "{url}");
    }
    for url in [
        "http://hooks.example.jp/",
        "https://user@hooks.example.jp/",
        "https://:secret@hooks.example.jp/",
        "https://hooks.example.jp/#x",
        "http://1.1.1.1/",
        "ftp://hooks.example.jp/",
        "mailto:x@example.jp",
    ] {
        assert_eq!(check(url, &[]), Err(Unreachable::Form), "{url}");
    }
    // every way to write an address out; the URL parser reads them all as one
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
    ] {
        assert!(matches!(check(url, &[]), Err(Unreachable::Forbidden(_))), "{url}");
    }
    assert_eq!(check("https://10.1.2.3/", &["10.1.0.0/16"]), Ok(()));
    assert!(check("https://10.2.2.3/", &["10.1.0.0/16"]).is_err());
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to_even_the_second_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://hooks.example.jp:{}/", listener.local_addr().unwrap().port());
    let accepted = tokio::spawn(async move { listener.accept().await.is_ok() });
    let inside: IpAddr = "127.0.0.1".parse().unwrap();
    // what was public when the webhook was registered leads inside now
    let client = outbound(&[], Rebinding(Mutex::new(vec![inside]))).to_registered().unwrap();
    let refused = client.post(&url).send().await.unwrap_err();
    assert_eq!(forbidden(&refused), Some(Unreachable::Forbidden(inside)));
    assert!(!describe(refused).contains("hooks.example.jp"), "the address stays out of logs");
    assert!(!accepted.is_finished(), "nobody connected");
    // the control: with its network allowed the same name is connected to
    let client = outbound(&["127.0.0.0/8"], Rebinding(Mutex::new(vec![inside]))).to_registered().unwrap();
    client.post(&url).send().await.unwrap_err();
    assert!(accepted.await.unwrap());
}

#[tokio::test]
async fn a_configured_party_may_be_anywhere() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let accepted = tokio::spawn(async move { listener.accept().await.is_ok() });
    outbound(&[], SystemNames).to_configured().unwrap().get(&url).send().await.unwrap_err();
    assert!(accepted.await.unwrap());
}
