//! Moves one entry with each insert, while new ones still come into the old table.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Buckets of an empty table.
const FIRST: usize = 4;

type Bucket<K, V> = Vec<(K, V)>;

/// A hash table: each bucket holds the entries whose hash leads to it.
#[derive(Debug)]
pub struct Table<K, V> {
    buckets: Vec<Bucket<K, V>>,
    /// The table before it grew. Its buckets move from the last to the first: those that are left have not moved.
    old: Vec<Bucket<K, V>>,
    /// How many there were.
    old_buckets: usize,
    len: usize,
}

impl<K: Hash + Eq, V> Table<K, V> {
    /// An empty table.
    pub fn new() -> Table<K, V> {
        Table { buckets: empty(FIRST), old: Vec::new(), old_buckets: 1, len: 0 }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Number of buckets, in whatever tables.
    pub fn buckets(&self) -> usize {
        self.buckets.len() + self.old.len()
    }

    /// The value at `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        let hash = hash(key);
        let old = self.old.get(hash % self.old_buckets);
        let new = self.buckets.get(hash % self.buckets.len());
        let mut both = old.into_iter().chain(new).flatten();
        both.find(|(other, _)| other == key).map(|(_, value)| value)
    }

    /// Gives `key` a value; returns the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.move_one();
        // By now the old one is empty: each insert since the last time has moved a bucket.
        if self.len >= self.buckets.len() && self.old.is_empty() {
            self.old_buckets = self.buckets.len();
            self.old = std::mem::replace(&mut self.buckets, empty(2 * self.old_buckets));
        }
        let before = self.remove(&key);
        self.bucket(&key)?.push((key, value));
        self.len += 1;
        before
    }

    /// Removes and returns the value at `key`.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let hash = hash(key);
        let old = self.old.get_mut(hash % self.old_buckets);
        let at = hash % self.buckets.len();
        for bucket in old.into_iter().chain(self.buckets.get_mut(at)) {
            if let Some(index) = bucket.iter().position(|(other, _)| other == key) {
                self.len -= 1;
                return Some(bucket.swap_remove(index).1);
            }
        }
        None
    }

    /// The bucket that `key` belongs to: the old one as long as that has not moved.
    fn bucket(&mut self, key: &K) -> Option<&mut Bucket<K, V>> {
        let hash = hash(key);
        let new = hash % self.buckets.len();
        let old = self.old.get_mut(hash % self.old_buckets);
        old.or_else(|| self.buckets.get_mut(new))
    }

    /// Moves one entry of the last bucket that has not moved. Until that is empty, keys are looked for in both.
    fn move_one(&mut self) {
        while self.old.pop_if(|bucket| bucket.is_empty()).is_some() {}
        let Some((key, value)) = self.old.last_mut().and_then(Vec::pop) else { return };
        let at = hash(&key) % self.buckets.len();
        if let Some(bucket) = self.buckets.get_mut(at) {
            bucket.push((key, value));
        }
    }
}

/// So many buckets with nothing in them.
fn empty<K, V>(buckets: usize) -> Vec<Bucket<K, V>> {
    (0..buckets).map(|_| Vec::new()).collect()
}

/// The same in every run, as the check is; a server seeds it.
fn hash<K: Hash>(key: &K) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish() as usize
}
