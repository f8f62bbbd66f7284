//! The one place where core waits for something it did not write: every such wait ends.
//!
//! A dialog that the platform never closes, a callback that a shell forgets: without a deadline the account's
//! ceremony would be locked until the app is killed.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;

use super::{
    Clock, CreatedKey, KeyLabel, KeyPurpose, KeySignature, KeyVault, Protection, Request, Response,
    Transport, TransportError, UserVerification, VaultError,
};

/// For a signature that a person confirms.
const WITH_A_PERSON: Duration = Duration::from_mins(1);
/// For everything else that a vault does.
const WITHOUT: Duration = Duration::from_secs(30);
/// Beyond a request's own time-out, which the transport should have kept.
const TRANSPORT_GRACE: Duration = Duration::from_secs(5);

/// The time is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// Runs `work` for at most `limit` of the clock's time; then it is dropped.
pub(crate) async fn within<T>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Elapsed> {
    let mut work = pin!(work);
    let mut timer = pin!(clock.sleep(limit));
    poll_fn(|context| {
        if let Poll::Ready(value) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(value));
        }
        timer.as_mut().poll(context).map(|()| Err(Elapsed))
    })
    .await
}

/// A vault whose every answer has a deadline.
pub(crate) struct TimedVault {
    inner: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
}

impl TimedVault {
    pub(crate) fn new(inner: Arc<dyn KeyVault>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock }
    }

    async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, VaultError>>,
    ) -> Result<T, VaultError> {
        match within(self.clock.as_ref(), limit, work).await {
            Ok(result) => result,
            Err(Elapsed) => Err(VaultError::Unexpected("no answer within the deadline".to_owned())),
        }
    }
}

#[async_trait]
impl KeyVault for TimedVault {
    async fn create_key(
        &self,
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<CreatedKey, VaultError> {
        self.within(WITHOUT, self.inner.create_key(label, purpose, challenge)).await
    }

    async fn verify_user(&self, label: KeyLabel, prompt: String) -> Result<UserVerification, VaultError> {
        self.within(WITH_A_PERSON, self.inner.verify_user(label, prompt)).await
    }

    async fn sign(&self, label: KeyLabel, message: Vec<u8>) -> Result<KeySignature, VaultError> {
        self.within(WITHOUT, self.inner.sign(label, message)).await
    }

    async fn delete_key(&self, label: KeyLabel) -> Result<(), VaultError> {
        self.within(WITHOUT, self.inner.delete_key(label)).await
    }

    async fn labels(&self) -> Result<Vec<KeyLabel>, VaultError> {
        self.within(WITHOUT, self.inner.labels()).await
    }

    async fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        self.within(WITHOUT, self.inner.wrap(key)).await
    }

    async fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, VaultError> {
        self.within(WITHOUT, self.inner.unwrap(wrapped)).await
    }

    fn protection(&self) -> Protection {
        self.inner.protection()
    }
}

/// A transport that keeps the time-out of a request even if the part behind it does not.
pub(crate) struct TimedTransport {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl TimedTransport {
    pub(crate) fn new(inner: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock }
    }
}

#[async_trait]
impl Transport for TimedTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let limit = request.timeout.saturating_add(TRANSPORT_GRACE);
        within(self.clock.as_ref(), limit, self.inner.send(request))
            .await
            .unwrap_or(Err(TransportError::TimedOut))
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::test_support::{ManualClock, SeededRandom};
    use crate::vault::SoftwareVault;

    #[tokio::test]
    async fn what_is_ready_is_returned() {
        let clock = ManualClock::at(1_000);
        assert_eq!(within(&clock, WITHOUT, ready(7)).await, Ok(7));
    }

    #[tokio::test]
    async fn what_never_comes_ends_at_the_deadline() {
        let clock = Arc::new(ManualClock::at(1_000));
        let waiting = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { within(clock.as_ref(), WITHOUT, pending::<()>()).await }
        });
        clock.sleepers(1).await;
        clock.advance(WITHOUT.saturating_sub(Duration::from_millis(1)));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_millis(1));
        assert_eq!(waiting.await.unwrap(), Err(Elapsed));
    }

    struct SilentVault;

    #[async_trait]
    impl KeyVault for SilentVault {
        async fn create_key(&self, _: KeyLabel, _: KeyPurpose, _: Vec<u8>) -> Result<CreatedKey, VaultError> {
            pending().await
        }
        async fn verify_user(&self, _: KeyLabel, _: String) -> Result<UserVerification, VaultError> {
            std::future::pending().await
        }

        async fn sign(&self, _: KeyLabel, _: Vec<u8>) -> Result<KeySignature, VaultError> {
            pending().await
        }
        async fn delete_key(&self, _: KeyLabel) -> Result<(), VaultError> {
            pending().await
        }
        async fn labels(&self) -> Result<Vec<KeyLabel>, VaultError> {
            pending().await
        }
        async fn wrap(&self, _: Vec<u8>) -> Result<Vec<u8>, VaultError> {
            pending().await
        }
        async fn unwrap(&self, _: Vec<u8>) -> Result<Vec<u8>, VaultError> {
            pending().await
        }
        fn protection(&self) -> Protection {
            Protection::Software
        }
    }

    #[tokio::test]
    async fn a_signature_that_a_person_confirms_may_take_longer() {
        let clock = Arc::new(ManualClock::at(1_000));
        let vault = Arc::new(TimedVault::new(Arc::new(SilentVault), clock.clone()));
        let waiting =
            tokio::spawn(async move { vault.verify_user(KeyLabel::new("a"), "Approve?".to_owned()).await });
        clock.sleepers(1).await;
        clock.advance(WITHOUT);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(WITH_A_PERSON);
        assert!(matches!(waiting.await.unwrap(), Err(VaultError::Unexpected(_))));
    }

    #[tokio::test]
    async fn a_vault_that_answers_is_not_disturbed() {
        let clock = Arc::new(ManualClock::at(1_000));
        let vault =
            TimedVault::new(Arc::new(SoftwareVault::in_memory(Arc::new(SeededRandom::new(1)))), clock);
        let wrapped = vault.wrap(vec![9; 32]).await.unwrap();
        assert_eq!(vault.unwrap(wrapped).await.unwrap(), vec![9; 32]);
    }
}
