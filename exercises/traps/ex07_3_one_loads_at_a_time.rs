//! One lock for whoever loads, whatever it is.

use std::collections::HashMap;
use std::hash::Hash;

use chapter_07::Sharded;
use parking_lot::Mutex;

/// A cache that loads each key once.
pub struct Cache<K, V> {
    slots: Sharded<HashMap<K, V>>,
    loading: Mutex<()>,
}

impl<K: AsRef<[u8]> + Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// An empty cache with so many shards.
    pub fn new(shards: usize) -> Cache<K, V> {
        Cache { slots: Sharded::new(shards), loading: Mutex::new(()) }
    }

    /// What the cache has for `key`, or else what `load` gives.
    pub fn get(&self, key: &K, load: impl FnOnce() -> Option<V>) -> Option<V> {
        let known = || self.slots.read(key.as_ref(), |values| values.get(key).cloned());
        if let Some(value) = known() {
            return Some(value);
        }
        let _loading = self.loading.lock();
        if let Some(value) = known() {
            return Some(value);
        }
        let value = load()?;
        self.slots.write(key.as_ref(), |values| values.insert(key.clone(), value.clone()));
        Some(value)
    }
}
