//! Clients of OpenID CIBA and what they have asked.

use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};

use super::access::{Access, signed, text};
use crate::model::ciba::CibaRequest;
use crate::model::openid_client::OpenidClient;
use crate::model::user::UserKey;
use crate::storage::{OpenidStore, StorageError};

type Result<T> = std::result::Result<T, StorageError>;

impl OpenidStore for Access<'_> {
    fn openid_client(&mut self, id: &str) -> Result<Option<OpenidClient>> {
        self.document("SELECT body FROM openid_clients WHERE id = ?1", &[&id])
    }

    fn openid_clients(&mut self) -> Result<Vec<OpenidClient>> {
        self.documents("SELECT body FROM openid_clients ORDER BY id", &[])
    }

    fn put_openid_client(&mut self, client: &OpenidClient) -> Result<()> {
        self.run(
            "INSERT INTO openid_clients (id, body) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            &[&client.id, &text(client)?],
        )?;
        Ok(())
    }

    fn use_assertion(&mut self, client: &str, jti: Digest, until: NumericDate) -> Result<bool> {
        let changed = self.run(
            "INSERT INTO openid_assertions (client, jti, until) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            &[&client, &jti.0, &signed(until)?],
        )?;
        Ok(changed == 1)
    }

    fn ciba_request(&mut self, id: Digest) -> Result<Option<CibaRequest>> {
        self.document("SELECT body FROM ciba_requests WHERE id = ?1", &[&id.0])
    }

    fn ciba_request_of(&mut self, challenge: ChallengeId) -> Result<Option<CibaRequest>> {
        self.document("SELECT body FROM ciba_requests WHERE challenge = ?1", &[&challenge.0.as_bytes()])
    }

    fn ciba_requests_of(&mut self, owner: &UserKey) -> Result<Vec<CibaRequest>> {
        let statement = "SELECT body FROM ciba_requests WHERE owner = ?1 ORDER BY until, id";
        self.documents(statement, &[&owner.to_string()])
    }

    fn put_ciba_request(&mut self, request: &CibaRequest) -> Result<()> {
        self.run(
            "INSERT INTO ciba_requests (id, challenge, owner, until, body) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            &[
                &request.id.0,
                &request.challenge.0.as_bytes(),
                &request.owner.to_string(),
                &signed(request.until)?,
                &text(request)?,
            ],
        )?;
        Ok(())
    }

    fn erase_ciba_requests(&mut self, owner: &UserKey) -> Result<()> {
        self.run("DELETE FROM ciba_requests WHERE owner = ?1", &[&owner.to_string()])?;
        Ok(())
    }

    fn sweep_openid(&mut self, now: NumericDate) -> Result<()> {
        self.run("DELETE FROM openid_assertions WHERE until <= ?1", &[&signed(now)?])?;
        self.run("DELETE FROM ciba_requests WHERE until <= ?1", &[&signed(now)?])?;
        Ok(())
    }
}
