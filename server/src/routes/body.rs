//! Request bodies: bounded, without duplicate members, and the member to blame is named.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use inkan_protocol::json;
use inkan_protocol::jws::MAX_MESSAGE;
use serde::de::DeserializeOwned;

use crate::routes::refusal::Refusal;

/// Largest body taken, in bytes.
pub const LIMIT: usize = MAX_MESSAGE;

/// A JSON body. Members that the type does not know are ignored, duplicates are not.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        parse(&bytes(request).await?).map(Self)
    }
}

/// A compact JWS as body. Whatever is wrong with it is the one 401, but for its size.
pub struct Jose(pub String);

impl<S: Send + Sync> FromRequest<S> for Jose {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        String::from_utf8(bytes(request).await?).map(Self).map_err(|_| Refusal::not_recognised())
    }
}

/// The whole body, or 413.
pub async fn bytes(request: Request) -> Result<Vec<u8>, Refusal> {
    to_bytes(request.into_body(), LIMIT).await.map(Vec::from).map_err(|_| Refusal::too_large())
}

/// Reads a JSON body: 400 `malformed_json`, or 422 `invalid` with the member to blame.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    json::check_unsigned(body).map_err(|error| {
        Refusal::new(StatusCode::BAD_REQUEST, "malformed_json", format!("the body is not taken: {error}"))
    })?;
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = pointer(error.path());
        let said = error.into_inner().to_string();
        // The path ends at the object that lacks a member; the member itself is to blame.
        let lacks = said.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        let field = lacks.map_or(field.clone(), |(name, _)| format!("{field}/{name}"));
        Refusal::invalid(field, said)
    })
}

/// A path's parameters; what does not parse is a 404.
pub struct Address<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Address<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Path(value) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Refusal::not_found("there is nothing under this address"))?;
        Ok(Self(value))
    }
}

/// A query's parameters; what does not parse is 422 with its name.
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|error| Refusal::invalid("", format!("a query parameter is not taken: {error}")))?;
        Ok(Self(value))
    }
}

/// The path of a member as a JSON Pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Outer {
        #[expect(dead_code, reason = "read by serde alone")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Inner {
        #[expect(dead_code, reason = "read by serde alone")]
        number: u8,
    }

    #[test]
    fn the_member_to_blame_is_named() {
        let refused = parse::<Outer>(br#"{"inner":[{"number":1},{"number":"x"}]}"#).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), ("invalid", Some("/inner/1/number")));
        let refused = parse::<Outer>(br#"{"inner":[{}]}"#).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), ("invalid", Some("/inner/0/number")));
        assert_eq!(parse::<Outer>(b"{").unwrap_err().code, "malformed_json");
        assert_eq!(parse::<Outer>(br#"{"inner":[],"inner":[]}"#).unwrap_err().code, "malformed_json");
        assert!(parse::<Outer>(br#"{"inner":[],"new":1}"#).is_ok());
    }
}
