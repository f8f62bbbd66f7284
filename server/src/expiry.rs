//! What ends by itself: the one loop that closes challenges whose time is over.
//!
//! Nothing depends on its punctuality: whoever reads a pending challenge after its time reads `expired`, and no answer
//! is taken then. The loop makes it final, writes it down, and lets secrets go.

use std::time::Duration;

use crate::app::{App, Shared};
use crate::ending;
use crate::routes::refusal::Refusal;

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(1);
/// Most of a kind in one transaction: others want to write too.
const MOST: usize = 100;

/// Runs until the app is drained.
pub async fn run(app: Shared) {
    loop {
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
    Ok(())
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
