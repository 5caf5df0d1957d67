//! What concerns all the keys of a database.

use std::vec::IntoIter;

use super::Db;
use crate::storage::glob;

/// The whole database.
impl<'e> Db<'e> {
    /// The keys that match a glob pattern, as of one moment. All shards stay locked meanwhile: to walk a large database
    /// beside others, use [`scan`](Db::scan).
    ///
    /// ```
    /// # let engine = flashkv::Engine::new(1);
    /// # let db = engine.db(0);
    /// db.mset(&[("user:1", "ann"), ("user:2", "bob"), ("visits", "7")]);
    /// assert_eq!(db.keys("user:*").len(), 2);
    /// assert_eq!(db.scan().filter(|key| key.starts_with(b"user:")).count(), 2);
    /// assert_eq!(db.len(), 3);
    /// assert_eq!(db.flush(), 3);
    /// assert!(db.is_empty());
    /// ```
    pub fn keys(&self, pattern: impl AsRef<[u8]>) -> Vec<Vec<u8>> {
        let mut keys = Vec::new();
        self.engine.for_each_key(self.index, self.clock.now_ms(), |key| {
            if glob::matches(pattern.as_ref(), key) {
                keys.push(key.to_vec());
            }
        });
        keys
    }

    /// Walks the keys a few at a time, with no lock held in between: one that is there all the while comes up once,
    /// one that comes or goes meanwhile may or may not.
    pub fn scan(&self) -> Scan<'e> {
        Scan { db: self.clone(), cursor: Some(0), batch: Vec::new().into_iter() }
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.engine.len(self.index, self.clock.now_ms())
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all keys; returns how many there were, expired ones that still occupied memory included.
    pub fn flush(&self) -> usize {
        self.engine.flush(self.index)
    }
}

/// The keys of a database, see [`Db::scan`].
#[derive(Debug)]
pub struct Scan<'e> {
    db: Db<'e>,
    /// Where to go on; `None` at the end.
    cursor: Option<u64>,
    batch: IntoIter<Vec<u8>>,
}

impl Iterator for Scan<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        /// Keys taken under one lock.
        const BATCH: usize = 64;
        loop {
            if let Some(key) = self.batch.next() {
                return Some(key);
            }
            let Db { engine, index, clock } = &self.db;
            let mut batch = Vec::with_capacity(BATCH);
            let next = engine.scan(*index, self.cursor?, BATCH, clock.now_ms(), |key, _| {
                batch.push(key.to_vec());
            });
            self.cursor = (next != 0).then_some(next);
            self.batch = batch.into_iter();
        }
    }
}
