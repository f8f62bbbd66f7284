//! What other software asked of a customer, as the export tells it: by OpenID CIBA, and by Keycloak. Beside its challenge
//! only what the standard's face of it holds; no token and no secret.

use inkan_protocol::details::{Detail, Operation};
use inkan_protocol::ids::ChallengeId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::schemas::{DetailSchema, OperationSchema};
use crate::model::ciba::CibaRequest;
use crate::model::intent::Intent;
use crate::model::keycloak::KeycloakRequest;
use crate::routes::moment::rfc3339;

/// A request of an OpenID client (CIBA).
#[derive(Serialize, ToSchema)]
pub struct OpenidRequestNews {
    /// Its `client_id`.
    client: String,
    /// What the customer was asked.
    #[schema(value_type = String, format = "uuid")]
    challenge: ChallengeId,
    /// `authorization_details` as they came, or null.
    #[schema(value_type = Option<Vec<Object>>)]
    authorization_details: Option<Value>,
    /// It is forgotten then, RFC 3339.
    #[schema(format = DateTime)]
    forgotten_at: String,
}

impl OpenidRequestNews {
    pub(super) fn of(request: CibaRequest) -> Self {
        Self {
            client: request.client,
            challenge: request.challenge,
            authorization_details: request.authorization_details,
            forgotten_at: rfc3339(request.until),
        }
    }
}

/// A sign-in that Keycloak asked for.
#[derive(Serialize, ToSchema)]
pub struct KeycloakRequestNews {
    /// The realm.
    issuer: String,
    /// What Keycloak calls it: the challenge's `reference`.
    reference: String,
    /// What the customer was asked; null where they could not be.
    #[schema(value_type = Option<String>, format = "uuid")]
    challenge: Option<ChallengeId>,
    /// When it came, RFC 3339.
    #[schema(format = DateTime)]
    came_at: String,
    /// It is forgotten then, RFC 3339.
    #[schema(format = DateTime)]
    forgotten_at: String,
}

impl KeycloakRequestNews {
    pub(super) fn of(request: KeycloakRequest) -> Self {
        Self {
            issuer: request.issuer,
            reference: request.reference,
            challenge: request.challenge,
            came_at: rfc3339(request.came_millis / 1000),
            forgotten_at: rfc3339(request.remembered_until),
        }
    }
}

/// What you have registered for a sign-in that comes by Keycloak.
#[derive(Serialize, ToSchema)]
pub struct IntentNews {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// What is asked.
    #[schema(value_type = OperationSchema)]
    operation: Operation,
    /// Its details.
    #[schema(value_type = Vec<DetailSchema>)]
    details: Vec<Detail>,
    /// What it became, or null.
    #[schema(value_type = Option<String>, format = "uuid")]
    challenge: Option<ChallengeId>,
    /// When it was registered, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// It is forgotten then, RFC 3339.
    #[schema(format = DateTime)]
    forgotten_at: String,
}

impl IntentNews {
    pub(super) fn of(intent: Intent) -> Self {
        Self {
            id: intent.id,
            operation: intent.operation,
            details: intent.details,
            challenge: intent.used_by,
            created_at: rfc3339(intent.created_at),
            forgotten_at: rfc3339(intent.until),
        }
    }
}
