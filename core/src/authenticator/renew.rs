//! What an enrolled phone changes of itself: push, name, keys, key set, freeze, leave (`docs/protocol.md`, "Keys" and
//! "Renewal").
//!
//! ```text
//! labels kept ─▶ new keys, statements, message kept ─▶ sent ─▶ record read with the new key ─▶ old keys deleted
//!                                                        │
//!                       answer lost: same bytes ─ 401 ─▶ new keys ─ 401 ─▶ given up, old keys stay
//! ```

use std::time::Duration;

use inkan_protocol::{
    device_api::{DeviceChange, DeviceState, DeviceStatus, Keys, is_phone_number},
    encoding::hash_lines,
    enrollment::{DeviceRecord, KeyStatement, Push},
    ids::{Digest, ServerName},
    jws::Verified,
    renewal::Renew,
    text,
};
use serde::Serialize;

use super::{
    Authenticator, Inner,
    enroll::attestation,
    line::{Call, Caller, parse},
    records::{DecidedAnswer, Kept as _, ShownChallenge, SignedAnswer, delete},
};
use crate::{
    account::{AccountId, AccountRecord, AccountState, KeyPair, PendingRenewal, SignedRenewal},
    error::{Error, InputError, TrustError},
    ports::{KeyPurpose, KeyVault as _, Method, VaultError},
    trust::{Issued, Trust, check_own},
};

impl Authenticator {
    /// Tells the server where the doorbell is; `None`: there is none any more.
    pub async fn set_push(&self, account: AccountId, push: Option<Push>) -> Result<(), Error> {
        if let Some(push) = &push {
            push.check()?;
        }
        self.inner.change(account, Method::Put, "/d/v1/push", &push).await
    }

    /// Another name for this phone, 1–64 characters.
    pub async fn rename(&self, account: AccountId, name: &str) -> Result<(), Error> {
        text::check(name, 64).map_err(|_| InputError::Name)?;
        let name = name.to_owned();
        let change = DeviceChange { name: Some(name.clone()), ..DeviceChange::default() };
        self.inner.change(account, Method::Patch, "/d/v1/device", &change).await?;
        self.inner.change_account(account, |account| account.device_name = name)?;
        Ok(())
    }

    /// Reads the newest key set. An older one, or another of the same version, is refused.
    pub async fn refresh_keys(&self, account: AccountId) -> Result<(), Error> {
        self.inner.follow_keys(account).await.map(|_| ())
    }

    /// New keys for this device, brought by the old approval key. Asks for the user's verification, twice on some
    /// phones: the old key signs, and so does the new one.
    pub async fn rotate_keys(&self, account: AccountId) -> Result<(), Error> {
        self.inner.rotate(account).await
    }

    /// Stops the customer's approvals; only an identity check starts them again.
    pub async fn freeze(&self, account: AccountId) -> Result<(), Error> {
        let record = self.inner.ready(account).await?;
        let call = Call::change(Method::Post, "/d/v1/freeze", Vec::new());
        let answer = self.inner.signed(&Caller::of(&record)?, &call).await;
        self.inner.noted(account, answer)?;
        self.inner.change_account(account, |account| account.frozen = true)?;
        Ok(())
    }

    /// Takes this device out at the server, then forgets the account.
    pub async fn leave(&self, account: AccountId) -> Result<(), Error> {
        let before = self.inner.ready(account).await?;
        // whoever asked once and got no answer may have left already: then a 401 is what was to be expected,
        // or no key to sign with
        let asked_before = before.leaving;
        let record = self.inner.change_account(account, |account| account.leaving = true)?;
        let call = Call::change(Method::Delete, "/d/v1/device", Vec::new());
        match self.inner.signed(&Caller::of(&record)?, &call).await {
            Ok(_) => {}
            Err(Error::NotRecognised | Error::Vault(VaultError::KeyMissing)) if asked_before => {}
            Err(error) => {
                if !matches!(error, Error::Transport(_)) {
                    // a clear answer leaves no doubt: the next 401 is a 401 again
                    self.inner.change_account(account, |account| account.leaving = false)?;
                }
                return self.inner.noted(account, Err(error));
            }
        }
        self.forget(account).await
    }

    /// Deletes the account's keys and records on this phone, whatever the server knows.
    pub async fn forget(&self, account: AccountId) -> Result<(), Error> {
        let _ceremony = self.inner.ceremony(account).await;
        self.inner.forget_session(account);
        // the record goes last: as long as a key may be there, somebody knows its label
        for label in self.inner.account(account)?.labels() {
            self.inner.vault.delete_key(label).await?;
        }
        self.inner.forget_records(account)
    }
}

