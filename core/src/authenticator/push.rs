//! The doorbell on the phone: the keys it is received with, what it says, and telling the server that it arrived.
//!
//! ```text
//! push ─▶ push_received: read, its id kept ─▶ look into the inbox
//!                              └─▶ push_arrived ─▶ told ─▶ forgotten
//!                                       └─ no answer ─▶ the next look tells it
//! ```
//!
//! That a push arrived is health and nothing else: whatever goes wrong here, the inbox is what counts.

use std::time::Duration;

use futures_util::future::join_all;
use inkan_protocol::{device_api::PushServer, ids::MessageId, push_hint::PushHint};
use serde::{Deserialize, Serialize};

use super::{
    Authenticator, Inner,
    line::{Call, parse},
    records::{Kept, put},
};
use crate::{
    account::{AccountId, AccountRecord},
    error::{Error, InputError, TrustError},
    push::{self, PushPayload, WebPushKeys, WebPushSecrets},
    store::RecordKind,
};

/// So many arrivals are kept while no server can be told; the newest say all there is to say.
const KEPT_ARRIVALS: usize = 4;

impl Kept for WebPushSecrets {
    const KIND: RecordKind = RecordKind::Device;

    fn name(&self) -> String {
        Self::NAME.to_owned()
    }
}

impl WebPushSecrets {
    const NAME: &str = "web_push";
}

/// Pushes whose arrival some server may not know yet, the oldest first.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Arrivals {
    untold: Vec<Arrival>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Arrival {
    push: MessageId,
    /// Whose servers are to be told; never empty.
    accounts: Vec<AccountId>,
}

impl Kept for Arrivals {
    const KIND: RecordKind = RecordKind::Device;

    fn name(&self) -> String {
        Self::NAME.to_owned()
    }
}

impl Arrivals {
    const NAME: &str = "arrivals";

    fn add(&mut self, push: MessageId, accounts: Vec<AccountId>) {
        if !accounts.is_empty() && self.untold.iter().all(|arrival| arrival.push != push) {
            self.untold.push(Arrival { push, accounts });
            let over = self.untold.len().saturating_sub(KEPT_ARRIVALS);
            self.untold.drain(..over);
        }
    }

    fn remove(&mut self, push: MessageId, told: &[AccountId]) {
        for arrival in self.untold.iter_mut().filter(|arrival| arrival.push == push) {
            arrival.accounts.retain(|account| !told.contains(account));
        }
        self.untold.retain(|arrival| !arrival.accounts.is_empty());
    }
}

impl Authenticator {
    /// What this installation receives Web Push with: made at the first call, the same ever after. For
    /// [`Authenticator::set_push`], whose `token` is the endpoint.
    pub fn web_push_keys(&self) -> Result<WebPushKeys, Error> {
        let unreadable = Error::Internal("a key that cannot be read");
        let _writing = self.inner.writing();
        if let Some(secrets) = self.inner.load::<WebPushSecrets>(WebPushSecrets::NAME)? {
            return secrets.public().ok_or(unreadable);
        }
        let secrets = WebPushSecrets::make(self.inner.random.as_ref())?;
        let keys = secrets.public().ok_or(unreadable)?;
        self.inner.save(&secrets)?;
        Ok(keys)
    }

    /// The public key by which this account's server names itself to push services (RFC 8292, "VAPID"): for the
    /// registration with a distributor, which may bind the endpoint to it. `None`: the server rings nobody by Web Push, or
    /// is older than this question. Where it is another than the one registered with, register again.
    ///
    /// # Errors
    /// [`Error::Untrusted`] for what is no point of P-256.
    pub async fn web_push_server_key(&self, account: AccountId) -> Result<Option<String>, Error> {
        let account = self.inner.account(account)?;
        let body = match self.inner.read(&account, &Call::read("/d/v1/push", Duration::ZERO)).await {
            Err(Error::Server { status: 404 | 405, .. }) => return Ok(None),
            answer => answer?,
        };
        let PushServer { web_push_key } = parse(&body)?;
        match web_push_key {
            Some(key) if !push::is_point(&key) => Err(TrustError::WebPushKey.into()),
            key => Ok(key),
        }
    }

