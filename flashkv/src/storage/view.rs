//! A locked view of some keys: what a command may read and write, and nothing else.
//!
//! A view is made by [`Engine::read`](super::Engine::read) or [`Engine::write`](super::Engine::write), which lock the
//! shards of all the keys at once; dropping it releases them together. Only the keys it was made for can be reached,
//! since a [`Key`] is what says where to look. The families' operations stand in `strings`, `lists` and `keys`: what
//! writes takes `&mut self`, which nobody has of keys that are locked shared.

use std::cell::Cell;
use std::ops::Deref;

use super::error::StorageError;
use super::guards::Guards;
use super::hash::Hash;
use super::list::List;
use super::shard::{Collection, Detached, Garbage, Kind, Millis, Place, Shard, StringRef, is_live};
use super::table::{TOUCHED, touch};

/// A key with its hash and, once its view is locked, the place of its shard in that view.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// The key itself: any bytes.
    pub bytes: &'a [u8],
    pub(super) hash: Hash,
    pub(super) database: u16,
    pub(super) guard: u16,
}

/// Some keys, locked.
#[derive(Debug)]
pub struct View<'e> {
    // Fields are dropped in this order: the locks are released before anything long is freed.
    guards: Guards<'e>,
    garbage: Bin,
    pub(super) now: Millis,
    pub(super) max_string: usize,
    pub(super) tally: Tally,
}

/// Some keys, locked shared: a [`View`] to read only.
#[derive(Debug)]
pub struct ReadView<'e>(View<'e>);

impl<'e> Deref for ReadView<'e> {
    type Target = View<'e>;

    fn deref(&self) -> &View<'e> {
        &self.0
    }
}

/// What happened while a view was held.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    /// Reads that found their key.
    pub hits: Cell<u32>,
    /// Reads that did not.
    pub misses: Cell<u32>,
    /// Keys removed because their deadline had passed.
    pub expired: u32,
    /// Changes made to the data; 0 means that nothing was written.
    pub changes: u64,
}

/// How a string was stored, in the words of `OBJECT ENCODING`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Redis's")]
pub enum Encoding {
    Int,
    Embstr,
    Raw,
    Quicklist,
}

impl Encoding {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Int => "int",
            Encoding::Embstr => "embstr",
            Encoding::Raw => "raw",
            Encoding::Quicklist => "quicklist",
        }
    }
}

/// Values taken out of the data, freed when this is dropped: in place if that is quick, else by a thread of its own.
#[derive(Debug, Default)]
pub(super) struct Bin(pub(super) Garbage);

/// Allocations above which freeing is left to another thread.
const HEAVY: usize = 64;

impl Drop for Bin {
    #[inline]
    fn drop(&mut self) {
        if !self.0.is_empty() {
            self.empty();
        }
    }
}

impl Bin {
    #[cold]
    fn empty(&mut self) {
        if self.0.iter().map(Detached::weight).sum::<usize>() > HEAVY {
            free_elsewhere(std::mem::take(&mut self.0));
        }
    }
}

/// Drops `garbage` on a thread of its own, or here if none can be started.
pub(super) fn free_elsewhere<T: Send + 'static>(garbage: T) {
    // A failed spawn drops the closure, and the garbage with it.
    let _ = std::thread::Builder::new().name("flashkv-free".into()).spawn(move || drop(garbage));
}

impl<'e> View<'e> {
    pub(super) fn new(guards: Guards<'e>, now: Millis, max_string: usize) -> View<'e> {
        View { guards, garbage: Bin::default(), now, max_string, tally: Tally::default() }
    }

    pub(super) fn read_only(self) -> ReadView<'e> {
        ReadView(self)
    }

