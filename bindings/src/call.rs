//! How every call runs: on threads of this crate, until it ends or is cancelled, with a panic turned into an error.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
};

use tokio::runtime::{Builder, Runtime};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::error::{CallError, InkanError, InternalFailure};

/// Ends calls early. One may serve several calls; once cancelled it stays so.
#[derive(Debug, Default, uniffi::Object)]
pub struct Cancellation {
    token: CancellationToken,
}

#[uniffi::export]
impl Cancellation {
    /// One that has not been cancelled.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Ends the calls that hold it, at their next wait. What was begun is in the store, and the next call goes on from
    /// there.
    pub fn cancel(&self) {
        self.token.cancel();
    }
}

/// Runs `work` and names the call in the log. It ends with the work's result, with a panic as
/// [`InternalFailure::Panic`], or, cancelled, as soon as the work has let go: no part of it runs after that.
pub(crate) async fn run<T, E>(
    name: &'static str,
    cancellation: Option<Arc<Cancellation>>,
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, CallError>
where
    T: Send + 'static,
    E: Into<InkanError> + Send + 'static,
{
    let mut task = AbortOnDropHandle::new(runtime()?.spawn(work));
    let never = CancellationToken::new();
    let token = cancellation.as_ref().map_or(&never, |cancellation| &cancellation.token);
    let joined = tokio::select! {
        biased;
        joined = &mut task => joined,
        () = token.cancelled() => {
            task.abort();
            // it may have ended in this very moment: then its result is what happened
            task.await
        }
    };
    let result = match joined {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(CallError::Failed { error: error.into() }),
        Err(error) if error.is_panic() => {
            Err(InkanError::internal(InternalFailure::Panic, "a panic, see the log").into())
        }
        Err(_) => Err(CallError::Cancelled),
    };
    match &result {
        Ok(_) => tracing::debug!(target: "inkan", call = name, "done"),
        Err(CallError::Cancelled) => tracing::info!(target: "inkan", call = name, "cancelled"),
        Err(CallError::Failed { error }) => {
            tracing::info!(target: "inkan", call = name, error = error.key(), detail = error.detail(), "failed");
        }
    }
    result
}

/// Two workers: a phone does one thing at a time, and a disk that is slow must not hold up a server's answer.
fn runtime() -> Result<&'static Runtime, CallError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(2)
                .thread_name("inkan")
                .enable_all()
                .build()
                .map_err(|error| error.to_string())
        })
        .as_ref()
        .map_err(|reason| InkanError::internal(InternalFailure::Other, reason).into())
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::Mutex};

    use super::*;

    struct NotesItsEnd(Arc<Mutex<bool>>);

    impl Drop for NotesItsEnd {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = true;
        }
    }

    #[tokio::test]
    async fn a_result_comes_back() {
        assert_eq!(run("t", None, async { Ok::<_, InkanError>(7) }).await.unwrap(), 7);
        let error = InkanError::UpdateNeeded { detail: String::new() };
        let failed = run("t", None, async { Err::<(), _>(error) }).await.unwrap_err();
        assert!(matches!(failed, CallError::Failed { error: InkanError::UpdateNeeded { .. } }));
    }

    #[tokio::test]
    async fn a_panic_is_an_error() {
        let failed = run("t", None, async {
            assert!(std::hint::black_box(false), "on purpose");
            Ok::<(), InkanError>(())
        });
        let failed = failed.await.unwrap_err();
        let CallError::Failed { error } = failed else { panic!("{failed}") };
        assert_eq!(error.key(), "internal.panic");
    }

    #[tokio::test]
    async fn what_is_cancelled_has_ended_when_it_says_so() {
        let ended = Arc::new(Mutex::new(false));
        let guard = NotesItsEnd(Arc::clone(&ended));
        let cancellation = Cancellation::new();
        let call = run("t", Some(Arc::clone(&cancellation)), async move {
            let _guard = guard;
            pending::<Result<(), InkanError>>().await
        });
        cancellation.cancel();
        assert!(matches!(call.await, Err(CallError::Cancelled)));
        assert!(*ended.lock().unwrap());
    }

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_ends() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let call = run("t", None, async move {
            let _sender = sender;
            pending::<Result<(), InkanError>>().await
        });
        let mut call = Box::pin(call);
        assert!(futures_poll(&mut call).await);
        drop(call);
        // the sender is dropped with the task
        assert!(receiver.await.is_err());
    }

    /// Polls once: is it still waiting?
    async fn futures_poll<T>(call: &mut (impl Future<Output = T> + Unpin)) -> bool {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut *call).poll(context).is_pending())
        })
        .await
    }
}
