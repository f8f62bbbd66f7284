//! The API's table of contents: a line per endpoint.
//!
//! `/v1` is for the relying party (see `relying_party`), `/d/v1` for phones (`device`), `/bc-authorize` and `/token` for
//! OpenID clients (`openid`), the rest is public (`public`).
//! Every refusal is a [`refusal::Refusal`]; bodies come through [`body`]; who calls is told by `relying_party::caller`
//! and `device::caller`.

mod association;
pub mod body;
pub mod device;
mod health;
mod jwks;
pub mod keycloak;
mod limits;
pub(crate) mod moment;
pub(crate) mod openid;
pub mod public;
pub mod refusal;
pub mod relying_party;
mod request;
pub mod waiting;

use axum::http::header;
use axum::routing::get;
use axum::{Router, middleware};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::Shared;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::Security;

/// The document's frame; paths come from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Inkan",
        description = "Ask a customer's phone for an approval and get a verdict that can be proved.\n\n\
            Beside the refusals that are named, any call may answer 400 `malformed_json`, 401, 403 `forbidden`, \
            405 `method_not_allowed`, 413 `too_large`, 422 `invalid`, 429 `too_many_requests`, 500 `internal` and \
            503 `unavailable`, and a `POST` with `Idempotency-Key` 409 `idempotency_in_progress` and 422 \
            `idempotency_key_reused`; all as `application/problem+json`.",
        version = "1",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Security)
)]
struct Document;

fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(relying_party::table())
        .merge(device::table())
        .merge(public::table())
        .merge(association::table())
        .merge(openid::table())
        .merge(jwks::table())
        .merge(keycloak::table())
        .merge(health::table())
}

/// The whole API over an app.
pub fn router(app: &Shared) -> Router {
    let (router, _) = table().split_for_parts();
    // Written once: nobody makes the server work by reading it.
    let document = openapi().map(axum::body::Bytes::from).map_err(Refusal::from);
    let router = router
        .route(
            "/openapi.json",
            get(move || {
                std::future::ready(
                    document.clone().map(|text| ([(header::CONTENT_TYPE, "application/json")], text)),
                )
            }),
        )
        .fallback(|| async { Refusal::not_found("there is nothing under this address") })
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() });
    let router = router.layer(middleware::from_fn_with_state(app.clone(), relying_party::idempotency::keep));
    request::layers(router, app).with_state(app.clone())
}

/// The OpenAPI 3.1 document as JSON, generated from the handlers.
pub fn openapi() -> Result<String, serde_json::Error> {
    let (_, mut document) = table().split_for_parts();
    name_operations(&mut document);
    serde_json::to_string_pretty(&document).map(|mut text| {
        text.push('\n');
        text
    })
}

/// Gives each operation an id of its own: method and path, for instance `post_v1_enrollments_id_confirm`.
fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let words: Vec<&str> = path
            .split(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::testing::World;

    fn visit<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                for (member, inner) in members {
                    if let (true, Value::String(text)) = (member == name, inner) {
                        found.push(text);
                    }
                    visit(inner, name, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| visit(item, name, found)),
            _ => {}
        }
    }

    #[tokio::test]
    async fn the_document_is_served() {
        let reply = World::new().await.get("/openapi.json").await.expect(200);
        assert_eq!(reply.text(), super::openapi().unwrap());
    }

    #[test]
    fn every_operation_has_its_own_id_and_every_reference_leads_somewhere() {
        let document: Value = serde_json::from_str(&super::openapi().unwrap()).unwrap();
        let mut ids = Vec::new();
        visit(&document, "operationId", &mut ids);
        assert!(ids.contains(&"post_v1_enrollments_id_confirm"), "{ids:?}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        let mut references = Vec::new();
        visit(&document, "$ref", &mut references);
        assert!(!references.is_empty());
        for reference in references {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }
}
