//! The deque of byte strings behind Redis lists.
//!
//! A list is a deque of chunks, each several kilobytes of elements packed side by side: a
//! 32-byte element costs about 35 bytes, and both ends are reached at once. Everything here counts
//! from the head with plain `usize`; negative indexes, keys, deadlines and replies are for those
//! above, and how elements lie in a chunk is for those below.
//!
//! ```text
//!  chunks:  [ e0 e1 e2 | e3 e4 e5 e6 | e7 (too large to share) | e8 e9 ]
//!       head ^                                                        ^ tail
//! ```

#![allow(
    clippy::indexing_slicing,
    reason = "chunk numbers come from `locate` or from the end of a list just seen to have one"
)]

mod chunk;
mod edit;
mod iter;
mod packed;
#[cfg(test)]
mod tests;
mod work;

pub use iter::{Iter, IterRev};

use chunk::Chunk;
use std::collections::VecDeque;
use std::fmt;

/// A list may hold one part in this many in reserve for what comes next.
const RESERVE_SHARE: usize = 8;

/// One of the two ends of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where index 0 is: `LPUSH`, `LPOP`.
    Head,
    /// Where the last index is: `RPUSH`, `RPOP`.
    Tail,
}

/// A deque of byte strings, compact for small ones.
#[derive(Default)]
pub struct List {
    /// In order from head to tail, none of them empty between two calls.
    chunks: VecDeque<Chunk>,
    /// Elements in all chunks.
    len: usize,
    /// Capacity of all chunks. Kept up to date by `edit`, `insert_chunk` and `take_chunk`, or by
    /// whoever replaces `chunks` as a whole.
    bytes: usize,
}

impl List {
    /// An empty list. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many elements there are. O(1).
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no element. O(1).
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes allocated, without the `List` itself. O(1): the sum is kept, not computed.
    pub fn heap_bytes(&self) -> usize {
        self.bytes + self.chunks.capacity() * size_of::<Chunk>()
    }

    /// Adds `value` before the first element. As [`push`](Self::push).
    pub fn push_front(&mut self, value: &[u8]) {
        self.push(End::Head, value);
    }

    /// Adds `value` behind the last element. As [`push`](Self::push).
    pub fn push_back(&mut self, value: &[u8]) {
        self.push(End::Tail, value);
    }

    /// Adds `value` at `end`. O(1) amortised: touches the chunk at that end and no other.
    pub fn push(&mut self, end: End, value: &[u8]) {
        self.len += 1;
        if let Some(last) = self.last_chunk(end) {
            let pushed = self.edit(last, |chunk| {
                let pushed = chunk.try_push(end, value);
                if !pushed {
                    chunk.close();
                }
                pushed
            });
            if pushed {
                return;
            }
        }
        let at = match end {
            End::Head => 0,
            End::Tail => self.chunks.len(),
        };
        self.insert_chunk(at, Chunk::new(end, value, self.bytes / RESERVE_SHARE));
    }

    /// Takes the outermost element at `end`. As [`pop_with`](Self::pop_with), and a copy.
    pub fn pop(&mut self, end: End) -> Option<Vec<u8>> {
        self.pop_with(end, <[u8]>::to_vec)
    }

    /// Takes the outermost element at `end` and gives it to `read` in place, without a copy. O(1)
    /// amortised: touches the chunk at that end and no other.
    pub fn pop_with<R>(&mut self, end: End, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let last = self.last_chunk(end)?;
        let result = read(self.chunks[last].peek(end)?);
        self.len -= 1;
        let chunk = &mut self.chunks[last];
        chunk.drop_end(end);
        if chunk.count() == 0 {
            self.take_chunk(last);
        } else if chunk.slack() > self.bytes / 2 {
            // Only a short list can get here; in a longer one the chunk is soon empty anyway.
            self.edit(last, |chunk| chunk.give_back(end));
        }
        Some(result)
    }

