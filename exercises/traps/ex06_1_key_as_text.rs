//! Makes a text of the key, which is a copy, too.

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
        let Some(key) = request.get(1) else { return };
        let key = String::from_utf8_lossy(key).into_owned();
        *self.counts.entry(Bytes::from(key)).or_default() += 1;
    }

    /// All keys, the one that was asked for most at the front.
    pub fn most(&self) -> Vec<(&[u8], u64)> {
        let mut all: Vec<_> = self.counts.iter().map(|(key, count)| (&key[..], *count)).collect();
        all.sort_by(|(key, count), (other, than)| than.cmp(count).then(key.cmp(other)));
        all
    }
}
