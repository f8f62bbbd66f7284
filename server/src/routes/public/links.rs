//! What stands behind `/e` and `/c` for somebody whose app did not open: a plain page. It has no script and no third
//! party, so what stands behind the link's `#` is read by nobody.

use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse};

const PAGE: &str = include_str!("../../../templates/web/link.html");
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The page behind an enrollment's link, for a browser in which no app has opened it.
#[utoipa::path(
    get,
    path = "/e",
    tag = "public",
    responses((status = 200, description = "a plain page that says to open the app", content_type = "text/html"))
)]
pub async fn enroll() -> impl IntoResponse {
    page()
}

/// The page behind a challenge's link, for a browser in which no app has opened it.
#[utoipa::path(
    get,
    path = "/c",
    tag = "public",
    responses((status = 200, description = "a plain page that says to open the app", content_type = "text/html"))
)]
pub async fn challenge() -> impl IntoResponse {
    page()
}

fn page() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE))
}

#[cfg(test)]
mod tests {
    use super::PAGE;
    use crate::testing::World;

    #[tokio::test]
    async fn the_page_behind_a_link_runs_nothing_and_tells_nobody() {
        let world = World::new().await;
        for path in ["/e", "/c"] {
            let page = world.get(path).await.expect(200);
            let header =
                |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert!(header("content-security-policy").starts_with("default-src 'none'"));
            assert_eq!((header("referrer-policy"), header("cache-control")), ("no-referrer", "no-store"));
            assert!(page.text().contains("認証アプリ"));
        }
        for forbidden in ["<script", "http://", "https://", "style=", "<img", "<form"] {
            assert!(!PAGE.contains(forbidden), "{forbidden}");
        }
    }
}
