//! Remembers each removal, of keys that are not there as well.

use chapter_01::store::Store;

/// A store that can take its changes back.
#[derive(Debug, Default)]
pub struct History {
    store: Store,
    /// From the earliest to the latest.
    changes: Vec<Change>,
}

/// What a change did away with.
#[derive(Debug)]
struct Change {
    key: String,
    /// `None`: there was no such key.
    before: Option<String>,
}

impl History {
    /// Makes `value` the value of `key`.
    pub fn set(&mut self, key: &str, value: &str) {
        self.remember(key);
        self.store.set(key, value);
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.store.get(key)
    }

    /// Removes `key`; whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        self.remember(key);
        self.store.remove(key)
    }

    /// Takes the latest change back; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(Change { key, before }) = self.changes.pop() else { return false };
        match before {
            Some(value) => self.store.set(&key, &value),
            None => {
                self.store.remove(&key);
            }
        }
        true
    }

    fn remember(&mut self, key: &str) {
        let before = self.store.get(key).map(str::to_owned);
        self.changes.push(Change { key: key.to_owned(), before });
    }
}