    /// The first element. O(1).
    pub fn front(&self) -> Option<&[u8]> {
        self.chunks.front()?.peek(End::Head)
    }

    /// The last element. O(1).
    pub fn back(&self) -> Option<&[u8]> {
        self.chunks.back()?.peek(End::Tail)
    }

    /// Element `index`. Counts chunks from the nearer end, then elements in one chunk.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let (at, inner) = self.locate(index)?;
        self.chunks[at].get(inner)
    }

    /// All elements, first to last.
    pub fn iter(&self) -> Iter<'_> {
        Iter { rest: &[], chunks: self.chunks.iter(), left: self.len }
    }

    /// All elements, last to first.
    pub fn iter_rev(&self) -> IterRev<'_> {
        IterRev { rest: &[], chunks: self.chunks.iter(), left: self.len }
    }

    /// Up to `count` elements from index `start` on. Finds the first like [`get`](Self::get).
    pub fn range(&self, start: usize, count: usize) -> Iter<'_> {
        let Some((at, inner)) = self.locate(start) else {
            return Iter { rest: &[], chunks: self.chunks.range(..0), left: 0 };
        };
        Iter {
            rest: self.chunks[at].live_from(inner),
            chunks: self.chunks.range(at + 1..),
            left: count.min(self.len - start),
        }
    }

    /// The chunk at `end`.
    fn last_chunk(&self, end: End) -> Option<usize> {
        let last = self.chunks.len().checked_sub(1)?;
        Some(match end {
            End::Head => 0,
            End::Tail => last,
        })
    }

    /// The chunk that holds element `index` and the element's index inside it.
    fn locate(&self, index: usize) -> Option<(usize, usize)> {
        if index >= self.len {
            return None;
        }
        if index < self.len / 2 {
            let mut inner = index;
            for (at, chunk) in self.chunks.iter().enumerate() {
                if inner < chunk.count() {
                    work::visited(at + 1);
                    return Some((at, inner));
                }
                inner -= chunk.count();
            }
        } else {
            let mut behind = self.len - index;
            for (at, chunk) in self.chunks.iter().enumerate().rev() {
                if behind <= chunk.count() {
                    work::visited(self.chunks.len() - at);
                    return Some((at, chunk.count() - behind));
                }
                behind -= chunk.count();
            }
        }
        None
    }

    /// Changes one chunk and keeps `bytes` true.
    fn edit<R>(&mut self, at: usize, change: impl FnOnce(&mut Chunk) -> R) -> R {
        let chunk = &mut self.chunks[at];
        let before = chunk.capacity();
        let result = change(chunk);
        self.bytes = self.bytes - before + chunk.capacity();
        result
    }

    fn insert_chunk(&mut self, at: usize, chunk: Chunk) {
        if self.chunks.capacity() == 0 {
            // Most lists are short; the deque's own first step is four.
            self.chunks.reserve_exact(1);
        }
        self.bytes += chunk.capacity();
        self.chunks.insert(at, chunk);
    }

    fn take_chunk(&mut self, at: usize) -> Option<Chunk> {
        let chunk = self.chunks.remove(at)?;
        self.bytes -= chunk.capacity();
        self.shrink_deque();
        Some(chunk)
    }

    /// Lets go of most of a deque that became much too large; what was removed pays for the move.
    fn shrink_deque(&mut self) {
        let (len, capacity) = (self.chunks.len(), self.chunks.capacity());
        if capacity >= 4 && capacity > 4 * len {
            self.chunks.shrink_to(2 * len);
        }
    }
}

/// Copies elements only; a clone has no slack.
impl Clone for List {
    fn clone(&self) -> Self {
        let chunks: VecDeque<Chunk> = self.chunks.iter().cloned().collect();
        let bytes = chunks.iter().map(Chunk::capacity).sum();
        Self { chunks, len: self.len, bytes }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("len", &self.len)
            .field("chunks", &self.chunks.len())
            .field("heap_bytes", &self.heap_bytes())
            .finish()
    }
}