impl Inner {
    /// A change that is signed by the possession key and answered by nothing.
    async fn change(
        &self,
        id: AccountId,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<(), Error> {
        let account = self.ready(id).await?;
        let body = serde_json::to_vec(body).map_err(|_| Error::Internal("a body that cannot be written"))?;
        let answer = self.signed(&Caller::of(&account)?, &Call::change(method, path, body)).await;
        self.noted(id, answer).map(|_| ())
    }

    /// Reads where the device stands, and keeps it.
    pub(super) async fn refresh(&self, id: AccountId, path: &str) -> Result<AccountRecord, Error> {
        let account = self.ready(id).await?;
        let standing = self.ask_standing(&account, path).await;
        let (account, newest) = self.noted(id, standing)?;
        if newest > account.trust.version(&account.server)? {
            self.follow_keys(id).await?;
        }
        Box::pin(self.tell_description(id)).await;
        self.account(id)
    }

    /// The same without counting a 401; also the newest key set's version. Signed, not over a session: a suspended
    /// device gets none.
    pub(super) async fn ask_standing(
        &self,
        account: &AccountRecord,
        path: &str,
    ) -> Result<(AccountRecord, u64), Error> {
        let call = Call::read(path, Duration::ZERO);
        let status: DeviceStatus = parse(&self.signed(&Caller::of(account)?, &call).await?)?;
        let account = self.change_account(account.id, |account| note_status(account, &status))?;
        Ok((account, status.keys_version))
    }

    /// Reads the newest key set and keeps it.
    pub(super) async fn follow_keys(&self, id: AccountId) -> Result<AccountRecord, Error> {
        let account = self.account(id)?;
        let newest = self.newest_trust(&account.server, &account.trust).await?;
        let known = account.trust;
        // where another has read one meanwhile, that one stays: the next look brings the newest
        self.change_account(id, |account| {
            if account.trust == known {
                account.trust = newest;
            }
        })
    }

    async fn newest_trust(&self, server: &ServerName, known: &Trust) -> Result<Trust, Error> {
        // a server has an identity for test mode beside the live one
        let path = format!("/d/v1/keys?k={}", known.identity());
        let answer = self.send(server, &known.pins(server)?, &Call::read(&path, Duration::ZERO)).await?;
        let Keys { keys } = parse(&answer)?;
        Ok(known.follow(&keys, server)?)
    }

    /// Verifies a message; where it is signed by a key that is not known here, under the newest key set.
    pub(super) async fn verify_following<M: Issued>(
        &self,
        server: &ServerName,
        trust: &Trust,
        compact: &str,
    ) -> Result<(Verified<M>, Trust), Error> {
        match trust.verify(compact, server) {
            Err(TrustError::SigningKey) => {
                let newest = self.newest_trust(server, trust).await?;
                Ok((newest.verify(compact, server)?, newest))
            }
            Ok(message) => Ok((message, trust.clone())),
            Err(error) => Err(error.into()),
        }
    }

    async fn rotate(&self, id: AccountId) -> Result<(), Error> {
        let _ceremony = self.ceremony(id).await;
        let before = self.account(id)?;
        // 1. A renewal whose end is not known comes first; if it ends well, its keys are the new ones.
        if before.renewal.is_some() && self.settle_renewal(id).await?.keys != before.keys {
            return Ok(());
        }
        // 2. Kept answers go first: under the old keys nobody takes them afterwards.
        let account = self.account(id)?;
        for kept in self.list::<SignedAnswer>()?.into_iter().filter(|kept| kept.account == id) {
            if let Err(error @ Error::Transport(_)) = self.deliver(&account, &kept).await {
                return Err(error);
            }
        }
        // 3. The device is recognised, and the clock is right: a renewal signed in vain costs the person a second look.
        let caller = Caller::of(&account)?;
        let status = self.signed(&caller, &Call::read("/d/v1/device", Duration::ZERO)).await;
        self.noted(id, status)?;
        // 4. Labels on disk, then keys, then the message on disk, then the wire.
        let renewal = PendingRenewal {
            id: self.make_message_id()?,
            possession: self.make_label()?,
            approval: self.make_label()?,
            signed: None,
        };
        self.change_account(id, |account| account.renewal = Some(renewal.clone()))?;
        let signed = self.make_renewal(&account, &renewal).await;
        let signed = signed.inspect_err(|error| self.note_lost_key(id, error))?;
        self.change_account(id, |account| {
            account.renewal = Some(PendingRenewal { signed: Some(signed), ..renewal });
        })?;
        // 5. To its end.
        if self.settle_renewal(id).await?.keys == account.keys {
            return Err(Error::NotRecognised);
        }
        Ok(())
    }

    async fn make_renewal(
        &self,
        account: &AccountRecord,
        renewal: &PendingRenewal,
    ) -> Result<SignedRenewal, Error> {
        let old = account.keys.approval.public.thumbprint();
        let challenge = hash_lines(&[
            "inkan-attest-v1",
            account.server.as_str(),
            &renewal.id.to_string(),
            &old.to_string(),
        ]);
        let (possession, first) =
            self.make_key(renewal.possession.clone(), KeyPurpose::Possession, challenge).await?;
        let (approval, second) =
            self.make_key(renewal.approval.clone(), KeyPurpose::Approval, challenge).await?;
        let statement = KeyStatement::of_renewal(
            &account.server,
            account.device,
            renewal.id,
            possession.public.thumbprint(),
            approval.public.thumbprint(),
        );
        let prompt = self.prompt("この端末の鍵を更新します", "Renew this phone's keys");
        let message = Renew {
            iss: account.device,
            aud: account.server.clone(),
            possession_key: possession.public,
            possession_signature: self.sign(&possession, true, &statement, "").await?,
            approval_key: approval.public,
            approval_signature: self.sign(&approval, true, &statement, &prompt).await?,
            attestation: attestation(first, second),
            jti: renewal.id,
            iat: self.server_time(&account.server),
        };
        let message = self.sign(&account.keys.approval, false, &message, &prompt).await?;
        Ok(SignedRenewal { keys: KeyPair { possession, approval }, message })
    }

    /// Brings a pending renewal to its end: the same bytes first, then the new keys; if the server knows neither, the
    /// renewal is given up and the old keys stay. The caller holds the ceremony's lock.
    pub(super) async fn settle_renewal(&self, id: AccountId) -> Result<AccountRecord, Error> {
        let account = self.account(id)?;
        let Some(renewal) = account.renewal.clone() else { return Ok(account) };
        let Some(SignedRenewal { keys, message }) = renewal.signed else {
            return self.give_up_renewal(id).await;
        };
        let old = Caller::of(&account)?;
        match self.send(&old.server, &old.pins, &Call::message("/d/v1/renew", &message)).await {
            Ok(_) | Err(Error::NotRecognised) => {}
            Err(error) => return Err(error),
        }
        let new = Caller { key: keys.possession.clone(), ..old };
        let status: DeviceStatus = match self.signed(&new, &Call::read("/d/v1/device", Duration::ZERO)).await
        {
            Ok(answer) => parse(&answer)?,
            Err(Error::NotRecognised) => return self.give_up_renewal(id).await,
            Err(error) => return Err(error),
        };
        let record = status.record.as_deref().ok_or(Error::Internal("an active device without a record"))?;
        let (record, trust) =
            self.verify_following::<DeviceRecord>(&account.server, &account.trust, record).await?;
        check_own(
            record.payload(),
            account.device,
            &keys,
            Digest::of(message.as_bytes()),
            account.enrollment_hash,
        )?;
        self.forget_session(id);
        let known = account.trust;
        self.change_account(id, |account| {
            let old = std::mem::replace(&mut account.keys, keys);
            account.retired.extend([old.possession.label, old.approval.label]);
            record.compact().clone_into(&mut account.record);
            if trust != known {
                account.trust = trust;
            }
            account.renewal = None;
            if account.state == AccountState::KeyInvalid {
                account.state = AccountState::Active;
            }
            note_status(account, &status);
        })?;
        self.delete_retired(id).await?;
        self.account(id)
    }

    async fn give_up_renewal(&self, id: AccountId) -> Result<AccountRecord, Error> {
        self.change_account(id, |account| {
            if let Some(renewal) = account.renewal.take() {
                account.retired.extend([renewal.possession, renewal.approval]);
            }
        })?;
        self.delete_retired(id).await?;
        self.account(id)
    }

    fn forget_records(&self, id: AccountId) -> Result<(), Error> {
        let _writing = self.writing();
        let mut writes = vec![delete::<AccountRecord>(id.to_string())];
        let shown = self.list::<ShownChallenge>()?.into_iter().filter(|shown| shown.account == id);
        writes.extend(shown.map(|shown| delete::<ShownChallenge>(shown.name())));
        let kept = self.list::<SignedAnswer>()?.into_iter().filter(|kept| kept.account == id);
        writes.extend(kept.map(|kept| delete::<SignedAnswer>(kept.name())));
        let past = self.list::<DecidedAnswer>()?.into_iter().filter(|past| past.answer.account == id);
        writes.extend(past.map(|past| delete::<DecidedAnswer>(past.name())));
        Ok(self.store.commit(writes)?)
    }
}

/// A number that cannot be dialled is none.
pub(super) fn shown_phone(status: &DeviceStatus) -> Option<String> {
    status.support_phone.clone().filter(|number| is_phone_number(number))
}

fn note_status(account: &mut AccountRecord, status: &DeviceStatus) {
    account.frozen = status.frozen;
    account.restricted_until = status.restricted_until;
    account.muted_until = status.muted_until;
    account.support_phone = shown_phone(status);
    match (status.state, account.state) {
        (DeviceState::Suspended | DeviceState::Failed, _) => account.state = AccountState::Suspended,
        (DeviceState::Active, AccountState::Suspended | AccountState::NotRecognised) => {
            account.state = AccountState::Active;
        }
        _ => {}
    }
}
