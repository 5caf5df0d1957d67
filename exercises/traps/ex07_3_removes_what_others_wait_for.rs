//! Takes the place of a key out of the map when a load has failed, though others wait for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use chapter_07::Sharded;
use parking_lot::Mutex;

/// What there is of one key. Whoever has the lock loads it; whoever waits for the lock finds it loaded.
type Slot<V> = Arc<Mutex<Option<V>>>;

/// A cache that loads each key once.
pub struct Cache<K, V> {
    slots: Sharded<HashMap<K, Slot<V>>>,
}

impl<K: AsRef<[u8]> + Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// An empty cache with so many shards.
    pub fn new(shards: usize) -> Cache<K, V> {
        Cache { slots: Sharded::new(shards) }
    }

    /// What the cache has for `key`, or else what `load` gives.
    pub fn get(&self, key: &K, load: impl FnOnce() -> Option<V>) -> Option<V> {
        let slot = self
            .slots
            .write(key.as_ref(), |slots| Arc::clone(slots.entry(key.clone()).or_default()));
        // The shard is free again.
        let mut value = slot.lock();
        if value.is_none() {
            *value = load();
        }
        let got = value.clone();
        drop(value);
        if got.is_none() {
            self.slots.write(key.as_ref(), |slots| slots.remove(key));
        }
        got
    }
}
