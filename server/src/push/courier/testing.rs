//! Providers of tests: one notes who is rung and answers what a test tells it to, one never answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use inkan_protocol::enrollment::Push;
use tokio::sync::watch;

use crate::push::{Doorbell, Outcome, PushPort, Pushes};

#[derive(Default)]
pub(crate) struct Bell {
    pub(crate) rung: Mutex<Vec<(Push, Doorbell)>>,
    pub(crate) answers: Mutex<VecDeque<Outcome>>,
}

impl Bell {
    /// The next answers; afterwards everything is delivered.
    pub(crate) fn answers(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.answers.lock().unwrap().extend(outcomes);
    }

    pub(crate) fn rung(&self) -> Vec<(Push, Doorbell)> {
        std::mem::take(&mut *self.rung.lock().unwrap())
    }
}

#[async_trait]
impl PushPort for Bell {
    async fn ring(&self, to: &Push, doorbell: &Doorbell) -> Outcome {
        self.rung.lock().unwrap().push((to.clone(), doorbell.clone()));
        self.answers.lock().unwrap().pop_front().unwrap_or(Outcome::DeliveredToProvider)
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// FCM alone, by this bell.
pub(crate) fn pushes(bell: &Arc<Bell>) -> Pushes {
    Pushes { fcm: Some(bell.clone()), ..Pushes::default() }
}

/// Takes every push and never says a word.
#[derive(Default)]
pub(crate) struct Silent(watch::Sender<Holding>);

/// Pushes that it took, and those among them whose sender still waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) taken: usize,
    pub(crate) held: usize,
}

impl Silent {
    pub(crate) fn holding(&self) -> Holding {
        *self.0.borrow()
    }

    /// Returns when it has taken so many.
    pub(crate) async fn taken(&self, count: usize) {
        self.0.subscribe().wait_for(|holding| holding.taken >= count).await.unwrap();
    }
}

/// One that is held, until its sender gives it up.
struct Held<'a>(&'a watch::Sender<Holding>);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|holding| holding.held -= 1);
    }
}

#[async_trait]
impl PushPort for Silent {
    async fn ring(&self, _to: &Push, _doorbell: &Doorbell) -> Outcome {
        self.0.send_modify(|holding| {
            holding.taken += 1;
            holding.held += 1;
        });
        let _held = Held(&self.0);
        std::future::pending().await
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
