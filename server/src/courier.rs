//! Carries what lies in the outbox to those who are meant to hear it: one loop for each queue, so that nobody waits for
//! another's outage, and no request of the API waits for any.
//!
//! ```text
//! transaction of the cause: put into the outbox ─ commit ─▶ rung
//!                                                            │
//!    ┌── due? ◀── rung, time has come, a try has ended ◀─────┘
//!    ▼
//!  taken (one more try, on the disk) ─▶ carried, several at once ─▶ done: removed     │ in one transaction with
//!                                                                 └▶ again: due later │ what the carrier keeps
//! ```
//!
//! A try is counted on the disk before it begins. After a crash what was being carried is carried again; a carrier that
//! must not say a thing twice sees in [`OutboxMessage::tries`] that one was lost.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinSet;

use crate::app::{App, Shared};
use crate::hub::Topic;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::routes::refusal::Refusal;
use crate::storage::Transaction;

/// After a failure of the store.
const PAUSE: Duration = Duration::from_secs(1);

/// What is written down with the end of a try, in its transaction.
pub type Keep = Box<dyn FnOnce(&mut dyn Transaction, &App) -> Result<(), Refusal> + Send>;

/// How a try ended.
pub struct Carried {
    /// What becomes of the message.
    pub next: Next,
    /// What is written down with it.
    pub keep: Option<Keep>,
}

/// What becomes of a message after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is over, for better or worse.
    Done,
    /// It is tried again, at this time in milliseconds since 1970.
    Again {
        /// When.
        due_millis: u64,
    },
}

impl Carried {
    /// It is over.
    pub fn done() -> Self {
        Self { next: Next::Done, keep: None }
    }

    /// It is tried again.
    pub fn again(due_millis: u64) -> Self {
        Self { next: Next::Again { due_millis }, keep: None }
    }

    /// Writes this down as well.
    pub fn keeping(
        self,
        keep: impl FnOnce(&mut dyn Transaction, &App) -> Result<(), Refusal> + Send + 'static,
    ) -> Self {
        Self { keep: Some(Box::new(keep)), ..self }
    }
}

/// Who carries the messages of one queue.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Which queue.
    fn queue(&self) -> Queue;

    /// How many are carried at once.
    fn at_once(&self) -> usize;

    /// After this long a try is lost: longer than any try takes.
    fn lost_after(&self) -> Duration;

    /// Tries one. It ends by itself within [`Courier::lost_after`]; what has not ended then is given up, so that it holds no
    /// place and is never carried twice at once.
    async fn carry(&self, app: &Shared, message: OutboxMessage) -> Carried;

    /// One whose time is over will not be carried any more; it is removed after this.
    fn over(&self, _tx: &mut dyn Transaction, _app: &App, _message: &OutboxMessage) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Carries until the app is drained, then lets what is under way end.
pub async fn run(app: Shared, courier: Arc<dyn Courier>) {
    let mut running = JoinSet::new();
    let mut waiting = app.hub.subscribe(Topic::Outbox(courier.queue()));
    loop {
        let due = match begin(&app, &courier, &mut running).await {
            Ok(due) => due,
            Err(refused) => {
                tracing::error!(queue = courier.queue().as_str(), code = refused.code, "the outbox failed");
                Some(app.clock.now_millis().saturating_add(millis(PAUSE)))
            }
        };
        // where there is no room, only the end of a try makes any
        let room = running.len() < courier.at_once();
        let until_due = async {
            match due {
                Some(due) if room => {
                    let wait = due.saturating_sub(app.clock.now_millis()).max(1);
                    app.clock.sleep(Duration::from_millis(wait)).await;
                }
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = app.drained() => break,
            () = until_due => {}
            () = waiting.changed() => {}
            Some(_) = running.join_next() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Carries everything that is due now, and says how many tries that took.
pub async fn round(app: &Shared, courier: &Arc<dyn Courier>) -> Result<usize, Refusal> {
    let mut tries = 0;
    let mut running = JoinSet::new();
    loop {
        let before = running.len();
        begin(app, courier, &mut running).await?;
        tries += running.len() - before;
        if running.join_next().await.is_none() {
            return Ok(tries);
        }
    }
}

/// Begins as many tries as there is room for; answers when the next message is due.
async fn begin(
    app: &Shared,
    courier: &Arc<dyn Courier>,
    running: &mut JoinSet<()>,
) -> Result<Option<u64>, Refusal> {
    let queue = courier.queue();
    let now_millis = app.clock.now_millis();
    let next = app.storage.read(move |tx| -> Result<_, Refusal> { Ok(tx.next_due(queue)?) }).await?;
    let room = courier.at_once().saturating_sub(running.len());
    if next.is_none_or(|next| next > now_millis) || room == 0 {
        return Ok(next);
    }
    let lost_at = now_millis.saturating_add(millis(courier.lost_after()));
    let (shared, over) = (app.clone(), Arc::clone(courier));
    let (taken, next) = app
        .storage
        .write(move |tx| -> Result<_, Refusal> {
            let mut taken = tx.take_messages(queue, now_millis, lost_at, room)?;
            let now = shared.clock.now();
            for message in taken.extract_if(.., |message| message.until <= now) {
                over.over(tx, &shared, &message)?;
                tx.drop_message(message.id)?;
            }
            Ok((taken, tx.next_due(queue)?))
        })
        .await?;
    for message in taken {
        let (app, courier) = (app.clone(), Arc::clone(courier));
        running.spawn(async move {
            let carried = tokio::select! {
                carried = courier.carry(&app, message.clone()) => carried,
                () = app.clock.sleep(courier.lost_after()) => {
                    tracing::error!(queue = queue.as_str(), "a try did not end and was given up");
                    return;
                }
            };
            if let Err(refused) = settle(&app, message, carried).await {
                // it is due again when the try counts as lost
                tracing::error!(queue = queue.as_str(), code = refused.code, "the end of a try was not kept");
            }
        });
    }
    Ok(next)
}

async fn settle(app: &Shared, message: OutboxMessage, carried: Carried) -> Result<(), Refusal> {
    let shared = app.clone();
    app.storage
        .write(move |tx| -> Result<_, Refusal> {
            // a newer one may have taken its place, or the customer's data is gone
            let stands = tx.message(message.id)?.is_some();
            let (queue, name) = (message.queue, message.name.clone());
            match carried.next {
                Next::Done => tx.drop_message(message.id)?,
                Next::Again { due_millis } if stands => {
                    tx.put_message(&OutboxMessage { due_millis, ..message })?;
                }
                Next::Again { .. } => {}
            }
            if !stands {
                follow(tx, queue, name.as_deref(), shared.clock.now_millis())?;
            }
            match carried.keep {
                Some(keep) => keep(tx, &shared),
                None => Ok(()),
            }
        })
        .await
}

/// The newer message that waited for this one's end is due now.
fn follow(
    tx: &mut dyn Transaction,
    queue: Queue,
    name: Option<&str>,
    now_millis: u64,
) -> Result<(), Refusal> {
    let Some(name) = name else { return Ok(()) };
    if let Some(newer) = tx.named_message(queue, name)?.filter(|newer| newer.tries == 0) {
        tx.put_message(&OutboxMessage { due_millis: now_millis, ..newer })?;
        tx.notify(Topic::Outbox(queue));
    }
    Ok(())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
