//! `GET /d/v1/push`: what a phone needs to know of this server to register a doorbell.

use axum::Json;
use axum::extract::State;
use inkan_protocol::device_api::PushServer;

use super::caller::DeviceCaller;
use super::schemas::PushServerSchema;
use crate::app::Shared;
use crate::routes::refusal::Refusal;
use crate::routes::relying_party::schemas::ProblemSchema;

/// Read what is needed to register a doorbell.
#[utoipa::path(
    get,
    path = "/d/v1/push",
    tag = "device",
    params(
        ("Inkan-Request" = Option<String>, Header, description = "`inkan-request+jwt`; or `Authorization: Inkan-Session …`")
    ),
    responses(
        (status = 200, description = "the server's side of it", body = PushServerSchema),
        (status = 401, description = "`not_recognised`", body = ProblemSchema, content_type = "application/problem+json"),
    )
)]
pub async fn read(State(app): State<Shared>, _: DeviceCaller) -> Result<Json<PushServer>, Refusal> {
    Ok(Json(PushServer { web_push_key: app.pushes.web_push_key.clone() }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::push::Pushes;
    use crate::testing::World;

    #[tokio::test]
    async fn an_active_phone_reads_the_key_that_names_this_server() {
        let key = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        let pushes = Pushes { web_push_key: Some(key.to_owned()), ..Pushes::default() };
        let world = World::ringing(pushes).await;
        let phone = world.active_phone(true, "u").await;
        let read = world.signed(&phone, "GET", "/d/v1/push", b"").await.expect(200).json();
        assert_eq!(read, json!({ "web_push_key": key }));
        // without Web Push there is none
        let world = World::new().await;
        let phone = world.active_phone(true, "u").await;
        let read = world.signed(&phone, "GET", "/d/v1/push", b"").await.expect(200).json();
        assert_eq!(read, json!({}));
        let path = format!("/v1/users/u/devices/{}", phone.device);
        world.call("DELETE", &path, Value::Null).await.expect(204);
        world.signed(&phone, "GET", "/d/v1/push", b"").await.expect(401);
    }
}
