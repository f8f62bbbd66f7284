//! What a call promises: a result, a panic as an error, an end when it is cancelled.

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
