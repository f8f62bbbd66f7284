//! Parameters as OAuth sends them: a form in the body, none twice, empty ones as if they were not there (RFC 6749 §3.2).

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use url::form_urlencoded;

use super::OauthError;
use crate::routes::body;

/// The parameters of a request, each taken once.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads headers and form of a request.
    pub(super) async fn read(request: Request) -> Result<(HeaderMap, Self), OauthError> {
        let headers = request.headers().clone();
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(OauthError::invalid_request("send a body of application/x-www-form-urlencoded"));
        }
        let body = body::bytes(request).await?;
        Self::parse(&body).map(|form| (headers, form))
    }

    /// Reads a form.
    pub(super) fn parse(body: &[u8]) -> Result<Self, OauthError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(OauthError::invalid_request("a parameter stands twice"));
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// Parameters that came otherwise.
    pub(super) fn of(parameters: BTreeMap<String, String>) -> Self {
        Self(parameters)
    }

    /// Takes a parameter out.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Takes a parameter out that has to be there.
    pub(super) fn need(&mut self, name: &str) -> Result<String, OauthError> {
        self.take(name).ok_or_else(|| OauthError::invalid_request(format!("{name} is missing")))
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_once_and_an_empty_one_is_not_there() {
        let mut form = Form::parse(b"a=1&b=&c=%E5%8D%B0+x").unwrap();
        assert_eq!(form.take("a").as_deref(), Some("1"));
        assert_eq!(form.need("b").err().map(|error| error.error), Some("invalid_request"));
        assert_eq!(form.take("c").as_deref(), Some("印 x"));
        assert!(form.is_empty());
        assert!(Form::parse(b"a=1&a=1").is_err());
        assert!(Form::parse(b"a=&a=1").is_err());
    }
}
