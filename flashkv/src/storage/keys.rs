//! Operations on keys of any type in a locked view.

use super::error::StorageError;
use super::shard::{Collection, Millis, Origin, Place};
use super::strings::encoding;
use super::view::{Encoding, Key, View};
use crate::number::parse_i64;

/// What RENAME and COPY do when the target exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfTaken {
    /// Replace it.
    Replace,
    /// Leave both as they are.
    Refuse,
}

/// What EXPIRE demands of the deadline that a key has. A key without one passes for a key with the latest of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeadlineCondition {
    /// Nothing.
    #[default]
    Always,
    /// There is none (NX).
    IfNone,
    /// There is one (XX).
    IfAny,
    /// The new one is later (GT).
    IfLater,
    /// The new one is earlier (LT).
    IfEarlier,
    /// There is one, and the new one is earlier (XX LT).
    IfAnyAndEarlier,
}

impl DeadlineCondition {
    fn holds(self, old: Option<Millis>, new: Millis) -> bool {
        match self {
            DeadlineCondition::Always => true,
            DeadlineCondition::IfNone => old.is_none(),
            DeadlineCondition::IfAny => old.is_some(),
            DeadlineCondition::IfLater => old.is_some_and(|old| new > old),
            DeadlineCondition::IfEarlier => old.is_none_or(|old| new < old),
            DeadlineCondition::IfAnyAndEarlier => old.is_some_and(|old| new < old),
        }
    }
}

/// A value taken or copied out, with its deadline, on its way to another key.
#[derive(Debug)]
enum Value {
    String(Vec<u8>, Origin),
    Collection(Collection),
}

