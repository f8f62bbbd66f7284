//! The browser on the virtual phone: as much of one as a return needs, and no more.
//!
//! A profile keeps its cookies, so a session that a page began is the session that a return comes back to; another
//! profile has none of them. It follows links and redirects, sends forms, and runs no script. Instead of the script of
//! a return page it does what that script does: it finds the form with the attribute `data-inkan-return`, fills `c`
//! and `r` from the fragment, and sends it, to the page's own origin and nowhere else. The fragment itself never
//! travels.
//!
//! ```text
//! return_url#c=…&r=…  ─▶  GET return_url  ─▶  <form data-inkan-return action=…>  ─▶  POST c, r  ─▶  what came back
//! ```

mod jar;
mod page;

use std::{path::PathBuf, sync::Arc, time::Duration};

use inkan_core::ports::{Clock, Method, Request, Response, Transport, TransportError};
use tokio::sync::Mutex;
use url::Url;

use self::jar::Jar;
pub use self::page::{Form, FormMethod, Page};

/// Redirects in a row that are followed.
const MAX_REDIRECTS: usize = 10;
/// The largest page, in bytes.
const PAGE_LIMIT: usize = 2 * 1024 * 1024;
/// For one page.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// Not an https address. Plain http is not opened, on loopback neither.
    #[error("not an https address")]
    Address,
    /// No answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// More redirects than anybody follows.
    #[error("more than {MAX_REDIRECTS} redirects in a row")]
    Redirects,
    /// A redirect to nowhere.
    #[error("a redirect without a usable address")]
    Redirect,
    /// The page has no form of that id.
    #[error("the page has no form \"{0}\"")]
    NoForm(String),
    /// The page that a return opened has no form with `data-inkan-return`, or more than one.
    #[error("the return page has no single form with the attribute data-inkan-return")]
    NoReturnForm,
    /// The form with `data-inkan-return` does not post to the page's own origin.
    #[error("the return page's form does not post to its own origin")]
    ForeignAction,
    /// The cookies could not be read or kept.
    #[error("the browser's profile could not be read or written: {0}")]
    Profile(String),
}

/// One profile of the browser.
pub struct Browser {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    file: Option<PathBuf>,
    jar: Mutex<Jar>,
}

impl Browser {
    /// A profile that is forgotten with this value.
    pub fn forgetful(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { transport, clock, file: None, jar: Mutex::new(Jar::default()) }
    }

    /// A profile whose cookies are kept in a file; a missing file is an empty profile.
    pub fn in_file(
        file: PathBuf,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BrowserError> {
        let jar = Jar::read(&file).map_err(BrowserError::Profile)?;
        Ok(Self { transport, clock, file: Some(file), jar: Mutex::new(jar) })
    }

    /// Opens an address.
    pub async fn visit(&self, address: &str) -> Result<Page, BrowserError> {
        let address = Url::parse(address.trim()).map_err(|_| BrowserError::Address)?;
        self.load(Method::Get, address, None).await
    }

    /// Opens an address and sends one of its forms, with some fields filled in.
    pub async fn submit(
        &self,
        address: &str,
        form: &str,
        fill: &[(String, String)],
    ) -> Result<Page, BrowserError> {
        let page = self.visit(address).await?;
        let form = page
            .forms
            .iter()
            .find(|known| known.id == form)
            .ok_or_else(|| BrowserError::NoForm(form.into()))?;
        self.send(form, fill).await
    }

    /// Opens a return address, `return_url#c=…&r=…`, and gives both values to the page.
    pub async fn bring_back(&self, address: &str) -> Result<Page, BrowserError> {
        let address = Url::parse(address).map_err(|_| BrowserError::Address)?;
        let fragment = address.fragment().unwrap_or_default().to_owned();
        let fill: Vec<(String, String)> =
            url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect();
        let page = self.load(Method::Get, address, None).await?;
        let mut forms = page.forms.iter().filter(|form| form.returns);
        let (Some(form), None) = (forms.next(), forms.next()) else { return Err(BrowserError::NoReturnForm) };
        let here = Url::parse(&page.url).map_err(|_| BrowserError::Address)?;
        let there = Url::parse(&form.action).map_err(|_| BrowserError::ForeignAction)?;
        if form.method != FormMethod::Post || here.origin() != there.origin() {
            return Err(BrowserError::ForeignAction);
        }
        self.send(form, &fill).await
    }

    async fn send(&self, form: &Form, fill: &[(String, String)]) -> Result<Page, BrowserError> {
        let mut action = Url::parse(&form.action).map_err(|_| BrowserError::Address)?;
        let kept = form.fields.iter().filter(|(name, _)| fill.iter().all(|(filled, _)| filled != name));
        let fields: Vec<&(String, String)> = kept.chain(fill).collect();
        let text = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.iter().map(|(name, value)| (name, value)))
            .finish();
        match form.method {
            FormMethod::Get => {
                action.set_query(Some(&text));
                self.load(Method::Get, action, None).await
            }
            FormMethod::Post => self.load(Method::Post, action, Some(text)).await,
        }
    }

    async fn load(
        &self,
        method: Method,
        mut address: Url,
        form: Option<String>,
    ) -> Result<Page, BrowserError> {
        let (mut method, mut form) = (method, form);
        for _ in 0..=MAX_REDIRECTS {
            address.set_fragment(None);
            let answer = self.exchange(method, &address, form.as_deref()).await?;
            if !(300..400).contains(&answer.status) {
                return Ok(Page::read(answer.status, &address, &answer.body));
            }
            let location = answer.header("location").ok_or(BrowserError::Redirect)?;
            address = address.join(location).map_err(|_| BrowserError::Redirect)?;
            // 307 and 308 repeat the request; the others turn into a GET (Fetch, HTTP-redirect fetch, step 12)
            if !matches!(answer.status, 307 | 308) {
                (method, form) = (Method::Get, None);
            }
        }
        Err(BrowserError::Redirects)
    }

    async fn exchange(
        &self,
        method: Method,
        address: &Url,
        form: Option<&str>,
    ) -> Result<Response, BrowserError> {
        if address.scheme() != "https" || address.host_str().is_none() {
            return Err(BrowserError::Address);
        }
        let mut headers = vec![
            ("accept".to_owned(), "text/html".to_owned()),
            (
                "user-agent".to_owned(),
                concat!("InkanVirtualPhone/", env!("CARGO_PKG_VERSION"), " (Linux) VirtualBrowser")
                    .to_owned(),
            ),
        ];
        if let Some(cookies) = self.jar.lock().await.header(address, self.clock.now().seconds()) {
            headers.push(("cookie".to_owned(), cookies));
        }
        if form.is_some() {
            headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
            headers.push(("origin".to_owned(), address.origin().ascii_serialization()));
        }
        let request = Request {
            method,
            url: address.to_string(),
            headers,
            body: form.unwrap_or_default().as_bytes().to_vec(),
            pins: Vec::new(),
            timeout: TIMEOUT,
            answer_limit: PAGE_LIMIT,
            safe_to_repeat: method == Method::Get,
        };
        let answer = self.transport.send(request).await?;
        let mut jar = self.jar.lock().await;
        let set: Vec<&str> = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
            .map(|(_, value)| value.as_str())
            .collect();
        if !set.is_empty() {
            jar.take(address, &set, self.clock.now().seconds());
            if let Some(file) = &self.file {
                jar.write(file).map_err(BrowserError::Profile)?;
            }
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
