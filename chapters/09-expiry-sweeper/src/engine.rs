//! All shards, the clock, and the one way to get at keys: locked, and settled.
//!
//! Knows nothing of commands; what is done with a key stands in `shard` and in chapter 08.

use std::ops::{Deref, DerefMut};

use chapter_07::{Locked, Sharded};
use chapter_08::storage::StorageError;
use parking_lot::{RwLockReadGuard, RwLockWriteGuard};

use crate::{Clock, Millis, Shard, Swept};

/// The store. All methods take `&self` and may be called from any thread.
#[derive(Debug, Default)]
pub struct Engine {
    shards: Sharded<Shard>,
    clock: Clock,
}

/// Some keys, locked, none of them expired: what a command may see and change, and nothing else.
#[derive(Debug)]
pub struct View<'e, G> {
    shards: Locked<'e, Shard, G>,
    now: Millis,
}

/// Keys locked shared.
pub type ReadView<'e> = View<'e, RwLockReadGuard<'e, Shard>>;
/// Keys locked exclusively.
pub type WriteView<'e> = View<'e, RwLockWriteGuard<'e, Shard>>;

/// What RENAME does when the target exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfTaken {
    /// Replaces it.
    Replace,
    /// Leaves both as they are (RENAMENX).
    Refuse,
}

impl Engine {
    /// An empty store that lives by `clock`.
    pub fn new(clock: Clock) -> Engine {
        Engine { shards: Sharded::default(), clock }
    }

    /// The clock it lives by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    // ANCHOR: views
    /// Locks `keys` for writing, and removes those that have expired.
    pub fn write<K: AsRef<[u8]>>(&self, keys: &[K]) -> WriteView<'_> {
        let mut shards = self.shards.write_keys(keys);
        // After the locks: while we waited for them, time went on.
        let now = self.clock.now_ms();
        for key in keys.iter().map(AsRef::as_ref) {
            shards.get_mut(key).settle(key, now);
        }
        View { shards, now }
    }

    /// Locks `keys` for reading. If one has expired, this is the access that removes it.
    pub fn read<K: AsRef<[u8]>>(&self, keys: &[K]) -> ReadView<'_> {
        let shards = self.shards.read_keys(keys);
        let now = self.clock.now_ms();
        let expired = |key: &K| shards.get(key.as_ref()).is_expired(key.as_ref(), now);
        if !keys.iter().any(expired) {
            return View { shards, now };
        }
        // A shared lock cannot remove, nor be made exclusive while others hold it too.
        drop(shards);
        let settled = self.write(keys);
        View { shards: settled.shards.downgrade(), now: settled.now }
    }
    // ANCHOR_END: views

    /// Number of keys that have not expired, at one moment.
    pub fn len(&self) -> usize {
        let shards = self.shards.read_all();
        let now = self.clock.now_ms();
        shards.iter().map(|shard| shard.keyspace().len() - shard.count_expired(now)).sum()
    }

    /// Whether there is no such key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of keys that are held in memory, expired ones too: what Redis's DBSIZE counts.
    pub fn held(&self) -> usize {
        self.shards.read_all().iter().map(|shard| shard.keyspace().len()).sum()
    }

    /// Number of keys that are held in memory and have a deadline, passed or not.
    pub fn held_with_deadline(&self) -> usize {
        self.shards.read_all().iter().map(Shard::deadlines).sum()
    }

    /// Hands every key that has not expired to `visit`, as of one moment.
    pub fn for_each_key(&self, mut visit: impl FnMut(&[u8])) {
        let shards = self.shards.read_all();
        let now = self.clock.now_ms();
        shards.iter().for_each(|shard| shard.for_each_live(now, &mut visit));
    }

    /// Removes all keys at one moment.
    pub fn clear(&self) {
        let mut shards = self.shards.write_all();
        let emptied: Vec<Shard> = shards.iter_mut().map(std::mem::take).collect();
        // Freeing takes long, and nobody need wait for it.
        drop(shards);
        drop(emptied);
    }

    /// How many shards there are to sweep.
    pub fn shards(&self) -> usize {
        self.shards.shards()
    }

    // ANCHOR: sweep
    /// One step of the sweeper on one shard; `None` if somebody holds its lock just now: there will be another time.
    pub fn sweep(&self, shard: usize, now: Millis) -> Option<Swept> {
        self.shards.try_write(shard).map(|mut shard| shard.sweep(now))
    }
    // ANCHOR_END: sweep
}

impl<G: Deref<Target = Shard>> View<'_, G> {
    /// The time that this view judges deadlines by.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// The shard of `key`, one of those that the view was made for.
    ///
    /// # Panics
    /// If it was not: the caller's mistake.
    pub fn shard(&self, key: &[u8]) -> &Shard {
        self.shards.get(key)
    }
}

impl<G: DerefMut<Target = Shard>> View<'_, G> {
    /// The shard of `key`, to be changed.
    ///
    /// # Panics
    /// If the view was not made for `key`: the caller's mistake.
    pub fn shard_mut(&mut self, key: &[u8]) -> &mut Shard {
        self.shards.get_mut(key)
    }

    // ANCHOR: rename
    /// Moves the value and deadline of `from` to `to`; returns whether it was moved.
    ///
    /// # Errors
    /// [`StorageError::NoSuchKey`] if there is nothing at `from`.
    pub fn rename(
        &mut self,
        from: &[u8],
        to: &[u8],
        if_taken: IfTaken,
    ) -> Result<bool, StorageError> {
        if !self.shard(from).keyspace().contains(from) {
            return Err(StorageError::NoSuchKey);
        }
        if if_taken == IfTaken::Refuse && self.shard(to).keyspace().contains(to) {
            return Ok(false);
        }
        // Taken out before it is put back: the two names may be one.
        if let Some((value, deadline)) = self.shard_mut(from).remove(from) {
            self.shard_mut(to).put(to, value, deadline);
        }
        Ok(true)
    }
    // ANCHOR_END: rename
}
