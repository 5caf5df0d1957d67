//! 08.3 Grow a little at a time (hard, about 45 minutes)
//!
//! Redis does not split its table into segments as the chapter does. It has one table, and while that grows, two: the
//! old one, and a new one of twice the size. Each insert moves a little from the old one to the new, until the old one is
//! empty. (In Redis every operation does; here `get` takes `&self` and cannot.) Below is a hash table that grows all at
//! once. Make it grow as that of Redis does.
//!
//! To move an entry its key is hashed (keep no hash), so moves can be counted:
//!
//! - No operation hashes more than 20 keys, however many entries there are: its own and those that it moves. (No bucket
//!   of a table that grows in time has as many.)
//! - The old table is empty before the new one is full: growing never begins while it is still going on.
//! - While it grows, it is one table: every entry is found, replaced and removed, wherever it is just now.
//! - An entry is there once. `len` counts each once.
//! - There are never fewer than `len / 2` buckets, and, while the table only grows, never more than `4 * len + 16`, those
//!   of the old table included.
//!
//! (To make the new, empty buckets takes time, too, that grows with the table. It is small beside the moves, and Redis
//! does it as well.) Delete the `todo!` when you begin, and change what you like but what the public functions look like.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Buckets of an empty table.
const FIRST: usize = 4;

/// A hash table: each bucket holds the entries whose hash leads to it.
#[derive(Debug)]
pub struct Table<K, V> {
    buckets: Vec<Vec<(K, V)>>,
    len: usize,
}

impl<K: Hash + Eq, V> Table<K, V> {
    /// An empty table.
    pub fn new() -> Table<K, V> {
        Table { buckets: empty(FIRST), len: 0 }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Number of buckets, in whatever tables.
    pub fn buckets(&self) -> usize {
        self.buckets.len()
    }

    /// The value at `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        let bucket = self.buckets.get(place(key, self.buckets.len()))?;
        bucket.iter().find(|(other, _)| other == key).map(|(_, value)| value)
    }

    /// Gives `key` a value; returns the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        todo!("let it grow a little at a time");

        if self.len == self.buckets.len() {
            self.grow();
        }
        let at = place(&key, self.buckets.len());
        let bucket = self.buckets.get_mut(at)?;
        match bucket.iter_mut().find(|(other, _)| *other == key) {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                bucket.push((key, value));
                self.len += 1;
                None
            }
        }
    }

    /// Removes and returns the value at `key`.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let at = place(key, self.buckets.len());
        let bucket = self.buckets.get_mut(at)?;
        let index = bucket.iter().position(|(other, _)| other == key)?;
        self.len -= 1;
        Some(bucket.swap_remove(index).1)
    }

    /// Takes twice as many buckets and moves every entry over.
    fn grow(&mut self) {
        let old = std::mem::replace(&mut self.buckets, empty(2 * self.len));
        for (key, value) in old.into_iter().flatten() {
            let at = place(&key, self.buckets.len());
            if let Some(bucket) = self.buckets.get_mut(at) {
                bucket.push((key, value));
            }
        }
    }
}

/// So many buckets with nothing in them.
fn empty<K, V>(buckets: usize) -> Vec<Vec<(K, V)>> {
    (0..buckets).map(|_| Vec::new()).collect()
}

/// Which of so many buckets `key` belongs to. The hash is the same in every run, as the check is; a server seeds it.
fn place<K: Hash>(key: &K, buckets: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish() as usize % buckets
}
