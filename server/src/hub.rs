//! Who waits for what: long polls and event streams sleep here until a commit rings their topic. Nobody polls the
//! store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use inkan_protocol::ids::{ChallengeId, DeviceId, EnrollmentId};
use tokio::sync::watch;

use crate::model::outbox::Queue;

/// Something that may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A challenge's state.
    Challenge(ChallengeId),
    /// An enrollment's state.
    Enrollment(EnrollmentId),
    /// A device's state, or what is pending for it.
    Device(DeviceId),
    /// Something was put into a queue of the outbox.
    Outbox(Queue),
}

/// Topics and those who wait for them. A topic takes memory only while somebody waits.
#[derive(Default)]
pub struct Hub {
    topics: Mutex<HashMap<Topic, watch::Sender<u64>>>,
}

/// A place to wait at. Whatever is rung after it was made is not missed.
pub struct Waiting {
    hub: Arc<Hub>,
    topic: Topic,
    receiver: Option<watch::Receiver<u64>>,
}

impl Hub {
    /// Waits for a topic from now on: subscribe first, read the store then, wait last.
    pub fn subscribe(self: &Arc<Self>, topic: Topic) -> Waiting {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = topics.entry(topic).or_insert_with(|| watch::Sender::new(0)).subscribe();
        Waiting { hub: Arc::clone(self), topic, receiver: Some(receiver) }
    }

    /// Wakes all who wait for these.
    pub fn ring(&self, changed: &[Topic]) {
        if changed.is_empty() {
            return;
        }
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in changed {
            if let Some(sender) = topics.get(topic) {
                sender.send_modify(|count| *count = count.wrapping_add(1));
            }
        }
    }

    /// How many topics somebody waits for.
    pub fn len(&self) -> usize {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Waiting {
    /// How many wait for the same, this one included.
    pub fn count(&self) -> usize {
        let topics = self.hub.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.get(&self.topic).map_or(0, watch::Sender::receiver_count)
    }

    /// Returns when the topic is rung.
    pub async fn changed(&mut self) {
        // The sender lives in the hub as long as this receiver does, so there is no error to be had.
        if let Some(receiver) = &mut self.receiver
            && receiver.changed().await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut topics = self.hub.topics.lock().unwrap_or_else(PoisonError::into_inner);
        self.receiver = None;
        if topics.get(&self.topic).is_some_and(|sender| sender.receiver_count() == 0) {
            topics.remove(&self.topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ring_between_subscribing_and_waiting_is_not_missed() {
        let hub = Arc::new(Hub::default());
        let topic = Topic::Challenge(ChallengeId(uuid::Uuid::from_u128(1)));
        let mut waiting = hub.subscribe(topic);
        hub.ring(&[topic]);
        waiting.changed().await;
        drop(waiting);
        assert!(hub.is_empty(), "a topic goes with its last waiter");
        hub.ring(&[topic]);
    }
}
