//! 06.1 Ten bytes that keep sixteen thousand (easy, about 10 minutes)
//!
//! A server wants to know which keys are asked for most. This does it, its numbers look right, and on the first day of
//! use the server runs out of memory with a few thousand short keys. It also counts a key that nobody asked for.
//! Find out why, and mend it. `most` is right. Delete the `todo!` when you begin.
//!
//! - The key of a request is its first argument behind the name. A request without one is not counted.
//! - Keys are bytes: two keys are the same if all their bytes are. The empty key is one like any other.
//! - What is kept when the request is gone shares no memory with the buffer that received it.

use std::collections::HashMap;

use bytes::Bytes;
use chapter_06::protocol::Request;

/// How often each key was asked for.
#[derive(Debug, Default)]
pub struct HotKeys {
    counts: HashMap<Bytes, u64>,
}

impl HotKeys {
    /// Counts the key of this request.
    pub fn note(&mut self, request: &Request) {
        todo!("find what keeps the memory, and the key that nobody asked for");

        let key = request.from(1).first().cloned().unwrap_or_default();
        *self.counts.entry(key).or_default() += 1;
    }

    /// All keys, the one that was asked for most at the front.
    pub fn most(&self) -> Vec<(&[u8], u64)> {
        let mut all: Vec<_> = self.counts.iter().map(|(key, count)| (&key[..], *count)).collect();
        all.sort_by(|(key, count), (other, than)| than.cmp(count).then(key.cmp(other)));
        all
    }
}
