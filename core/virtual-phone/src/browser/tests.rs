use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use inkan_core::system::SystemClock;

use super::*;

/// A site in memory: its pages by method and address, and what was asked of it.
#[derive(Default)]
struct Site {
    pages: BTreeMap<(&'static str, &'static str), Response>,
    asked: Mutex<Vec<Request>>,
}

impl Site {
    fn page(mut self, method: &'static str, url: &'static str, headers: &[(&str, &str)], body: &str) -> Self {
        let location = headers.iter().any(|(name, _)| *name == "location");
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let status = if location { 303 } else { 200 };
        self.pages.insert((method, url), Response { status, headers, body: body.as_bytes().to_vec() });
        self
    }

    fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Transport for Site {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let page = self
            .pages
            .iter()
            .find(|((method, url), _)| *method == request.method.as_str() && *url == request.url)
            .map(|(_, page)| page.clone());
        self.asked.lock().unwrap().push(request);
        page.ok_or(TransportError::Offline)
    }
}

fn cookie_of(request: &Request) -> Option<&str> {
    request.headers.iter().find(|(name, _)| name == "cookie").map(|(_, value)| value.as_str())
}

fn browser(site: Site) -> (Arc<Site>, Browser) {
    let site = Arc::new(site);
    (Arc::clone(&site), Browser::forgetful(site, Arc::new(SystemClock)))
}

const RETURN_FORM: &str = r#"<form id=other></form><form data-inkan-return method=post action="/done"><input type=hidden name=k value=7></form>"#;

#[tokio::test]
async fn a_return_comes_back_into_the_session_that_began() {
    let (site, browser) = browser(
        Site::default()
            .page(
                "GET",
                "https://broker.example/",
                &[("set-cookie", "__Host-s=abc; Secure; Path=/")],
                "hello",
            )
            .page("GET", "https://broker.example/back", &[], RETURN_FORM)
            .page("POST", "https://broker.example/done", &[("location", "/thanks")], "")
            .page("GET", "https://broker.example/thanks", &[], "<title>T</title><p>出金しました"),
    );
    browser.visit("https://broker.example/").await.unwrap();
    let page = browser.bring_back("https://broker.example/back#c=one&r=two-_").await.unwrap();
    assert_eq!((page.status, page.text.as_str(), page.title.as_str()), (200, "出金しました", "T"));
    assert_eq!(page.url, "https://broker.example/thanks");
    let asked = site.asked();
    assert!(asked.iter().skip(1).all(|request| cookie_of(request) == Some("__Host-s=abc")));
    let post = asked.iter().find(|request| request.method == Method::Post).unwrap();
    assert_eq!(String::from_utf8_lossy(&post.body), "k=7&c=one&r=two-_");
    assert!(post.headers.contains(&("origin".to_owned(), "https://broker.example".to_owned())));
    // the token is in the body of one request and in no address
    assert!(asked.iter().all(|request| !request.url.contains("two-_")));
}

#[tokio::test]
async fn another_profile_has_no_cookie_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let site = Arc::new(Site::default().page(
        "GET",
        "https://broker.example/",
        &[("set-cookie", "s=abc; Secure")],
        "hello",
    ));
    let open =
        |name: &str| Browser::in_file(folder.path().join(name), site.clone(), Arc::new(SystemClock)).unwrap();
    open("browser-main.json").visit("https://broker.example/").await.unwrap();
    open("browser-other.json").visit("https://broker.example/").await.unwrap();
    open("browser-main.json").visit("https://broker.example/").await.unwrap();
    let sent: Vec<Option<String>> =
        site.asked().iter().map(|request| cookie_of(request).map(str::to_owned)).collect();
    assert_eq!(sent, [None, None, Some("s=abc".to_owned())]);
}

#[tokio::test]
async fn the_token_goes_to_the_pages_own_origin_and_nowhere_else() {
    for (form, wrong) in [
        (r#"<form data-inkan-return method=post action="https://other.example/done">"#, "origin"),
        (r#"<form data-inkan-return method=post action="https://broker.example:8443/done">"#, "port"),
        (r#"<form data-inkan-return action="/done">"#, "method"),
        (r#"<form method=post action="/done">"#, "attribute"),
        (
            r#"<form data-inkan-return method=post action="/done"></form><form data-inkan-return method=post action="/done">"#,
            "two",
        ),
    ] {
        let (site, browser) = browser(Site::default().page("GET", "https://broker.example/back", &[], form));
        let result = browser.bring_back("https://broker.example/back#c=one&r=two").await;
        assert!(matches!(result, Err(BrowserError::ForeignAction | BrowserError::NoReturnForm)), "{wrong}");
        assert_eq!(site.asked().len(), 1, "{wrong}");
    }
}

#[tokio::test]
async fn a_form_is_filled_and_sent() {
    let (site, browser) = browser(
        Site::default()
            .page(
                "GET",
                "https://broker.example/",
                &[],
                "<form id=f action=/find><input name=q value=x></form>",
            )
            .page("GET", "https://broker.example/find?q=%E5%8D%B0+a", &[], "found"),
    );
    let fill = [("q".to_owned(), "印 a".to_owned())];
    assert_eq!(browser.submit("https://broker.example/", "f", &fill).await.unwrap().text, "found");
    let missing = browser.submit("https://broker.example/", "g", &fill).await;
    assert!(matches!(missing, Err(BrowserError::NoForm(form)) if form == "g"));
    assert_eq!(site.asked().len(), 3);
}

#[tokio::test]
async fn plain_http_and_endless_redirects_are_refused() {
    let (site, browser) = browser(
        Site::default().page("GET", "https://broker.example/loop", &[("location", "/loop")], "").page(
            "GET",
            "https://broker.example/down",
            &[("location", "http://broker.example/")],
            "",
        ),
    );
    for address in
        ["http://broker.example/", "file:///etc/passwd", "broker.example", "https://broker.example/down"]
    {
        assert!(matches!(browser.visit(address).await, Err(BrowserError::Address)), "{address}");
    }
    assert!(matches!(browser.visit("https://broker.example/loop").await, Err(BrowserError::Redirects)));
    assert_eq!(site.asked().len(), MAX_REDIRECTS + 2);
}
