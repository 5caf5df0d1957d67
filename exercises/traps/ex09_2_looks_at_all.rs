//! Looks at all deadlines to find those that are over.

use std::collections::BTreeMap;
use std::hash::Hash;

/// When keys end.
///
/// **Invariant**: both hold the same pairs.
#[derive(Debug)]
pub struct Deadlines<K, T> {
    by_key: BTreeMap<K, T>,
}

impl<K: Clone + Ord + Hash, T: Copy + Ord> Deadlines<K, T> {
    /// No key has a deadline.
    pub fn new() -> Deadlines<K, T> {
        Deadlines { by_key: BTreeMap::new() }
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
        self.by_key.values().min().copied()
    }

    /// Gives `key` a deadline.
    pub fn set(&mut self, key: &K, deadline: T) {
        self.lift(key);
        self.by_key.insert(key.clone(), deadline);
    }

    /// Takes the deadline of `key` away; returns it.
    pub fn lift(&mut self, key: &K) -> Option<T> {
        let deadline = self.by_key.remove(key)?;
        Some(deadline)
    }

    /// Takes out keys that are over, and returns them.
    pub fn expired(&mut self, now: T, most: usize) -> Vec<K> {
        let over = self.by_key.iter().filter(|(_, deadline)| **deadline < now);
        let mut over: Vec<(T, K)> = over.map(|(key, deadline)| (*deadline, key.clone())).collect();
        over.sort();
        over.truncate(most);
        let over: Vec<K> = over.into_iter().map(|(_, key)| key).collect();
        for key in &over {
            self.by_key.remove(key);
        }
        over
    }
}
