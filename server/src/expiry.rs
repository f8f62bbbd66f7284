//! What ends by itself: the one loop that closes challenges and enrollments whose time is over, and forgets what is kept
//! for a time.
//!
//! Nothing depends on its punctuality: whoever reads a pending challenge after its time reads `expired`, and no answer
//! is taken then. The loop makes it final, writes it down, and lets secrets go.

use std::time::Duration;

use crate::app::{App, Shared};
use crate::routes::refusal::Refusal;
use crate::{ending, enrolling, sweep};

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(1);
/// Most of a kind in one transaction: others want to write too.
const MOST: usize = 100;
/// Between two sweeps of what is kept for a time, in seconds.
const SWEEP_SECONDS: u64 = 60;

/// Runs until the app is drained.
pub async fn run(app: Shared) {
    let mut swept_at = 0;
    loop {
        let now = app.clock.now();
        if now.abs_diff(swept_at) >= SWEEP_SECONDS {
            match sweep::round(&app).await {
                Ok(()) => swept_at = now,
                Err(error) => tracing::error!(%error, "a sweep failed; the next one tries again"),
            }
        }
        if let Err(refused) = round(&app).await {
            tracing::error!(code = refused.code, "a round of expiry failed; the next one tries again");
        }
        tokio::select! {
            () = app.clock.sleep(PAUSE) => {}
            () = app.drained() => return,
        }
    }
}

/// Closes everything that is overdue now.
pub async fn round(app: &Shared) -> Result<(), Refusal> {
    while expire_challenges(app).await? == MOST {}
    while expire_enrollments(app).await? == MOST {}
    Ok(())
}

/// A request that ran when the server stopped does not run any more: its `Idempotency-Key` is free. Nor does anybody
/// carry what was being carried then. Called before the first request is taken.
pub async fn forget_running(app: &Shared) -> Result<(), Refusal> {
    let now_millis = app.clock.now_millis();
    app.storage
        .write(move |tx| -> Result<(), Refusal> {
            tx.drop_running_replies()?;
            Ok(tx.release_messages(now_millis)?)
        })
        .await
}

/// Closes some overdue enrollments and says how many; the phones that had claimed them are told.
async fn expire_enrollments(app: &Shared) -> Result<usize, Refusal> {
    let now = app.clock.now();
    let due = app
        .storage
        .read(move |tx| -> Result<_, Refusal> { Ok(!tx.overdue_enrollments(now, 1)?.is_empty()) })
        .await?;
    if !due {
        return Ok(0);
    }
    let shared = app.clone();
    app.storage
        .write(move |tx| -> Result<_, Refusal> {
            let overdue = tx.overdue_enrollments(now, MOST)?;
            let count = overdue.len();
            for enrollment in overdue {
                enrolling::expire(tx, &shared, enrollment, now)?;
            }
            Ok(count)
        })
        .await
}

/// Closes some overdue challenges and says how many. Looks first without a write: most rounds find nothing.
async fn expire_challenges(app: &Shared) -> Result<usize, Refusal> {
    let now = app.clock.now();
    let due = app
        .storage
        .read(move |tx| -> Result<_, Refusal> { Ok(!tx.overdue_challenges(now, 1)?.is_empty()) })
        .await?;
    if !due {
        return Ok(0);
    }
    let shared = app.clone();
    app.storage
        .write(move |tx| -> Result<_, Refusal> {
            let app: &App = &shared;
            let overdue = tx.overdue_challenges(now, MOST)?;
            let count = overdue.len();
            for challenge in overdue {
                ending::expire(tx, app, challenge, now)?;
            }
            Ok(count)
        })
        .await
}
