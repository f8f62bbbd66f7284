//! How many streams each address has open: one sender may not take all places from the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Addresses and their open streams. An address takes memory only while it has one.
#[derive(Default)]
pub struct Watchers(Mutex<HashMap<String, usize>>);

/// A place, until it is dropped.
pub struct Place {
    watchers: Arc<Watchers>,
    address: String,
}

impl Watchers {
    /// Takes a place; `None` where the address has `most` already.
    pub fn take(self: &Arc<Self>, address: String, most: usize) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address.clone()).or_default();
        if *count >= most {
            if *count == 0 {
                open.remove(&address);
            }
            return None;
        }
        *count = count.saturating_add(1);
        Some(Place { watchers: Arc::clone(self), address })
    }

    /// How many streams are open.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.watchers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let watchers = Arc::new(Watchers::default());
        let take = |address: &str| watchers.take(address.to_owned(), 2);
        let first = take("a").unwrap();
        let _second = take("a").unwrap();
        assert!(take("a").is_none());
        assert!(take("b").is_some(), "another address has its own");
        assert_eq!(watchers.len(), 2);
        drop(first);
        assert!(take("a").is_some());
        assert!(watchers.take("c".to_owned(), 0).is_none());
        assert_eq!(watchers.0.lock().unwrap().len(), 1, "nothing is kept of those who have none");
    }
}
