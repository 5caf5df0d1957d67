//! One shard: a keyspace, and beside it a second dictionary that says when keys end.
//!
//! Is told the time and reads no clock; knows neither locks nor other shards.

use chapter_08::storage::{Condition, Keyspace, Table, Value};

/// Milliseconds since 1970.
pub type Millis = u64;

// ANCHOR: types
/// A keyspace with deadlines: the shape that Redis's own database has.
///
/// **Invariant**: a key with a deadline exists. Whatever may remove a key is done in here.
#[derive(Debug, Default)]
pub struct Shard {
    keyspace: Keyspace,
    /// Only keys that end have an entry.
    deadlines: Table<Millis>,
    /// The segment of `deadlines` that is swept next.
    next: usize,
}
// ANCHOR_END: types

/// What SET does to a key's deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ttl {
    /// Lifts it.
    #[default]
    Clear,
    /// Leaves it.
    Keep,
    /// Sets it.
    At(Millis),
}

/// What EXPIRE demands of the deadline that a key has. A key without one passes for one with the latest of all.
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

/// What one step of the sweeper did.
#[derive(Debug, Default)]
pub struct Swept {
    /// Deadlines that were looked at.
    pub examined: usize,
    /// What the expired ones among their keys held: to be freed after the lock is released, as that may take long.
    pub removed: Vec<Value>,
}

// ANCHOR: is_over
/// Whether a deadline has passed. At the deadline itself the key is still there, as in Redis.
fn is_over(deadline: Millis, now: Millis) -> bool {
    deadline < now
}
// ANCHOR_END: is_over

impl Shard {
    /// The data. Whoever reads a key here has settled it first.
    pub fn keyspace(&self) -> &Keyspace {
        &self.keyspace
    }

    /// Whether `key` is still held though its deadline has passed.
    pub fn is_expired(&self, key: &[u8], now: Millis) -> bool {
        self.deadlines.get(key).is_some_and(|deadline| is_over(*deadline, now))
    }

    // ANCHOR: settle
    /// Removes `key` if its deadline has passed.
    pub fn settle(&mut self, key: &[u8], now: Millis) {
        if self.is_expired(key, now) {
            self.remove(key);
        }
    }
    // ANCHOR_END: settle

    // ANCHOR: edit
    /// Runs `edit` on the data. If that removed `key`, as a pop of the last element does, its deadline goes too.
    pub fn edit<R>(&mut self, key: &[u8], edit: impl FnOnce(&mut Keyspace) -> R) -> R {
        let result = edit(&mut self.keyspace);
        if !self.deadlines.is_empty() && !self.keyspace.contains(key) {
            self.deadlines.remove(key);
        }
        result
    }
    // ANCHOR_END: edit

    /// Sets `key` to a string; returns whether the condition held.
    pub fn set(&mut self, key: &[u8], value: &[u8], condition: Condition, ttl: Ttl) -> bool {
        let done = self.keyspace.set(key, value, condition);
        match ttl {
            Ttl::Clear if done => self.set_deadline(key, None),
            Ttl::At(deadline) if done => self.set_deadline(key, Some(deadline)),
            _ => {}
        }
        done
    }

    /// Takes out the value at `key` with its deadline.
    pub fn remove(&mut self, key: &[u8]) -> Option<(Value, Option<Millis>)> {
        let value = self.keyspace.remove(key)?;
        Some((value, self.deadlines.remove(key)))
    }

    /// Gives `key` a value and a deadline, whatever it held before.
    pub fn put(&mut self, key: &[u8], value: Value, deadline: Option<Millis>) {
        self.keyspace.put(key, value);
        self.set_deadline(key, deadline);
    }

    /// The deadline of `key`, if it has one.
    pub fn deadline(&self, key: &[u8]) -> Option<Millis> {
        self.deadlines.get(key).copied()
    }

    /// Gives `key` a deadline if it exists and the condition holds; returns whether. A deadline that has come removes
    /// the key.
    pub fn expire(
        &mut self,
        key: &[u8],
        deadline: Millis,
        condition: DeadlineCondition,
        now: Millis,
    ) -> bool {
        let done = self.keyspace.contains(key) && condition.holds(self.deadline(key), deadline);
        if done && deadline <= now {
            self.remove(key);
        } else if done {
            self.set_deadline(key, Some(deadline));
        }
        done
    }

    /// Lifts the deadline of `key`; returns whether it had one.
    pub fn persist(&mut self, key: &[u8]) -> bool {
        self.deadlines.remove(key).is_some()
    }

    /// Hands every key whose deadline has not passed to `visit`.
    pub fn for_each_live(&self, now: Millis, mut visit: impl FnMut(&[u8])) {
        self.keyspace.keys().filter(|key| !self.is_expired(key, now)).for_each(&mut visit);
    }

    /// How many keys have a deadline.
    pub fn deadlines(&self) -> usize {
        self.deadlines.len()
    }

    /// How many keys are still held though their deadline has passed.
    pub fn count_expired(&self, now: Millis) -> usize {
        self.deadlines.iter().filter(|(_, deadline)| is_over(**deadline, now)).count()
    }

    // ANCHOR: sweep
    /// Takes out the expired keys of the next segment of the deadlines. Hashes decide which keys are in it, so it is a
    /// random sample of those that have a deadline.
    pub fn sweep(&mut self, now: Millis) -> Swept {
        // Segments come by splits and go when the last deadline does.
        self.next = (self.next + 1) % self.deadlines.segments().max(1);
        let examined = self.deadlines.segment_len(self.next);
        let over = self.deadlines.extract(self.next, |deadline| is_over(*deadline, now));
        let removed = over.iter().filter_map(|(key, _)| self.keyspace.remove(key));
        Swept { examined, removed: removed.collect() }
    }
    // ANCHOR_END: sweep

    fn set_deadline(&mut self, key: &[u8], deadline: Option<Millis>) {
        match deadline {
            Some(deadline) => drop(self.deadlines.insert(key, deadline)),
            None => drop(self.deadlines.remove(key)),
        }
    }
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
