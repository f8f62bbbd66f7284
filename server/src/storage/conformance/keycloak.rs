//! Sign-ins that Keycloak waits for.

use super::samples::{keycloak_request, owner};
use super::{read, write};
use crate::model::keycloak::KeycloakRequest;
use crate::storage::Storage;

pub(crate) async fn a_call_of_keycloak_is_taken_once_and_remembered_for_its_time(storage: Storage) {
    write(&storage, |tx| {
        let first = keycloak_request(1, Some("a"));
        assert!(tx.add_keycloak_request(&first)?);
        let changed = KeycloakRequest { reference: "another".into(), ..keycloak_request(1, Some("b")) };
        assert!(!tx.add_keycloak_request(&changed)?, "the same call again");
        assert!(tx.add_keycloak_request(&keycloak_request(2, Some("b")))?);
        // nobody could be asked: no challenge, and more than one of them
        for number in [3, 4] {
            let nobody = KeycloakRequest { challenge: None, ..keycloak_request(number, None) };
            assert!(tx.add_keycloak_request(&nobody)?);
        }
        Ok(())
    })
    .await;
    read(&storage, |tx| {
        let first = keycloak_request(1, Some("a"));
        assert_eq!(tx.keycloak_request(first.id)?.as_ref(), Some(&first), "nothing of it changed");
        let asked = first.challenge.unwrap();
        assert_eq!(tx.keycloak_request_for(asked)?.as_ref(), Some(&first));
        assert_eq!(tx.keycloak_requests_of(&owner("a"))?, [first]);
        assert_eq!(tx.keycloak_requests_of(&owner("b"))?, [keycloak_request(2, Some("b"))]);
        assert_eq!(tx.keycloak_requests_of(&owner("c"))?, []);
        assert_eq!(tx.keycloak_request(keycloak_request(9, None).id)?, None);
        Ok(())
    })
    .await;
    write(&storage, |tx| {
        let first = keycloak_request(1, Some("a"));
        tx.spend_keycloak_request(first.id)?;
        tx.spend_keycloak_request(keycloak_request(9, None).id)?;
        let spent = KeycloakRequest { bearer: None, ..first };
        assert_eq!(tx.keycloak_request(spent.id)?.as_ref(), Some(&spent), "its token alone goes");
        assert!(!tx.add_keycloak_request(&keycloak_request(1, Some("a")))?, "and it stays taken");
        tx.erase_keycloak_requests(&owner("b"))?;
        assert_eq!(tx.keycloak_request(keycloak_request(2, None).id)?, None);
        assert!(tx.keycloak_request(keycloak_request(3, None).id)?.is_some());
        tx.sweep_keycloak_requests(spent.remembered_until - 1)?;
        assert!(tx.keycloak_request(spent.id)?.is_some());
        tx.sweep_keycloak_requests(spent.remembered_until)?;
        assert_eq!(tx.keycloak_request(spent.id)?, None);
        assert!(tx.keycloak_request(keycloak_request(3, None).id)?.is_some(), "its time is not over");
        Ok(())
    })
    .await;
}