impl View<'_> {
    /// How many owners Redis would count for the value at `key`, if it exists: one, but for the integers that Redis
    /// keeps ready to be shared by all keys. (A copy made by COPY it would not share; here it passes for shared.) Counts
    /// as a read.
    pub fn reference_count(&self, key: &Key<'_>) -> Option<i64> {
        /// Integers from 0 up to here are shared, and never freed: their count is a mark, not a number.
        const SHARED: std::ops::Range<i64> = 0..10_000;
        const NEVER_FREED: i64 = i32::MAX as i64;
        let Ok(string) = self.string(key) else { return Some(1) };
        let string = string?;
        let shared = encoding(string) == Encoding::Int
            && parse_i64(string.bytes).is_some_and(|number| SHARED.contains(&number));
        Some(if shared { NEVER_FREED } else { 1 })
    }

    /// Removes `key`; returns whether it existed.
    ///
    /// Source: <https://redis.io/docs/latest/commands/del/>
    pub fn remove(&mut self, key: &Key<'_>) -> bool {
        let Some(place) = self.settle(key) else { return false };
        let (shard, garbage, tally) = self.parts(key);
        shard.remove(place, garbage);
        tally.changes += 1;
        true
    }

    /// The deadline of `key` if it exists. Does not count as a read.
    pub fn current_deadline(&mut self, key: &Key<'_>) -> Option<Option<Millis>> {
        let place = self.settle(key)?;
        Some(self.shard(key).deadline(place))
    }

    /// Sets or lifts the deadline of `key`; returns whether the key existed. A deadline that has come removes the key.
    ///
    /// Source: <https://redis.io/docs/latest/commands/expire/>
    pub fn set_deadline(&mut self, key: &Key<'_>, deadline: Option<Millis>) -> bool {
        let Some(place) = self.settle(key) else { return false };
        self.set_deadline_at(key, place, deadline);
        true
    }

    /// Sets the deadline of `key` if it exists and the condition holds; returns whether. A deadline that has come removes
    /// the key.
    ///
    /// Source: <https://redis.io/docs/latest/commands/expire/>
    pub fn expire(
        &mut self,
        key: &Key<'_>,
        deadline: Millis,
        condition: DeadlineCondition,
    ) -> bool {
        let Some(place) = self.settle(key) else { return false };
        let done = condition.holds(self.shard(key).deadline(place), deadline);
        if done {
            self.set_deadline_at(key, place, Some(deadline));
        }
        done
    }

    /// Lifts the deadline of `key`; returns whether it had one.
    ///
    /// Source: <https://redis.io/docs/latest/commands/persist/>
    pub fn persist(&mut self, key: &Key<'_>) -> bool {
        let Some(place) = self.settle(key) else { return false };
        let lifted = self.shard(key).deadline(place).is_some();
        if lifted {
            self.set_deadline_at(key, place, None);
        }
        lifted
    }

    /// A key at its deadline is still there, but one that is given a deadline which has come is not to be seen again.
    fn set_deadline_at(&mut self, key: &Key<'_>, place: Place, deadline: Option<Millis>) {
        let now = self.now;
        let (shard, garbage, tally) = self.parts(key);
        if deadline.is_some_and(|deadline| deadline <= now) {
            shard.remove(place, garbage);
        } else {
            shard.set_deadline(place, deadline);
        }
        tally.changes += 1;
    }

    /// Moves the value and deadline of `from` to `to`, which may lie in another database; returns whether it was moved.
    ///
    /// Source: <https://redis.io/docs/latest/commands/rename/>
    ///
    /// # Errors
    /// [`StorageError::NoSuchKey`] if there is nothing at `from`.
    pub fn rename(
        &mut self,
        from: &Key<'_>,
        to: &Key<'_>,
        if_taken: IfTaken,
    ) -> Result<bool, StorageError> {
        // The target first: removing it because it has expired may move the source.
        let taken = self.settle(to).is_some();
        let place = self.settle(from).ok_or(StorageError::NoSuchKey)?;
        if taken && if_taken == IfTaken::Refuse {
            return Ok(false);
        }
        if from.bytes == to.bytes && from.database == to.database {
            return Ok(true);
        }
        let (shard, ..) = self.parts(from);
        let deadline = shard.deadline(place);
        let value = match place {
            Place::String(spot) => {
                let (bytes, origin) = shard.take_string(spot);
                Value::String(bytes, origin)
            }
            Place::Collection(spot) => Value::Collection(shard.take_collection(spot)),
        };
        self.put(to, value, deadline);
        Ok(true)
    }

    /// Copies the value and deadline of `from` to `to`, which may lie in another database; returns whether it was. Counts
    /// as a read of `from`.
    ///
    /// Source: <https://redis.io/docs/latest/commands/copy/>
    pub fn copy(&mut self, from: &Key<'_>, to: &Key<'_>, if_taken: IfTaken) -> bool {
        // The target first: removing it because it has expired may move the source.
        let taken = self.settle(to).is_some();
        let place = self.settle(from);
        if self.kind(from).is_none() || (taken && if_taken == IfTaken::Refuse) {
            return false;
        }
        let Some(place) = place else { return false };
        let shard = self.shard(from);
        let deadline = shard.deadline(place);
        let value = match place {
            Place::String(spot) => {
                let string = shard.string(spot);
                Value::String(string.bytes.to_vec(), string.origin)
            }
            Place::Collection(spot) => Value::Collection(shard.collection(spot).clone()),
        };
        self.put(to, value, deadline);
        true
    }

    fn put(&mut self, key: &Key<'_>, value: Value, deadline: Option<Millis>) {
        let (shard, garbage, tally) = self.parts(key);
        match value {
            Value::String(bytes, origin) => {
                shard.put_owned_string(key.hash, key.bytes, bytes, origin, deadline, garbage);
            }
            Value::Collection(collection) => {
                shard.put_collection(key.hash, key.bytes, collection, deadline, garbage);
            }
        }
        tally.changes += 1;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;
    use crate::storage::{Condition, Engine, Ttl, View};

    const NOW: Millis = 1000;

    /// Runs `check` many times on a source that lasts and a target that has expired at NOW, in one shard and alone there:
    /// in so small a table, removing the one often moves the other.
    fn with_a_source_and_an_expired_target(check: impl Fn(&mut View<'_>, &Key<'_>, &Key<'_>)) {
        for _ in 0..200 {
            let engine = Engine::new(1);
            let source = engine.key(0, b"source");
            let target = (0..)
                .map(|n| format!("target{n}"))
                .find(|name| engine.key(0, name.as_bytes()).hash.shard() == source.hash.shard())
                .unwrap();
            let mut keys = [source, engine.key(0, target.as_bytes())];
            let mut view = engine.write(&mut keys, 0);
            view.set(&keys[1], b"expired", Condition::Always, Ttl::At(NOW - 1));
            view.set(&keys[0], b"value", Condition::Always, Ttl::Clear);
            drop(view);
            let mut view = engine.write(&mut keys, NOW);
            check(&mut view, &keys[0], &keys[1]);
        }
    }

    fn value(view: &View<'_>, key: &Key<'_>) -> Option<Vec<u8>> {
        view.string(key).unwrap().map(|string| string.bytes.to_vec())
    }

    #[test]
    fn rename_onto_an_expired_key_moves_the_source() {
        with_a_source_and_an_expired_target(|view, source, target| {
            assert_eq!(view.rename(source, target, IfTaken::Refuse), Ok(true));
            assert_eq!(value(view, source), None);
            assert_eq!(value(view, target).as_deref(), Some(&b"value"[..]));
        });
    }

    #[test]
    fn copy_onto_an_expired_key_copies_the_source() {
        with_a_source_and_an_expired_target(|view, source, target| {
            assert!(view.copy(source, target, IfTaken::Refuse));
            assert_eq!(value(view, source).as_deref(), Some(&b"value"[..]));
            assert_eq!(value(view, target).as_deref(), Some(&b"value"[..]));
        });
    }

    #[test]
    fn rename_keeps_a_long_value_and_its_deadline_and_counts_one_change() {
        let engine = Engine::new(2);
        let long = vec![b'x'; 100_000];
        let mut keys = [engine.key(0, b"here"), engine.key(1, b"there")];
        let mut view = engine.write(&mut keys, NOW);
        view.set(&keys[0], &long, Condition::Always, Ttl::At(NOW + 5));
        let before = view.tally().changes;
        assert_eq!(view.rename(&keys[0], &keys[1], IfTaken::Refuse), Ok(true));
        assert_eq!(view.tally().changes, before + 1);
        assert_eq!(view.string(&keys[1]).unwrap().unwrap().bytes, long);
        assert_eq!(view.deadline(&keys[1]), Some(Some(NOW + 5)));
        assert_eq!(view.rename(&keys[0], &keys[1], IfTaken::Replace), Err(StorageError::NoSuchKey));
    }

    #[test]
    fn a_deadline_that_has_come_removes_the_key_though_one_at_its_deadline_lives() {
        let engine = Engine::new(1);
        let mut keys = [engine.key(0, b"k")];
        let mut view = engine.write(&mut keys, NOW);
        view.set(&keys[0], b"v", Condition::Always, Ttl::At(NOW));
        assert_eq!(view.deadline(&keys[0]), Some(Some(NOW)));
        assert!(view.expire(&keys[0], NOW, DeadlineCondition::Always));
        assert_eq!(view.deadline(&keys[0]), None);
        assert!(!view.expire(&keys[0], NOW, DeadlineCondition::Always));
    }

    #[test]
    fn conditions_take_no_deadline_for_the_latest_of_all() {
        let held = |condition: DeadlineCondition| {
            [None, Some(4), Some(5), Some(6)].map(|old| condition.holds(old, 5))
        };
        assert_eq!(held(DeadlineCondition::Always), [true, true, true, true]);
        assert_eq!(held(DeadlineCondition::IfNone), [true, false, false, false]);
        assert_eq!(held(DeadlineCondition::IfAny), [false, true, true, true]);
        assert_eq!(held(DeadlineCondition::IfLater), [false, true, false, false]);
        assert_eq!(held(DeadlineCondition::IfEarlier), [true, false, false, true]);
        assert_eq!(held(DeadlineCondition::IfAnyAndEarlier), [false, false, false, true]);
    }
}
