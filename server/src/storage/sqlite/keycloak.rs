//! Sign-ins that Keycloak waits for.

use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};

use super::access::{Access, signed, text};
use crate::model::keycloak::KeycloakRequest;
use crate::model::user::UserKey;
use crate::storage::{KeycloakStore, StorageError};

type Result<T> = std::result::Result<T, StorageError>;

impl KeycloakStore for Access<'_> {
    fn add_keycloak_request(&mut self, request: &KeycloakRequest) -> Result<bool> {
        let owner = request.owner.as_ref().map(ToString::to_string);
        let challenge = request.challenge.map(|challenge| challenge.0.into_bytes());
        let added = self.run(
            "INSERT INTO keycloak_requests (id, challenge, owner, until, body) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO NOTHING",
            &[&request.id.0, &challenge, &owner, &signed(request.remembered_until)?, &text(request)?],
        )?;
        Ok(added == 1)
    }

    fn keycloak_request(&mut self, id: Digest) -> Result<Option<KeycloakRequest>> {
        self.document("SELECT body FROM keycloak_requests WHERE id = ?1", &[&id.0])
    }

    fn keycloak_request_for(&mut self, challenge: ChallengeId) -> Result<Option<KeycloakRequest>> {
        self.document("SELECT body FROM keycloak_requests WHERE challenge = ?1", &[&challenge.0.as_bytes()])
    }

    fn keycloak_requests_of(&mut self, owner: &UserKey) -> Result<Vec<KeycloakRequest>> {
        let statement = "SELECT body FROM keycloak_requests WHERE owner = ?1 ORDER BY until, id";
        self.documents(statement, &[&owner.to_string()])
    }

    fn spend_keycloak_request(&mut self, id: Digest) -> Result<()> {
        let Some(request) = self.keycloak_request(id)? else { return Ok(()) };
        let spent = KeycloakRequest { bearer: None, ..request };
        self.run("UPDATE keycloak_requests SET body = ?2 WHERE id = ?1", &[&id.0, &text(&spent)?])?;
        Ok(())
    }

    fn sweep_keycloak_requests(&mut self, now: NumericDate) -> Result<()> {
        self.run("DELETE FROM keycloak_requests WHERE until <= ?1", &[&signed(now)?])?;
        Ok(())
    }

    fn erase_keycloak_requests(&mut self, owner: &UserKey) -> Result<()> {
        self.run("DELETE FROM keycloak_requests WHERE owner = ?1", &[&owner.to_string()])?;
        Ok(())
    }
}
