//! 01.3 Undo (hard, about 35 minutes)
//!
//! A store that can take its changes back, one after the other, the latest first, as far as you like. It works on the
//! chapter's `Store`; what you keep beside it is for you to decide.
//!
//! - `undo` takes back the latest change that has not been taken back yet, and says whether there was one.
//! - After it, everything is as before the change: a key that was not there is not there again.
//! - To remove a key that is not there changes nothing, so there is nothing to take back.
//! - An undo is no change: to undo twice takes back two changes.

use chapter_01::store::Store;

/// A store that can take its changes back.
#[derive(Debug, Default)]
pub struct History {
    store: Store,
}

impl History {
    /// Makes `value` the value of `key`.
    pub fn set(&mut self, key: &str, value: &str) {
        todo!()
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.store.get(key)
    }

    /// Removes `key`; whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        todo!()
    }

    /// Takes the latest change back; whether there was one.
    pub fn undo(&mut self) -> bool {
        todo!()
    }
}
