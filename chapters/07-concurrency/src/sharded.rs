//! Shared data cut into shards, each behind a lock of its own.
//!
//! Knows which shard a key belongs to and in which order locks are taken; not what a shard holds.
//!
//! ```text
//! key ── hash ──▶ shard 5      shard 0 │ shard 1 │ … │ shard 5 │ … │ shard 63
//!                               RwLock    RwLock        RwLock         RwLock
//! ```

use std::hash::{BuildHasher, RandomState};
use std::ops::{Deref, DerefMut};

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Enough that threads of a usual machine seldom meet in one.
const SHARDS: usize = 64;

// ANCHOR: types
/// Data of one kind, cut into shards by the hash of a key.
#[derive(Debug)]
pub struct Sharded<T> {
    /// Seeded at random, so that no client can choose keys that all meet in one shard.
    hasher: RandomState,
    /// Never empty.
    shards: Box<[Padded<T>]>,
}

/// A lock on cache lines of its own: taking it does not slow those who use its neighbours.
/// 128 bytes, since processors fetch lines of 64 in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Padded<T>(RwLock<T>);
// ANCHOR_END: types

/// Some shards, all locked: those of the keys that were asked for, or all there are.
///
/// Dropping it releases them.
#[derive(Debug)]
pub struct Locked<'a, T, G> {
    sharded: &'a Sharded<T>,
    /// In ascending order of the shard's number.
    guards: Vec<(usize, G)>,
}

/// Shards locked shared: others may read too.
pub type ReadLocked<'a, T> = Locked<'a, T, RwLockReadGuard<'a, T>>;
/// Shards locked exclusively.
pub type WriteLocked<'a, T> = Locked<'a, T, RwLockWriteGuard<'a, T>>;

impl<T: Default> Default for Sharded<T> {
    fn default() -> Self {
        Sharded::new(SHARDS)
    }
}

impl<T: Default> Sharded<T> {
    /// So many empty shards, at least one.
    pub fn new(shards: usize) -> Self {
        Sharded {
            hasher: RandomState::new(),
            shards: (0..shards.max(1)).map(|_| Padded::default()).collect(),
        }
    }
}

impl<T> Sharded<T> {
    /// How many shards there are.
    pub fn shards(&self) -> usize {
        self.shards.len()
    }

    // ANCHOR: one_key
    /// The number of the shard that `key` belongs to.
    pub fn shard_of(&self, key: &[u8]) -> usize {
        self.hasher.hash_one(key) as usize % self.shards.len()
    }

    /// Runs `job` on the shard of `key`, which others may read at the same time.
    pub fn read<R>(&self, key: &[u8], job: impl FnOnce(&T) -> R) -> R {
        job(&self.lock_of(self.shard_of(key)).read())
    }

    /// Runs `job` on the shard of `key`, which nobody else sees meanwhile.
    pub fn write<R>(&self, key: &[u8], job: impl FnOnce(&mut T) -> R) -> R {
        job(&mut self.lock_of(self.shard_of(key)).write())
    }
    // ANCHOR_END: one_key

    /// The shard of that number, locked exclusively, unless somebody holds its lock just now.
    pub fn try_write(&self, shard: usize) -> Option<RwLockWriteGuard<'_, T>> {
        self.shards.get(shard)?.0.try_write()
    }

    /// Locks the shards of all these keys shared.
    pub fn read_keys<K: AsRef<[u8]>>(&self, keys: &[K]) -> ReadLocked<'_, T> {
        self.lock(self.shards_of(keys), RwLock::read)
    }

    /// Locks the shards of all these keys exclusively.
    pub fn write_keys<K: AsRef<[u8]>>(&self, keys: &[K]) -> WriteLocked<'_, T> {
        self.lock(self.shards_of(keys), RwLock::write)
    }

    /// Locks all shards shared: what is seen through the result is the state of one moment.
    pub fn read_all(&self) -> ReadLocked<'_, T> {
        self.lock((0..self.shards.len()).collect(), RwLock::read)
    }

    /// Locks all shards exclusively.
    pub fn write_all(&self) -> WriteLocked<'_, T> {
        self.lock((0..self.shards.len()).collect(), RwLock::write)
    }

    // ANCHOR: many_keys
    fn shards_of<K: AsRef<[u8]>>(&self, keys: &[K]) -> Vec<usize> {
        let mut shards: Vec<usize> = keys.iter().map(|key| self.shard_of(key.as_ref())).collect();
        shards.sort_unstable();
        // Two keys of one shard need its lock once; taking it twice would wait for ourselves.
        shards.dedup();
        shards
    }

    /// Every lock of more than one shard is taken here, and `shards` ascends: of two callers who
    /// want the same two locks, the one who has the lower is the one who gets the higher.
    fn lock<'a, G>(&'a self, shards: Vec<usize>, take: fn(&'a RwLock<T>) -> G) -> Locked<'a, T, G> {
        let guards = shards.into_iter().map(|shard| (shard, take(self.lock_of(shard))));
        Locked { sharded: self, guards: guards.collect() }
    }
    // ANCHOR_END: many_keys

    fn lock_of(&self, shard: usize) -> &RwLock<T> {
        &self.shards.get(shard).expect("shard numbers are made here").0
    }
}

impl<T, G: Deref<Target = T>> Locked<'_, T, G> {
    /// The shard of `key`.
    ///
    /// # Panics
    /// If `key` belongs to a shard that is not among those locked: the caller's mistake.
    pub fn get(&self, key: &[u8]) -> &T {
        let (_, guard) = self.guards.get(self.place(key)).expect("a place is within");
        guard
    }

    /// All the locked shards.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.guards.iter().map(|(_, guard)| &**guard)
    }

    fn place(&self, key: &[u8]) -> usize {
        let shard = self.sharded.shard_of(key);
        self.guards
            .binary_search_by_key(&shard, |(shard, _)| *shard)
            .expect("a key is used with the locks that were taken for it")
    }
}

impl<T, G: DerefMut<Target = T>> Locked<'_, T, G> {
    /// The shard of `key`, to be changed.
    ///
    /// # Panics
    /// If `key` belongs to a shard that is not among those locked: the caller's mistake.
    pub fn get_mut(&mut self, key: &[u8]) -> &mut T {
        let place = self.place(key);
        let (_, guard) = self.guards.get_mut(place).expect("a place is within");
        guard
    }

    /// All the locked shards, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.guards.iter_mut().map(|(_, guard)| &mut **guard)
    }
}

impl<'a, T> WriteLocked<'a, T> {
    /// Lets others read these shards too. Nobody gets in between to write.
    pub fn downgrade(self) -> ReadLocked<'a, T> {
        let shared = |(shard, guard)| (shard, RwLockWriteGuard::downgrade(guard));
        Locked { sharded: self.sharded, guards: self.guards.into_iter().map(shared).collect() }
    }
}
