//! 09.2 Who ends next? (medium, about 25 minutes)
//!
//! The chapter's sweeper draws samples, as it cannot know which keys are over. With the deadlines in order it could
//! know. Write an index of deadlines that answers without looking at keys that have time left. (Its price: each
//! deadline is kept twice, in two places that must agree.)
//!
//! - `set` gives a key a deadline, in the place of the one that it had. `lift` takes it away and returns it.
//! - Any number of keys may have the same deadline.
//! - `expired` takes out keys whose deadline is over, the soonest first, and at most `most` of them. As in the chapter,
//!   a deadline that is now is not over. Keys with the same deadline come in any order.
//! - To take out n keys of many thousands, not more than `100 * (n + 1)` comparisons of times are made. The same goes
//!   for `next`, which says what the soonest deadline is.
//! - However often a key gets another deadline, there are never more than two copies of the key in here.
//!
//! Keys have every trait that a map of the standard library could ask for. Times can be compared.

use std::hash::Hash;

/// When keys end.
#[derive(Debug)]
pub struct Deadlines<K, T> {
    // Change this: it is here for the compiler.
    unused: Option<(K, T)>,
}

impl<K: Clone + Ord + Hash, T: Copy + Ord> Deadlines<K, T> {
    /// No key has a deadline.
    pub fn new() -> Deadlines<K, T> {
        todo!()
    }

    /// How many keys have one.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// The deadline of `key`.
    pub fn get(&self, key: &K) -> Option<T> {
        todo!()
    }

    /// The soonest of all.
    pub fn next(&self) -> Option<T> {
        todo!()
    }

    /// Gives `key` a deadline.
    pub fn set(&mut self, key: &K, deadline: T) {
        todo!()
    }

    /// Takes the deadline of `key` away; returns it.
    pub fn lift(&mut self, key: &K) -> Option<T> {
        todo!()
    }

    /// Takes out keys that are over, and returns them.
    pub fn expired(&mut self, now: T, most: usize) -> Vec<K> {
        todo!()
    }
}
