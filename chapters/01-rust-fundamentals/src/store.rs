//! The data: a map from text to text.
//!
//! Knows nothing of commands, lines or replies.

use std::collections::HashMap;

// ANCHOR: store
/// Keys and their values. It owns both: what a caller passes in is only borrowed, and what it gives out is, too.
#[derive(Debug, Default)]
pub struct Store {
    values: HashMap<String, String>,
}

impl Store {
    /// Makes `value` the value of `key`.
    pub fn set(&mut self, key: &str, value: &str) {
        match self.values.get_mut(key) {
            // The old value's memory serves again, and there is a key already.
            Some(old) => {
                old.clear();
                old.push_str(value);
            }
            None => {
                self.values.insert(key.to_owned(), value.to_owned());
            }
        }
    }

    /// The value of `key`, borrowed from the store.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Removes `key`; whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        self.values.remove(key).is_some()
    }
}
// ANCHOR_END: store

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_set_is_the_value() {
        let mut store = Store::default();
        assert_eq!(store.get("a"), None);
        store.set("a", "a long value");
        store.set("a", "short");
        assert_eq!(store.get("a"), Some("short"));
    }

    #[test]
    fn a_key_can_be_removed_once() {
        let mut store = Store::default();
        store.set("a", "1");
        assert!(store.remove("a"));
        assert!(!store.remove("a"));
        assert_eq!(store.get("a"), None);
    }
}
