//! Which apps may open this host's links: `assetlinks.json` for Android, `apple-app-site-association` for iOS, both from
//! the configuration. Both systems read them from the device host itself, without a redirect.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Shared;

/// The endpoints.
pub(super) fn table() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(android)).routes(routes!(apple))
}

/// Digital Asset Links: the Android app that opens this host's links.
#[utoipa::path(
    get,
    path = "/.well-known/assetlinks.json",
    tag = "public",
    responses((status = 200, description = "the statements; none where no app is configured"))
)]
pub(super) async fn android(State(app): State<Shared>) -> Json<Value> {
    let association = &app.settings.association;
    let statements: Vec<Value> = association
        .android_package
        .iter()
        .map(|package| {
            json!({
                "relation": ["delegate_permission/common.handle_all_urls"],
                "target": {
                    "namespace": "android_app",
                    "package_name": package,
                    "sha256_cert_fingerprints": association.android_fingerprints,
                }
            })
        })
        .collect();
    Json(statements.into())
}

/// Apple's association file: the iOS apps that open `/e` (enrollment) and `/c` (challenge).
#[utoipa::path(
    get,
    path = "/.well-known/apple-app-site-association",
    tag = "public",
    responses((status = 200, description = "the association; no details where no app is configured"))
)]
pub(super) async fn apple(State(app): State<Shared>) -> Json<Value> {
    let ids = &app.settings.association.apple_app_ids;
    let details: Vec<Value> = if ids.is_empty() {
        Vec::new()
    } else {
        vec![json!({ "appIDs": ids, "components": [{ "/": "/e" }, { "/": "/c" }] })]
    };
    Json(json!({ "applinks": { "details": details } }))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;
    use crate::clock::ManualClock;
    use crate::config::{Association, Config};
    use crate::random::SystemRandom;
    use crate::{routes, start};

    async fn read(association: Association, path: &str) -> Value {
        let folder = tempfile::tempdir().unwrap();
        let server = "https://localhost:8443".parse().unwrap();
        let mut config = Config::dev(&server, folder.path().join("data")).unwrap();
        config.association = association;
        let clock = std::sync::Arc::new(ManualClock::at(1_800_000_000));
        start::make(&config, clock.as_ref(), &SystemRandom).unwrap();
        let app = start::start(&config, clock, std::sync::Arc::new(SystemRandom)).unwrap();
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = routes::router(&app).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json");
        serde_json::from_slice(&to_bytes(response.into_body(), 1 << 16).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn configured_apps_are_named_and_nobody_else() {
        let association = Association {
            android_package: Some("jp.example.app".into()),
            android_fingerprints: vec!["AA:BB".into()],
            apple_app_ids: vec!["A1.jp.example.app".into()],
        };
        let (android, apple) = ("/.well-known/assetlinks.json", "/.well-known/apple-app-site-association");
        let links = read(association.clone(), android).await;
        assert_eq!(links[0]["target"]["package_name"], "jp.example.app");
        assert_eq!(links[0]["target"]["sha256_cert_fingerprints"], json!(["AA:BB"]));
        let links = read(association, apple).await;
        assert_eq!(links["applinks"]["details"][0]["appIDs"], json!(["A1.jp.example.app"]));
        assert_eq!(read(Association::default(), android).await, json!([]));
        assert_eq!(read(Association::default(), apple).await, json!({ "applinks": { "details": [] } }));
    }
}
