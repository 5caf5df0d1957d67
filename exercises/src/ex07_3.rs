//! 07.3 A hundred clients, one load (hard, about 35 minutes)
//!
//! A page is not in the cache, and takes a second to load. In that second a hundred clients ask for it. If the cache
//! lets each of them load it, the database behind gets a hundred requests instead of one, at the moment when it is slow
//! anyway. Write a cache that loads once and lets the others wait. It keeps what it has in the chapter's `Sharded`.
//!
//! - `get` returns what the cache has for the key. If that is nothing, it calls `load` and keeps what comes.
//! - While one client loads a key, all others who want this key wait, and get what the first one loaded.
//! - While a key is loaded, other keys can be used, whichever shard they are in. `load` itself may use the cache for
//!   other keys.
//! - `load` may fail: then it returns `None`, and so does `get`. No value is kept (an empty place for the key may stay).
//!   The next client tries again, and so does one who waited meanwhile: one of them at a time, as before. `load` does not
//!   panic.
//!
//! What `Sharded` holds is up to you, as long as it is a map whose keys are `K`: the check notices by the key's hash when
//! somebody looks for it.

use std::hash::Hash;

use chapter_07::Sharded;

/// A cache that loads each key once.
pub struct Cache<K, V> {
    // Add what you need, and change what is here.
    shards: Sharded<()>,
    unused: Option<(K, V)>,
}

impl<K: AsRef<[u8]> + Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// An empty cache with so many shards.
    pub fn new(shards: usize) -> Cache<K, V> {
        todo!()
    }

    /// What the cache has for `key`, or else what `load` gives.
    pub fn get(&self, key: &K, load: impl FnOnce() -> Option<V>) -> Option<V> {
        todo!()
    }
}