    /// Looks at what the look-ups of `keys` will need, so that the processor waits for all of their memory at the same time
    /// instead of for one after the other.
    pub fn touch(&self, keys: &[Key<'_>]) {
        for keys in keys.chunks(TOUCHED) {
            // Who uses one key over and over has it at hand.
            let keys = keys.chunk_by(|a, b| a.hash == b.hash).filter_map(<[Key<'_>]>::first);
            let shards = keys.map(|key| (self.shard(key), key.hash.prefix()));
            touch(shards.clone().map(|(shard, prefix)| (&shard.strings, prefix)));
            touch(shards.map(|(shard, prefix)| (&shard.collections, prefix)));
        }
    }

    /// The time that this view judges deadlines by.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// What has happened so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The string at `key`; counts as a read.
    ///
    /// # Errors
    /// [`StorageError::WrongType`] if the key holds something else.
    pub fn string(&self, key: &Key<'_>) -> Result<Option<StringRef<'_>>, StorageError> {
        if let Some(string) = self.shard(key).find_string(key.hash, key.bytes) {
            let live = is_live(string.deadline, self.now);
            self.tally.count(live);
            return Ok(live.then_some(string));
        }
        match self.look_up(key) {
            None => Ok(None),
            Some(_) => Err(StorageError::WrongType),
        }
    }

    /// The list at `key`; counts as a read.
    ///
    /// # Errors
    /// [`StorageError::WrongType`] if the key holds something else.
    pub fn list(&self, key: &Key<'_>) -> Result<Option<&List>, StorageError> {
        let shard = self.shard(key);
        let place = match shard.live_collection(key.hash, key.bytes, self.now) {
            Some(spot) => {
                self.tally.count(true);
                Some(Place::Collection(spot))
            }
            None => self.look_up(key),
        };
        match place {
            None => Ok(None),
            Some(Place::Collection(spot)) => {
                let Collection::List(list) = shard.collection(spot);
                Ok(Some(list))
            }
            Some(Place::String(_)) => Err(StorageError::WrongType),
        }
    }

    /// The type of the value at `key`; counts as a read.
    pub fn kind(&self, key: &Key<'_>) -> Option<Kind> {
        self.look_up(key).map(|place| self.shard(key).kind(place))
    }

    /// The deadline of `key` if it exists; counts as a read.
    pub fn deadline(&self, key: &Key<'_>) -> Option<Option<Millis>> {
        self.look_up(key).map(|place| self.shard(key).deadline(place))
    }

    /// How the value at `key` is stored, as Redis would; counts as a read.
    pub fn encoding(&self, key: &Key<'_>) -> Option<Encoding> {
        Some(match self.look_up(key)? {
            Place::String(spot) => super::strings::encoding(self.shard(key).string(spot)),
            Place::Collection(spot) => match self.shard(key).collection(spot) {
                Collection::List(_) => Encoding::Quicklist,
            },
        })
    }

    /// Bytes of memory that `key` and its value take. Does not count as a read, as in Redis.
    pub fn memory_usage(&self, key: &Key<'_>) -> Option<usize> {
        let place = self.shard(key).live_place(key.hash, key.bytes, self.now)?;
        Some(self.shard(key).entry_bytes(place))
    }

    pub(super) fn shard(&self, key: &Key<'_>) -> &Shard {
        self.guards.shard(key)
    }

    fn look_up(&self, key: &Key<'_>) -> Option<Place> {
        let place = self.shard(key).live_place(key.hash, key.bytes, self.now);
        self.tally.count(place.is_some());
        place
    }

    /// The shard of `key`, the bin for what is taken out of it, and the tally.
    pub(super) fn parts(&mut self, key: &Key<'_>) -> (&mut Shard, &mut Garbage, &mut Tally) {
        (self.guards.shard_mut(key), &mut self.garbage.0, &mut self.tally)
    }

    /// Where `key` is, after removing it if its deadline has passed. Does not count as a read.
    pub(super) fn settle(&mut self, key: &Key<'_>) -> Option<Place> {
        let now = self.now;
        let (shard, garbage, tally) = self.parts(key);
        let (place, deadline) = shard.timed_place(key.hash, key.bytes)?;
        if is_live(deadline, now) {
            return Some(place);
        }
        shard.remove(place, garbage);
        tally.expired += 1;
        None
    }
}

impl Tally {
    fn count(&self, hit: bool) {
        let counter = if hit { &self.hits } else { &self.misses };
        counter.set(counter.get() + 1);
    }
}