    /// Reads a push and keeps its id, so that the server is told of it whatever happens next. Sends nothing and takes
    /// some milliseconds: afterwards show that something waits, then [`Authenticator::push_arrived`] or
    /// [`Authenticator::inbox`], in the time that the platform gives. `account`: whose registration it came to, where
    /// the platform says.
    ///
    /// # Errors
    /// [`Error::Push`] for what cannot be read: look into the inbox nevertheless, somebody rang.
    /// [`InputError::UnknownAccount`] for a registration of an account that is gone: end that registration.
    pub fn push_received(
        &self,
        account: Option<AccountId>,
        payload: &PushPayload,
    ) -> Result<PushHint, Error> {
        let inner = &self.inner;
        if let Some(account) = account {
            inner.account(account)?;
        }
        let secrets = match payload {
            PushPayload::WebPush(_) => inner.load::<WebPushSecrets>(WebPushSecrets::NAME)?,
            PushPayload::Plain(_) => None,
        };
        let hint = push::read(payload, secrets.as_ref())?;
        // a store that fails now says so to whoever looks next; that somebody rang is said here
        drop(inner.keep_arrival(hint.id, account));
        Ok(hint)
    }

    /// Tells the server that the doorbell of that id arrived, every server if it is not known which: its own knows it.
    /// Brings the accounts up to date. Where there is no answer the next [`Authenticator::inbox`] tells it.
    pub async fn push_arrived(&self, push: MessageId) -> Result<(), Error> {
        let accounts = self.inner.keep_arrival(push, None)?;
        let path = path_of(push);
        let told = join_all(accounts.iter().map(|id| self.inner.refresh(*id, &path))).await;
        let heard: Vec<_> =
            accounts.iter().zip(&told).filter(|(_, told)| is_heard(told)).map(|(id, _)| *id).collect();
        self.inner.forget_arrival(push, &heard)?;
        if told.is_empty() || told.iter().any(Result::is_ok) {
            return Ok(());
        }
        told.into_iter().next().map_or(Ok(()), |first| first.map(|_| ()))
    }
}

impl Inner {
    /// Keeps an arrival, unless it is kept already. Returns whose servers are to be told.
    fn keep_arrival(&self, push: MessageId, account: Option<AccountId>) -> Result<Vec<AccountId>, Error> {
        let accounts = match account {
            Some(account) => vec![account],
            None => self.list::<AccountRecord>()?.iter().map(|account| account.id).collect(),
        };
        let arrivals = self.change_arrivals(|arrivals| arrivals.add(push, accounts))?;
        let kept = arrivals.untold.into_iter().find(|arrival| arrival.push == push);
        Ok(kept.map(|arrival| arrival.accounts).unwrap_or_default())
    }

    fn forget_arrival(&self, push: MessageId, told: &[AccountId]) -> Result<(), Error> {
        self.change_arrivals(|arrivals| arrivals.remove(push, told)).map(|_| ())
    }

    fn change_arrivals(&self, change: impl FnOnce(&mut Arrivals)) -> Result<Arrivals, Error> {
        let _writing = self.writing();
        let before = self.load::<Arrivals>(Arrivals::NAME)?.unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        if after != before {
            self.store.commit(vec![put(&after)?])?;
        }
        Ok(after)
    }

    /// Tells one account's server of pushes that it may not know to have arrived. Over the session, which costs no
    /// signature; what fails is left for the next look.
    pub(super) async fn tell_arrivals(&self, id: AccountId) {
        let Ok(Some(arrivals)) = self.load::<Arrivals>(Arrivals::NAME) else { return };
        for arrival in arrivals.untold.iter().filter(|arrival| arrival.accounts.contains(&id)) {
            let Ok(account) = self.account(id) else { return };
            let told = self.read(&account, &Call::read(&path_of(arrival.push), Duration::ZERO)).await;
            if !is_heard(&told) || self.forget_arrival(arrival.push, &[id]).is_err() {
                return;
            }
        }
    }
}

fn path_of(push: MessageId) -> String {
    format!("/d/v1/device?push={push}")
}

/// Whether there is no use in telling it again.
fn is_heard<T>(told: &Result<T, Error>) -> bool {
    matches!(
        told,
        Ok(_) | Err(Error::NotRecognised | Error::Refused(_) | Error::Input(InputError::UnknownAccount))
    )
}
