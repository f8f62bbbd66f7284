//! How every call runs: on threads of this crate, until it ends or is cancelled, with a panic turned into an error.

#[cfg(test)]
mod tests;

use std::{
    future::Future,
    sync::{Arc, OnceLock},
};

use tokio::runtime::{Builder, Runtime};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use inkan_core::failure::InternalFailure;

use crate::error::{CallError, InkanError};

/// Ends calls early. One may serve several calls; once cancelled it stays so.
#[derive(Default, uniffi::Object)]
pub struct Cancellation {
    token: CancellationToken,
}

#[uniffi::export]
impl Cancellation {
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

/// The calls of a ceremony: a row each, in the words of core.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $result:ty: |$core:ident| $work:expr;)*) => {
        #[uniffi::export]
        impl Authenticator {
            $($(#[$doc])*
            #[uniffi::method(default(cancellation = None))]
            pub async fn $name(
                &self,
                $($argument: $type,)*
                cancellation: Option<std::sync::Arc<$crate::call::Cancellation>>,
            ) -> Result<$result, $crate::error::CallError> {
                let $core = self.core.clone();
                $crate::call::run(stringify!($name), cancellation, async move { $work }).await
            })*
        }
    };
}
pub(crate) use calls;

/// Runs `work` and names the call in the log. It ends with the work's result, with a panic as
/// [`InternalFailure::Panic`], or, cancelled, as soon as the work has let go: no part of it runs after that.
pub async fn run<T: Send + 'static, E: Into<InkanError> + Send + 'static>(
    name: &'static str,
    cancellation: Option<Arc<Cancellation>>,
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, CallError> {
    let mut task = AbortOnDropHandle::new(runtime()?.spawn(work));
    let token = cancellation.map_or_else(CancellationToken::new, |cancellation| cancellation.token.clone());
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
        Ok(result) => result.map_err(|error| CallError::from(error.into())),
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
    let made = RUNTIME.get_or_init(|| {
        let made = Builder::new_multi_thread().worker_threads(2).thread_name("inkan").enable_all().build();
        made.map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|reason| InkanError::internal(InternalFailure::Other, reason).into())
}
