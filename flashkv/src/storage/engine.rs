//! The databases, their shards, and the one way to lock them.
//!
//! ```text
//! database 0 ─┬─ shard 0: RwLock ─ strings, collections
//!             ├─ shard 1 …                                 locks are always taken in ascending (database, shard) order
//!             └─ shard 63
//! database 1 ─ …
//! ```

use std::sync::atomic::{AtomicUsize, Ordering};

use smallvec::SmallVec;

use super::guards::{Access, Guards};
use super::hash::{KeyHasher, SHARDS};
use super::shard::{Millis, Shard};
use super::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use super::view::{Key, ReadView, View};

#[cfg(all(test, shuttle))]
mod model;

/// The store: a number of databases, each of 64 locked shards.
///
/// All methods take `&self` and may be called from any thread. Whatever depends on time is told the time.
#[derive(Debug)]
pub struct Engine {
    hasher: KeyHasher,
    pub(super) databases: Box<[Database]>,
    max_string: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct Database {
    pub(super) shards: Box<[PaddedLock]>,
}

/// A shard's lock on cache lines of its own, so that taking one does not slow its neighbours.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct PaddedLock(pub(super) RwLock<Shard>);

/// A database index and shard index; the order in which locks are taken.
type LockId = (u16, u16);

impl Engine {
    /// An empty store of that many databases (at least one, at most 65,535).
    pub fn new(databases: u16) -> Engine {
        let database = || Database { shards: (0..SHARDS).map(|_| PaddedLock::default()).collect() };
        Engine {
            hasher: KeyHasher::default(),
            databases: (0..databases.max(1)).map(|_| database()).collect(),
            max_string: AtomicUsize::new(512 << 20),
        }
    }

    /// Number of databases.
    pub fn databases(&self) -> usize {
        self.databases.len()
    }

    /// Limits the length of strings that APPEND and SETRANGE may build, in bytes (512 MB at first). More than 4 GB are not
    /// built whatever the limit: nobody could send such a string either.
    pub fn set_max_string(&self, bytes: usize) {
        self.max_string.store(bytes.min(u32::MAX as usize), Ordering::Relaxed);
    }

    /// Prepares a key of a database for locking. A database out of range is taken as the last one.
    #[inline]
    pub fn key<'a>(&self, database: usize, bytes: &'a [u8]) -> Key<'a> {
        let database = database.min(self.databases.len() - 1) as u16;
        Key { bytes, hash: self.hasher.hash(bytes), database, guard: 0 }
    }

    /// Locks the shards of `keys` for reading.
    pub fn read<'e>(&'e self, keys: &mut [Key<'_>], now: Millis) -> ReadView<'e> {
        self.lock_for(keys, Access::Shared, now).read_only()
    }

    /// Locks the shards of `keys` for writing.
    pub fn write<'e>(&'e self, keys: &mut [Key<'_>], now: Millis) -> View<'e> {
        self.lock_for(keys, Access::Exclusive, now)
    }

    /// Locks the shards of `keys`, which may be those of several commands. What writes panics if they are locked shared.
    pub fn lock_for<'e>(&'e self, keys: &mut [Key<'_>], access: Access, now: Millis) -> View<'e> {
        let guards = match access {
            Access::Shared => Guards::Shared(self.lock(keys, RwLock::read)),
            Access::Exclusive => Guards::Exclusive(self.lock(keys, RwLock::write)),
        };
        View::new(guards, now, self.max_string())
    }

    /// **Invariant**: every lock of more than one shard, here and in `walk`, is taken in ascending order, so no two
    /// callers can wait for each other (`engine/model.rs`, `storage::tests::concurrent`, `tests/concurrency.rs`).
    #[inline]
    fn lock<'e, G>(
        &'e self,
        keys: &mut [Key<'_>],
        take: impl Fn(&'e RwLock<Shard>) -> G,
    ) -> SmallVec<[G; 1]> {
        let mut guards = SmallVec::new();
        match keys {
            [key] => {
                key.guard = 0;
                guards.push(take(self.shard_lock(lock_id(key))));
            }
            [first, rest @ ..] if rest.iter().all(|key| key.database == first.database) => {
                let wanted = rest.iter().fold(bit(first), |wanted, key| wanted | bit(key));
                let mut places = [0; SHARDS];
                guards.reserve(wanted.count_ones() as usize);
                let shards = self.database(usize::from(first.database)).map(|db| &db.shards[..]);
                let shards = shards.unwrap_or_default().iter().zip(&mut places);
                for (number, (shard, place)) in shards.enumerate() {
                    if wanted & 1 << number != 0 {
                        *place = guards.len() as u16;
                        guards.push(take(&shard.0));
                    }
                }
                for key in keys {
                    key.guard = places.get(key.hash.shard()).copied().unwrap_or_default();
                }
            }
            keys => {
                let mut ids: SmallVec<[LockId; 16]> = keys.iter().map(lock_id).collect();
                ids.sort_unstable();
                ids.dedup();
                guards.extend(ids.iter().map(|id| take(self.shard_lock(*id))));
                for key in keys {
                    let place =
                        ids.binary_search(&lock_id(key)).expect("the key's own lock is among them");
                    key.guard = place as u16;
                }
            }
        }
        guards
    }

    fn max_string(&self) -> usize {
        self.max_string.load(Ordering::Relaxed)
    }

    fn shard_lock(&self, (database, shard): LockId) -> &RwLock<Shard> {
        let lock = self
            .databases
            .get(usize::from(database))
            .and_then(|db| db.shards.get(usize::from(shard)));
        &lock.expect("keys are made with a database and shard that exist").0
    }

    pub(super) fn database(&self, index: usize) -> Option<&Database> {
        self.databases.get(index)
    }
}

impl Database {
    /// All shards, locked for reading together.
    pub(super) fn read_all(&self) -> Vec<RwLockReadGuard<'_, Shard>> {
        self.shards.iter().map(|shard| shard.0.read()).collect()
    }

    /// All shards, locked for writing together.
    pub(super) fn write_all(&self) -> Vec<RwLockWriteGuard<'_, Shard>> {
        self.shards.iter().map(|shard| shard.0.write()).collect()
    }
}

// One bit for each shard of a database.
const _: () = assert!(SHARDS <= u64::BITS as usize);

fn bit(key: &Key<'_>) -> u64 {
    1 << key.hash.shard()
}

fn lock_id(key: &Key<'_>) -> LockId {
    (key.database, key.hash.shard() as u16)
}
