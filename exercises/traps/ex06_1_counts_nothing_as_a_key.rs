//! Copies, and counts requests without a key under the empty one.

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
        *self.counts.entry(Bytes::copy_from_slice(request.at(1))).or_default() += 1;
    }

    /// All keys, the one that was asked for most at the front.
    pub fn most(&self) -> Vec<(&[u8], u64)> {
        let mut all: Vec<_> = self.counts.iter().map(|(key, count)| (&key[..], *count)).collect();
        all.sort_by(|(key, count), (other, than)| than.cmp(count).then(key.cmp(other)));
        all
    }
}
