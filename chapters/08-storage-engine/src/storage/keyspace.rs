//! A keyspace: strings in one store, lists in another, and the rule that a key is in at most one.
//!
//! Knows where a key is; what commands do with strings and lists stands in `strings` and `lists`.

use super::error::StorageError;
use super::lists::List;
use super::table::Table;

// ANCHOR: types
/// One shard's data.
///
/// Two stores, so that an operation on strings cannot reach a list by mistake.
/// **Invariant**: a key is in at most one of them; only methods of this type insert a new key.
#[derive(Debug, Default)]
pub struct Keyspace {
    pub(super) strings: Table<Vec<u8>>,
    pub(super) lists: Table<List>,
}

/// The type of a value, as `TYPE` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A byte string.
    String,
    /// A list of byte strings.
    List,
}

/// A value of any type on its way from one key to another, or to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A byte string.
    String(Vec<u8>),
    /// A list of byte strings.
    List(List),
}
// ANCHOR_END: types

impl Kind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::List => "list",
        }
    }
}

impl Keyspace {
    /// Number of keys.
    pub fn len(&self) -> usize {
        self.strings.len() + self.lists.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `key` exists.
    pub fn contains(&self, key: &[u8]) -> bool {
        self.kind(key).is_some()
    }

    /// The type of the value at `key`.
    pub fn kind(&self, key: &[u8]) -> Option<Kind> {
        if self.strings.contains(key) {
            return Some(Kind::String);
        }
        self.lists.contains(key).then_some(Kind::List)
    }

    // ANCHOR: typed
    /// The string at `key`.
    ///
    /// # Errors
    /// [`StorageError::WrongType`] if the key holds something else.
    pub fn string(&self, key: &[u8]) -> Result<Option<&[u8]>, StorageError> {
        match self.strings.get(key) {
            Some(string) => Ok(Some(string)),
            None if self.lists.contains(key) => Err(StorageError::WrongType),
            None => Ok(None),
        }
    }

    /// The list at `key`.
    ///
    /// # Errors
    /// [`StorageError::WrongType`] if the key holds something else.
    pub fn list(&self, key: &[u8]) -> Result<Option<&List>, StorageError> {
        match self.lists.get(key) {
            Some(list) => Ok(Some(list)),
            None if self.strings.contains(key) => Err(StorageError::WrongType),
            None => Ok(None),
        }
    }
    // ANCHOR_END: typed

    /// Gives `key` a value, whatever it held before; returns that.
    pub fn put(&mut self, key: &[u8], value: Value) -> Option<Value> {
        // First out of the other store, then into its own.
        match value {
            Value::String(bytes) => {
                let list = self.lists.remove(key).map(Value::List);
                self.strings.insert(key, bytes).map(Value::String).or(list)
            }
            Value::List(list) => {
                let string = self.strings.remove(key).map(Value::String);
                self.lists.insert(key, list).map(Value::List).or(string)
            }
        }
    }

    /// Takes out the value at `key`, of whatever type.
    pub fn remove(&mut self, key: &[u8]) -> Option<Value> {
        let string = self.strings.remove(key).map(Value::String);
        string.or_else(|| self.lists.remove(key).map(Value::List))
    }

    /// All keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        let strings = self.strings.iter().map(|(key, _)| key);
        strings.chain(self.lists.iter().map(|(key, _)| key))
    }
}
