//! Takes the key for a part of nothing: at each moment only one can end.

use std::collections::BTreeMap;
use std::hash::Hash;

/// When keys end.
///
/// **Invariant**: both hold the same pairs.
#[derive(Debug)]
pub struct Deadlines<K, T> {
    by_key: BTreeMap<K, T>,
    /// The key is a part of it: two keys may have the same deadline.
    by_time: BTreeMap<T, K>,
}

impl<K: Clone + Ord + Hash, T: Copy + Ord> Deadlines<K, T> {
    /// No key has a deadline.
    pub fn new() -> Deadlines<K, T> {
        Deadlines { by_key: BTreeMap::new(), by_time: BTreeMap::new() }
    }

    /// How many keys have one.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// The deadline of `key`.
    pub fn get(&self, key: &K) -> Option<T> {
        self.by_key.get(key).copied()
    }

    /// The soonest of all.
    pub fn next(&self) -> Option<T> {
        self.by_time.first_key_value().map(|(deadline, _)| *deadline)
    }

    /// Gives `key` a deadline.
    pub fn set(&mut self, key: &K, deadline: T) {
        self.lift(key);
        self.by_key.insert(key.clone(), deadline);
        self.by_time.insert(deadline, key.clone());
    }

    /// Takes the deadline of `key` away; returns it.
    pub fn lift(&mut self, key: &K) -> Option<T> {
        let deadline = self.by_key.remove(key)?;
        self.by_time.remove(&deadline);
        Some(deadline)
    }

    /// Takes out keys that are over, and returns them.
    pub fn expired(&mut self, now: T, most: usize) -> Vec<K> {
        let mut over = Vec::new();
        while over.len() < most && self.next().is_some_and(|deadline| deadline < now) {
            let Some((_, key)) = self.by_time.pop_first() else { break };
            self.by_key.remove(&key);
            over.push(key);
        }
        over
    }
}
