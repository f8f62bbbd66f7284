//! A provider that notes who is rung, and answers what a test tells it to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use inkan_protocol::enrollment::Push;

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
