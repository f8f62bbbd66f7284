//! Request bodies: bounded, without duplicate members, and the member to blame is named.

use std::marker::PhantomData;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use inkan_protocol::json;
use inkan_protocol::jws::MAX_MESSAGE;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

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

/// Reads a JSON body, an object: 400 `malformed_json`, or 422 `invalid` with the member to blame.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    read::<Object<T>>(body).map(|Object(inner)| inner)
}

/// The same where the body may be `null`.
pub fn parse_nullable<T: DeserializeOwned>(body: &[u8]) -> Result<Option<T>, Refusal> {
    read::<Option<Object<T>>>(body).map(|inner| inner.map(|Object(inner)| inner))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
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

/// An object of a body, see [`object`].
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

/// Reads an object and nothing else: a derive takes a list for it too, the members in their order.
pub fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Members<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
        type Value = T;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
    }

    deserializer.deserialize_map(Members(PhantomData))
}

/// The same where it may be absent or null.
pub fn optional_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(inner)| inner))
}

/// A list of objects.
pub fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::<Object<T>>::deserialize(deserializer)?.into_iter().map(|Object(inner)| inner).collect())
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
        let Query(value) = Query::from_request_parts(parts, state).await.map_err(|error| {
            let said = error.body_text();
            Refusal::invalid(parameter(&said), format!("a query parameter is not taken: {said}"))
        })?;
        Ok(Self(value))
    }
}

/// The parameter that axum's words blame, `… query string: NAME: …`; `""` where they name none.
fn parameter(said: &str) -> String {
    said.split(": ")
        .nth(1)
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        .map_or_else(String::new, |name| format!("/{name}"))
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
        #[serde(deserialize_with = "objects")]
        #[expect(dead_code, reason = "read by serde alone")]
        inner: Vec<Inner>,
        #[serde(default, deserialize_with = "optional_object")]
        #[expect(dead_code, reason = "read by serde alone")]
        other: Option<Inner>,
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

    #[tokio::test]
    async fn the_parameter_to_blame_is_named() {
        let world = crate::testing::World::new().await;
        for (query, field) in
            [("limit=x", "/limit"), ("limit=-1", "/limit"), ("state=lost", "/state"), ("user=a%20b", "/user")]
        {
            let reply = world.get(&format!("/v1/challenges?{query}")).await;
            assert_eq!(reply.refusal(), (422, "invalid".into()), "{query}");
            assert_eq!(reply.json()["field"], field, "{query}");
        }
    }

    #[test]
    fn a_list_is_no_object() {
        // Control: the derive alone lets them through.
        assert!(serde_json::from_str::<Inner>("[1]").is_ok());
        for (body, field) in [
            (r#"{"inner":[[1]]}"#, "/inner/0"),
            (r#"{"inner":[{"number":1},[1]]}"#, "/inner/1"),
            (r#"{"inner":[],"other":[1]}"#, "/other"),
            ("[[]]", ""),
        ] {
            let refused = parse::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), ("invalid", Some(field)), "{body}");
        }
        assert!(parse::<Outer>(br#"{"inner":[{"number":1}],"other":{"number":2}}"#).is_ok());
        assert!(parse::<Outer>(br#"{"inner":[],"other":null}"#).is_ok());
        assert!(parse_nullable::<Inner>(b"null").unwrap().is_none());
        assert!(parse_nullable::<Inner>(br#"{"number":1}"#).unwrap().is_some());
        assert_eq!(parse_nullable::<Inner>(b"[1]").unwrap_err().code, "invalid");
    }
}
