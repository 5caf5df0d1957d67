//! Operations on strings. Each reads and writes in one call: under one lock it is one step.

use chapter_06::protocol::parse_integer;

use super::error::StorageError;
use super::keyspace::{Keyspace, Value};

/// The longest string that APPEND may build: Redis's limit, or one that a test can reach.
const MAX_STRING: usize = if cfg!(test) { 1 << 10 } else { 512 << 20 };

/// When SET writes at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition {
    /// In any case.
    #[default]
    Always,
    /// Only if the key does not exist.
    IfAbsent,
    /// Only if it does.
    IfPresent,
}

impl Keyspace {
    // ANCHOR: set
    /// Sets `key` to a string, replacing a value of any type; returns whether the condition held.
    pub fn set(&mut self, key: &[u8], value: &[u8], condition: Condition) -> bool {
        let allowed = match condition {
            Condition::Always => true,
            Condition::IfAbsent => !self.contains(key),
            Condition::IfPresent => self.contains(key),
        };
        if allowed {
            // A copy: keeping a slice of the client's buffer would keep the whole buffer.
            self.put(key, Value::String(value.to_vec()));
        }
        allowed
    }
    // ANCHOR_END: set

    // ANCHOR: incr
    /// Adds `delta` to the integer at `key` (0 if there is none) and returns the sum.
    ///
    /// # Errors
    /// [`StorageError::WrongType`], [`StorageError::NotAnInteger`] or [`StorageError::Overflow`].
    pub fn incr_by(&mut self, key: &[u8], delta: i64) -> Result<i64, StorageError> {
        let old = match self.string(key)? {
            None => 0,
            Some(text) => parse_integer(text).ok_or(StorageError::NotAnInteger)?,
        };
        let sum = old.checked_add(delta).ok_or(StorageError::Overflow)?;
        self.strings.insert(key, sum.to_string().into_bytes());
        Ok(sum)
    }
    // ANCHOR_END: incr

    /// Appends to the string at `key`, making it if there is none; returns its new length.
    ///
    /// # Errors
    /// [`StorageError::WrongType`] or [`StorageError::TooLong`].
    pub fn append(&mut self, key: &[u8], suffix: &[u8]) -> Result<usize, StorageError> {
        let len = self.string(key)?.map_or(0, <[u8]>::len) + suffix.len();
        if len > MAX_STRING {
            return Err(StorageError::TooLong);
        }
        match self.strings.get_mut(key) {
            Some(string) => string.extend_from_slice(suffix),
            None => drop(self.strings.insert(key, suffix.to_vec())),
        }
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn append_stops_at_the_limit_and_leaves_the_string_alone() {
        let mut keys = Keyspace::default();
        let most = vec![b'x'; MAX_STRING - 1];
        assert_eq!(keys.append(b"s", &most), Ok(MAX_STRING - 1));
        assert_eq!(keys.append(b"s", b"xx"), Err(StorageError::TooLong));
        assert_eq!(keys.append(b"s", b"x"), Ok(MAX_STRING));
        assert_eq!(keys.append(b"s", b""), Ok(MAX_STRING));
        assert_eq!(keys.append(b"s", b"x"), Err(StorageError::TooLong));
        assert_eq!(keys.string(b"s").map(|text| text.map(<[u8]>::len)), Ok(Some(MAX_STRING)));
    }
}
