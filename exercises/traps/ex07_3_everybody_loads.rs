//! Looks, loads without a lock, and keeps what was first: right values, and as many loads as clients.

use std::collections::HashMap;
use std::hash::Hash;

use chapter_07::Sharded;

/// A cache that loads each key once.
pub struct Cache<K, V> {
    slots: Sharded<HashMap<K, V>>,
}

impl<K: AsRef<[u8]> + Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// An empty cache with so many shards.
    pub fn new(shards: usize) -> Cache<K, V> {
        Cache { slots: Sharded::new(shards) }
    }

    /// What the cache has for `key`, or else what `load` gives.
    pub fn get(&self, key: &K, load: impl FnOnce() -> Option<V>) -> Option<V> {
        if let Some(value) = self.slots.read(key.as_ref(), |values| values.get(key).cloned()) {
            return Some(value);
        }
        let value = load()?;
        self.slots
            .write(key.as_ref(), |values| Some(values.entry(key.clone()).or_insert(value).clone()))
    }
}
