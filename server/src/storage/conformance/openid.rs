//! Clients of OpenID CIBA and what they have asked.

use inkan_protocol::ids::Digest;

use super::samples::{ciba_request, openid_client, owner};
use super::{read, write};
use crate::storage::Storage;

pub(crate) async fn what_openid_clients_asked_ends(storage: Storage) {
    write(&storage, |tx| {
        tx.put_openid_client(&openid_client("b", None))?;
        tx.put_openid_client(&openid_client("a", None))?;
        tx.put_openid_client(&openid_client("b", Some(7)))?;
        tx.put_ciba_request(&ciba_request(1, "a"))?;
        tx.put_ciba_request(&ciba_request(2, "b"))?;
        assert!(tx.use_assertion("a", Digest([1; 32]), 50)?);
        assert!(tx.use_assertion("b", Digest([1; 32]), 200)?, "each client has its own");
        assert!(!tx.use_assertion("a", Digest([1; 32]), 300)?);
        let polled = ciba_request(1, "a").poll(9000).0;
        tx.put_ciba_request(&polled)?;
        assert_eq!(tx.ciba_request(polled.id)?, Some(polled));
        Ok(())
    })
    .await;
    read(&storage, |tx| {
        let clients = tx.openid_clients()?;
        assert_eq!(clients, [openid_client("a", None), openid_client("b", Some(7))]);
        assert_eq!(tx.openid_client("a")?, Some(openid_client("a", None)));
        assert_eq!(tx.openid_client("c")?, None);
        let second = ciba_request(2, "b");
        assert_eq!(tx.ciba_request_of(second.challenge)?.as_ref(), Some(&second));
        assert_eq!(tx.ciba_requests_of(&owner("b"))?, [second]);
        assert_eq!(tx.ciba_requests_of(&owner("c"))?, []);
        Ok(())
    })
    .await;
    write(&storage, |tx| {
        tx.erase_ciba_requests(&owner("b"))?;
        assert!(tx.ciba_request(ciba_request(2, "b").id)?.is_none());
        assert_eq!(tx.ciba_requests_of(&owner("b"))?, []);
        assert_eq!(tx.ciba_requests_of(&owner("a"))?.len(), 1);
        let first = ciba_request(1, "a");
        tx.sweep_openid(first.until - 1)?;
        assert!(tx.ciba_request(first.id)?.is_some());
        assert!(tx.use_assertion("a", Digest([1; 32]), 400)?, "its time was over");
        assert!(!tx.use_assertion("b", Digest([1; 32]), 400)?);
        tx.sweep_openid(first.until)?;
        assert!(tx.ciba_request(first.id)?.is_none());
        Ok(())
    })
    .await;
}
