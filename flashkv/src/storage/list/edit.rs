//! Changing a list elsewhere than at its ends: `LSET`, `LINSERT`, `LREM`, `LTRIM`.
//!
//! Decides which chunks are split, merged and dropped. Does not know how a chunk edits its bytes.

#![allow(
    clippy::indexing_slicing,
    reason = "chunk numbers come from `locate` or from a loop over the list's own chunks"
)]

use super::chunk::{Chunk, TARGET};
use super::{End, List};
use std::collections::VecDeque;
use std::mem;

/// Neighbours that fit into this together become one chunk. Half of a chunk, so that the next
/// insertion does not split them again.
const MERGED: usize = TARGET / 2;

/// Up to this many changed chunks are tidied one by one. Dropping one shifts the deque's entries, so
/// for more of them one pass over all entries is cheaper.
const FEW: usize = 16;

impl List {
    /// Puts `value` in the place of element `index`; `false` if there is none.
    pub fn set(&mut self, index: usize, value: &[u8]) -> bool {
        let Some((at, inner)) = self.locate(index) else { return false };
        let chunk = &self.chunks[at];
        if chunk.count() == 1 {
            self.edit(at, |chunk| *chunk = Chunk::new(End::Tail, value, 0));
            self.tidy(at);
        } else if chunk.fits_instead(inner, value) {
            self.edit(at, |chunk| chunk.replace(inner, value));
            self.tidy(at);
        } else {
            self.remove_range(index, 1);
            self.insert(index, value);
        }
        true
    }

    /// Puts `value` before element `index`, or last if `index` is the length; `false` beyond that.
    /// Besides finding the place, moves a few kilobytes at most; a chunk that has to be added also
    /// shifts the 32-byte entries of the chunks on its nearer side.
    pub fn insert(&mut self, index: usize, value: &[u8]) -> bool {
        if index == 0 || index == self.len {
            self.push(if index == 0 { End::Head } else { End::Tail }, value);
            return true;
        }
        let Some((at, inner)) = self.locate(index) else { return false };
        self.len += 1;
        if self.chunks[at].fits(value) {
            self.edit(at, |chunk| chunk.insert(inner, value));
        } else if inner == 0 {
            // Between two chunks: `index` is not 0, so there is one before.
            self.insert_between(at, value);
        } else {
            let right = self.edit(at, |chunk| chunk.split_off(inner));
            self.insert_chunk(at + 1, right);
            self.insert_between(at + 1, value);
            // A split near an edge leaves a small piece that a neighbour may take. From the right,
            // so that the numbers still to come stay valid.
            self.tidy(at + 2);
            self.tidy(at + 1);
            self.tidy(at);
        }
        true
    }

    /// Removes up to `count` elements from index `start` on and returns how many. Drops chunks in
    /// between as a whole; moves bytes only in the first and the last one.
    pub fn remove_range(&mut self, start: usize, count: usize) -> usize {
        let count = count.min(self.len.saturating_sub(start));
        if count == self.len {
            *self = Self::new();
            return count;
        }
        if count == 0 {
            return 0;
        }
        let (Some((first, skip)), Some((last, until))) =
            (self.locate(start), self.locate(start + count - 1))
        else {
            return 0;
        };
        self.len -= count;
        if first == last {
            self.edit(first, |chunk| chunk.remove(skip, count));
            self.tidy(first);
            return count;
        }
        self.edit(last, |chunk| chunk.remove(0, until + 1));
        self.edit(first, |chunk| chunk.remove(skip, chunk.count() - skip));
        let dropped: usize = self.chunks.drain(first + 1..last).map(|c| c.capacity()).sum();
        self.bytes -= dropped;
        // The later one first, so that `first` still is what it was.
        self.tidy(first + 1);
        self.tidy(first);
        self.shrink_deque();
        count
    }

    /// Keeps up to `count` elements from index `start` on and removes the others.
    pub fn trim(&mut self, start: usize, count: usize) {
        if count == 0 || start >= self.len {
            *self = Self::new();
            return;
        }
        self.remove_range(start.saturating_add(count), usize::MAX);
        self.remove_range(0, start);
    }

    /// Removes up to `count` elements equal to `value`, the ones nearest to `from`, and returns how
    /// many. Looks at elements from that end until `count` are found.
    pub fn remove_matching(&mut self, value: &[u8], count: usize, from: End) -> usize {
        let (mut left, mut changed, mut lowest, mut highest) = (count, 0, usize::MAX, 0);
        for step in 0..self.chunks.len() {
            if left == 0 {
                break;
            }
            let at = match from {
                End::Head => step,
                End::Tail => self.chunks.len() - 1 - step,
            };
            let removed = self.edit(at, |chunk| chunk.remove_matching(value, left, from));
            if removed > 0 {
                left -= removed;
                changed += 1;
                (lowest, highest) = (lowest.min(at), highest.max(at));
            }
        }
        self.len -= count - left;
        if changed > FEW {
            self.tidy_all();
        } else if changed > 0 {
            (lowest..=highest).rev().for_each(|at| self.tidy(at));
        }
        count - left
    }

    /// Puts `value` between chunks `at - 1` and `at`: into one that has room, or into its own.
    fn insert_between(&mut self, at: usize, value: &[u8]) {
        if self.chunks[at - 1].fits(value) {
            self.edit(at - 1, |chunk| chunk.insert(chunk.count(), value));
        } else if self.chunks[at].fits(value) {
            self.edit(at, |chunk| chunk.insert(0, value));
        } else {
            self.insert_chunk(at, Chunk::new(End::Tail, value, 0));
        }
    }

    /// After elements left chunk `at`: drops it if empty, merges it with a small neighbour, or
    /// gives memory back. Chunks before `at` keep their numbers, though the nearest may grow.
    fn tidy(&mut self, at: usize) {
        let Some(chunk) = self.chunks.get(at) else { return };
        let size = chunk.size();
        // An empty neighbour waits for its own turn: its buffer may be one that is never shared.
        let joins = |other| {
            let other = self.chunks.get(other).map_or(0, Chunk::size);
            other > 0 && other + size <= MERGED
        };
        if size == 0 {
            self.take_chunk(at);
        } else if joins(at + 1) {
            self.merge_with_next(at);
        } else if at > 0 && joins(at - 1) {
            self.merge_with_next(at - 1);
        } else {
            self.edit(at, |chunk| chunk.give_back(End::Tail));
        }
    }

    fn merge_with_next(&mut self, at: usize) {
        if let Some(right) = self.take_chunk(at + 1) {
            self.edit(at, |chunk| chunk.append(&right));
        }
    }

    /// `tidy` for all chunks in one pass over the deque's entries.
    fn tidy_all(&mut self) {
        let mut tidied: VecDeque<Chunk> = VecDeque::new();
        for chunk in mem::take(&mut self.chunks) {
            match tidied.back_mut() {
                _ if chunk.size() == 0 => {}
                Some(last) if last.size() + chunk.size() <= MERGED => last.append(&chunk),
                _ => tidied.push_back(chunk),
            }
        }
        tidied.iter_mut().for_each(|chunk| chunk.give_back(End::Tail));
        tidied.shrink_to_fit();
        self.bytes = tidied.iter().map(Chunk::capacity).sum();
        self.chunks = tidied;
    }
}
