//! The locks of some keys' shards, taken together by the [`Engine`](super::Engine) and released together.
//!
//! Knows which shard a key's place among them is; not what is done with it.

use smallvec::SmallVec;

use super::shard::Shard;
use super::sync::{RwLockReadGuard, RwLockWriteGuard};
use super::view::Key;

/// How keys are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Others may read them too.
    Shared,
    /// Nobody else may see them.
    Exclusive,
}

#[derive(Debug)]
pub(super) enum Guards<'e> {
    Shared(SmallVec<[RwLockReadGuard<'e, Shard>; 1]>),
    Exclusive(SmallVec<[RwLockWriteGuard<'e, Shard>; 1]>),
}

impl Guards<'_> {
    /// The shard of a key that these locks were taken for.
    #[inline]
    pub(super) fn shard(&self, key: &Key<'_>) -> &Shard {
        let place = usize::from(key.guard);
        let shard = match self {
            Guards::Shared(guards) => guards.get(place).map(|guard| &**guard),
            Guards::Exclusive(guards) => guards.get(place).map(|guard| &**guard),
        };
        shard.expect("a key is used with its own locks")
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// If the locks are shared.
    #[inline]
    pub(super) fn shard_mut(&mut self, key: &Key<'_>) -> &mut Shard {
        let Guards::Exclusive(guards) = self else {
            unreachable!("what writes locks exclusively");
        };
        let guard = guards.get_mut(usize::from(key.guard));
        guard.expect("a key is used with its own locks")
    }
}
