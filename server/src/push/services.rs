//! Push services that did not answer lately. Web Push has as many as phones name, and all of them share the courier's
//! places: one that hangs must not take them from the others.
//!
//! ```text
//! heard of ──[`SILENCE`] tries without an answer, one after the other──▶ silent: one try at a time ──an answer──▶ heard of
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// So many tries without an answer, and none with one between: it is silent.
const SILENCE: u32 = 8;
/// Services that are remembered; phones name them, so there is a bound.
const MOST: usize = 4096;

/// What is known of services that are being tried, or that did not answer.
#[derive(Default)]
pub(super) struct Services(Mutex<HashMap<String, Service>>);

#[derive(Default)]
struct Service {
    unanswered: u32,
    under_way: usize,
}

/// A try at a service, until it is dropped.
pub(super) struct Visit {
    services: Arc<Services>,
    name: String,
}

impl Services {
    /// Begins a try; `None` where the service is silent and another try is finding out whether it still is.
    pub(super) fn visit(self: &Arc<Self>, name: &str) -> Option<Visit> {
        let mut services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if services.len() >= MOST {
            // what is forgotten is found out again
            services.retain(|_, service| service.under_way > 0);
        }
        let service = services.entry(name.to_owned()).or_default();
        if service.unanswered >= SILENCE && service.under_way > 0 {
            return None;
        }
        service.under_way = service.under_way.saturating_add(1);
        Some(Visit { services: Arc::clone(self), name: name.to_owned() })
    }

    fn with(&self, name: &str, change: impl FnOnce(&mut Service)) {
        let mut services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(service) = services.get_mut(name) {
            change(service);
            if service.unanswered == 0 && service.under_way == 0 {
                services.remove(name);
            }
        }
    }
}

impl Visit {
    /// It said something, whatever it was, or nothing.
    pub(super) fn ended(self, answered: bool) {
        self.services.with(&self.name, |service| {
            service.unanswered = if answered { 0 } else { service.unanswered.saturating_add(1) };
        });
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.services.with(&self.name, |service| service.under_way = service.under_way.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_service_is_tried_once_at_a_time_until_it_answers() {
        let services = Arc::new(Services::default());
        let visit = |name: &str| services.visit(name);
        let many: Vec<Visit> = (0..20).map(|_| visit("a").unwrap()).collect();
        for one in many {
            one.ended(false);
        }
        let probe = visit("a").unwrap();
        assert!(visit("a").is_none(), "one finds out");
        assert!(visit("b").is_some(), "others are tried as ever");
        drop(probe);
        let probe = visit("a").unwrap();
        probe.ended(true);
        let both = (visit("a"), visit("a"));
        assert!(both.0.is_some() && both.1.is_some());
        drop(both);
        assert!(services.0.lock().unwrap().is_empty(), "nothing is kept of those that answer");
    }

    #[test]
    fn a_few_failures_and_those_with_answers_between_are_no_silence() {
        let services = Arc::new(Services::default());
        for _ in 0..5 {
            for _ in 1..SILENCE {
                services.visit("a").unwrap().ended(false);
            }
            services.visit("a").unwrap().ended(true);
        }
        for _ in 1..SILENCE {
            services.visit("a").unwrap().ended(false);
        }
        assert!([services.visit("a"), services.visit("a")].iter().all(Option::is_some));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let services = Arc::new(Services::default());
        for number in 0..=MOST {
            services.visit(&number.to_string()).unwrap().ended(false);
        }
        assert!(services.0.lock().unwrap().len() < MOST);
    }
}
