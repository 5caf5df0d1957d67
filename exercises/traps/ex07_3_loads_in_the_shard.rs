//! Loads under the shard's lock: once, and everybody else with a key in that shard waits, too.

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
        self.slots.write(key.as_ref(), |values| {
            if let Some(value) = values.get(key) {
                return Some(value.clone());
            }
            let value = load()?;
            values.insert(key.clone(), value.clone());
            Some(value)
        })
    }
}
