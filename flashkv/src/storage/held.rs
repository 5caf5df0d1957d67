//! The locks of a command's keys, or of several commands' keys, held together.
//!
//! A command sees its own keys only, through a [`View`] that borrows from what is held. Who decides what is held at once,
//! and for how long, is the dispatcher.

use smallvec::SmallVec;

use super::hash::Hash;
use super::shard::{Garbage, Millis, Shard};
use super::sync::{RwLockReadGuard, RwLockWriteGuard};
use super::view::{Bin, Key, Tally, View};

/// Keys locked shared, borrowed.
pub type ReadOnly<'v> = View<&'v Shard>;
/// Keys locked exclusively, borrowed.
pub type ReadWrite<'v> = View<&'v mut Shard>;

/// How keys are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Others may read them too.
    Shared,
    /// Nobody else may see them.
    Exclusive,
}

/// Locked shards.
#[derive(Debug)]
pub struct Held<'e> {
    // Fields are dropped in this order: the locks are released before anything long is freed.
    guards: Guards<'e>,
    garbage: Bin,
    now: Millis,
    max_string: usize,
}

#[derive(Debug)]
pub(super) enum Guards<'e> {
    Shared(SmallVec<[RwLockReadGuard<'e, Shard>; 1]>),
    Exclusive(SmallVec<[RwLockWriteGuard<'e, Shard>; 1]>),
}

impl<'e> Held<'e> {
    pub(super) fn new(guards: Guards<'e>, now: Millis, max_string: usize) -> Held<'e> {
        Held { guards, garbage: Bin::default(), now, max_string }
    }

    /// Looks at what the look-ups of `keys` will need, one key after the other and nothing in between: the processor then
    /// waits for their memory at the same time instead of for one after the other.
    pub fn touch(&self, keys: &[Key<'_>]) {
        let touched = keys.iter().map(|key| self.shard(key.guard).touch(key.hash)).sum::<usize>();
        std::hint::black_box(touched);
    }

    /// All keys, for one command that reads them.
    pub fn read(&self) -> ReadOnly<'_> {
        let shards = match &self.guards {
            Guards::Shared(guards) => guards.iter().map(|guard| &**guard).collect(),
            Guards::Exclusive(guards) => guards.iter().map(|guard| &**guard).collect(),
        };
        self.view(shards)
    }

    /// One key, for a command that reads it.
    pub fn read_one(&self, key: &mut Key<'_>) -> ReadOnly<'_> {
        let shard = self.shard(key.guard);
        key.guard = 0;
        self.view(SmallVec::from_buf([shard]))
    }

    /// All keys, for one command that writes them.
    ///
    /// # Panics
    /// If they are locked shared.
    pub fn write(&mut self) -> ReadWrite<'_> {
        let (now, max_string) = (self.now, self.max_string);
        let shards = self.exclusive().iter_mut().map(|guard| &mut **guard).collect();
        View::new(shards, now, max_string)
    }

    /// One key, for a command that writes it.
    ///
    /// # Panics
    /// If the keys are locked shared.
    pub fn write_one(&mut self, key: &mut Key<'_>) -> ReadWrite<'_> {
        let (now, max_string) = (self.now, self.max_string);
        let place = usize::from(std::mem::take(&mut key.guard));
        let shard = self.exclusive().get_mut(place).expect("a key is used with its own locks");
        View::new(SmallVec::from_buf([&mut **shard]), now, max_string)
    }

    /// Keeps what a command took out of the data until the locks are released.
    #[inline]
    pub fn keep(&mut self, taken: Taken) {
        if !taken.0.is_empty() {
            self.garbage.0.extend(taken.0);
        }
    }

    fn view<'v>(&self, shards: SmallVec<[&'v Shard; 1]>) -> ReadOnly<'v> {
        View::new(shards, self.now, self.max_string)
    }

    fn shard(&self, place: u16) -> &Shard {
        let place = usize::from(place);
        let shard = match &self.guards {
            Guards::Shared(guards) => guards.get(place).map(|guard| &**guard),
            Guards::Exclusive(guards) => guards.get(place).map(|guard| &**guard),
        };
        shard.expect("a key is used with its own locks")
    }

    fn exclusive(&mut self) -> &mut [RwLockWriteGuard<'e, Shard>] {
        match &mut self.guards {
            Guards::Exclusive(guards) => guards,
            Guards::Shared(_) => unreachable!("commands that write lock exclusively"),
        }
    }
}

/// Values that a command took out of the data, not dropped yet.
#[derive(Debug)]
pub struct Taken(Garbage);

impl<G> View<G> {
    /// Ends the view: what happened, and what was taken out of the data.
    pub fn finish(mut self) -> (Tally, Taken) {
        (std::mem::take(&mut self.tally), Taken(std::mem::take(&mut self.garbage.0)))
    }
}

impl Shard {
    /// Reads a byte of whatever a look-up of the key will read; means nothing.
    fn touch(&self, hash: Hash) -> usize {
        let lists =
            if self.collections.is_empty() { 0 } else { self.collections.touch(hash.prefix()) };
        self.strings.touch(hash.prefix()) + lists
    }
}
