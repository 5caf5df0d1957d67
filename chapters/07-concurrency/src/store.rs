//! Three ways to share one map between threads, behind one trait.
//!
//! Knows locks and maps; not who asks, nor in what words.

use std::collections::HashMap;

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};

use crate::Sharded;

/// What a client of this chapter can do with the data.
///
/// All methods take `&self`: whoever implements it sees to it that threads do not collide.
pub trait Store: Send + Sync {
    /// The value at `key`. Cloning a [`Bytes`] copies no bytes, so the lock is held for a moment only.
    fn get(&self, key: &[u8]) -> Option<Bytes>;

    /// Gives `key` a value and returns the one it had.
    fn set(&self, key: &[u8], value: &[u8]) -> Option<Bytes>;

    /// Removes these keys in one step; returns how many there were.
    fn remove(&self, keys: &[Bytes]) -> usize;
}

type Map = HashMap<Bytes, Bytes>;

// ANCHOR: stores
/// One lock, one holder at a time.
#[derive(Debug, Default)]
pub struct MutexStore(Mutex<Map>);

/// One lock, many readers or one writer.
#[derive(Debug, Default)]
pub struct RwLockStore(RwLock<Map>);

/// Many locks, each over its share of the keys.
#[derive(Debug, Default)]
pub struct ShardedStore(Sharded<Map>);
// ANCHOR_END: stores

// ANCHOR: mutex
impl Store for MutexStore {
    fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.0.lock().get(key).cloned()
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Option<Bytes> {
        let (key, value) = owned(key, value);
        self.0.lock().insert(key, value)
    }

    fn remove(&self, keys: &[Bytes]) -> usize {
        let mut map = self.0.lock();
        keys.iter().filter(|key| map.remove(*key).is_some()).count()
    }
}
// ANCHOR_END: mutex

impl Store for RwLockStore {
    fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.0.read().get(key).cloned()
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Option<Bytes> {
        let (key, value) = owned(key, value);
        self.0.write().insert(key, value)
    }

    fn remove(&self, keys: &[Bytes]) -> usize {
        let mut map = self.0.write();
        keys.iter().filter(|key| map.remove(*key).is_some()).count()
    }
}

// ANCHOR: sharded
impl Store for ShardedStore {
    fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.0.read(key, |map| map.get(key).cloned())
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Option<Bytes> {
        let (owned_key, value) = owned(key, value);
        self.0.write(key, |map| map.insert(owned_key, value))
    }

    fn remove(&self, keys: &[Bytes]) -> usize {
        let mut maps = self.0.write_keys(keys);
        keys.iter().filter(|key| maps.get_mut(key).remove(*key).is_some()).count()
    }
}
// ANCHOR_END: sharded

// ANCHOR: owned
/// Copies of a key and a value. What a client sent is a slice of a buffer that held much more:
/// keeping the slice would keep the whole buffer. The copy is made before any lock is taken.
fn owned(key: &[u8], value: &[u8]) -> (Bytes, Bytes) {
    (Bytes::copy_from_slice(key), Bytes::copy_from_slice(value))
}
// ANCHOR_END: owned
