use std::sync::Mutex;

use tokio::net::TcpListener;

use super::*;

/// Leads somewhere else each time it is asked.
struct Rebinding(Mutex<Vec<Vec<IpAddr>>>);

#[async_trait]
impl Names for Rebinding {
    async fn addresses(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(self.0.lock().unwrap().remove(0))
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
        "https://127.0.0.1./",
        "https://１２７.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a00:1]/",
        "https://[64:ff9b::7f00:1]/",
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
    let client = outbound(&[], Rebinding(Mutex::new(vec![vec![inside]]))).to_registered().unwrap();
    let refused = client.post(&url).send().await.unwrap_err();
    assert_eq!(forbidden(&refused), Some(Unreachable::Forbidden(inside)));
    assert!(!describe(refused).contains("hooks.example.jp"), "the address stays out of logs");
    assert!(!accepted.is_finished(), "nobody connected");
    // the control: with its network allowed the same name is connected to
    let client =
        outbound(&["127.0.0.0/8"], Rebinding(Mutex::new(vec![vec![inside]]))).to_registered().unwrap();
    client.post(&url).send().await.unwrap_err();
    assert!(accepted.await.unwrap());
}

#[test]
fn metadata_services_of_clouds_are_not_called() {
    for url in [
        // AWS, Azure, Google, Oracle, and most others
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::169.254.169.254]/",
        "https://2852039166/",
        // AWS, by IPv6; containers of it
        "https://[fd00:ec2::254]/",
        "https://169.254.170.2/",
        // Google, by IPv6
        "https://[fd20:ce::254]/",
        // Alibaba; Azure's host; Oracle's older one
        "https://100.100.100.200/",
        "https://168.63.129.16/",
        "https://192.0.0.192/",
    ] {
        assert!(matches!(check(url, &[]), Err(Unreachable::Forbidden(_))), "{url}");
    }
}

/// Two addresses of this machine: the operator allows the one and not the other.
#[tokio::test]
async fn a_name_that_changes_is_checked_each_time_it_is_connected_to() {
    let [allowed, inside]: [IpAddr; 2] = ["127.0.0.1", "127.0.0.2"].map(|address| address.parse().unwrap());
    let listener = TcpListener::bind((allowed, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let other = std::net::TcpListener::bind((inside, port)).unwrap();
    other.set_nonblocking(true).unwrap();
    let url = format!("https://hooks.example.jp:{port}/");
    let names = Rebinding(Mutex::new(vec![vec![allowed], vec![inside], vec![inside, allowed]]));
    let client = outbound(&["127.0.0.1/32"], names).to_registered().unwrap();
    let (first, accepted) = tokio::join!(client.post(&url).send(), async {
        let (connection, from) = listener.accept().await.unwrap();
        drop(connection);
        from
    });
    assert!(forbidden(&first.unwrap_err()).is_none() && accepted.ip().is_loopback());
    // the same client, the same URL, and a name that leads elsewhere now
    let second = client.post(&url).send().await.unwrap_err();
    assert_eq!(forbidden(&second), Some(Unreachable::Forbidden(inside)));
    // of several addresses only those that may be are tried
    let (third, ()) = tokio::join!(client.post(&url).send(), async {
        drop(listener.accept().await.unwrap());
    });
    assert!(forbidden(&third.unwrap_err()).is_none());
    assert!(other.accept().is_err(), "nobody came to the other address");
}

#[tokio::test]
async fn a_name_that_leads_to_a_mapped_address_is_refused_like_the_address() {
    for address in
        ["::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "168.63.129.16"]
    {
        let address: IpAddr = address.parse().unwrap();
        let client = outbound(&[], Rebinding(Mutex::new(vec![vec![address]]))).to_registered().unwrap();
        let refused = client.post("https://hooks.example.jp/").send().await.unwrap_err();
        assert_eq!(forbidden(&refused), Some(Unreachable::Forbidden(address)));
    }
}

#[tokio::test]
async fn a_configured_party_may_be_anywhere() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    let accepted = tokio::spawn(async move { listener.accept().await.is_ok() });
    outbound(&[], SystemNames).to_configured().unwrap().get(&url).send().await.unwrap_err();
    assert!(accepted.await.unwrap());
}
