//! Grows all at once. On average that is cheap.

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
