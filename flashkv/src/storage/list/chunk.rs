//! One block of a list: a run of byte strings packed into one buffer.
//!
//! Knows how elements are laid out and how to edit them in place. It deliberately does not know its
//! neighbours: splitting, merging and dropping chunks is decided by [`List`](super::List).
//!
//! ```text
//!  0        start                                         buf.len()    capacity
//!  |  gap   | element | element | ... | element            |    room    |
//!           |<----------------- live --------------------->|
//! ```
//!
//! The gap lets the first element go without moving the others, and new ones come in front of it.
//! What an element looks like inside is up to [`packed`].

#![allow(
    clippy::indexing_slicing,
    reason = "every offset comes from a length this file wrote into the same buffer"
)]

use super::packed::{self, packed_size, split_first, split_last};
use super::{End, work};
use std::fmt;

/// The most bytes that several elements may share; a larger element gets a chunk of its own.
///
/// An edit in the middle moves at most half of this, which costs no more than a cache miss or two,
/// while the 32 bytes of a `Chunk` and the allocator's header stay under one percent of it.
pub(super) const TARGET: usize = 8 * 1024;

/// Slack that is never worth a reallocation to give back.
const KEEP: usize = 64;

/// Several elements in one buffer. An empty chunk exists only while its list is being edited.
pub(super) struct Chunk {
    /// Live bytes are `start..`. Shared by two or more elements, at most `TARGET` long and with a
    /// capacity of at most `TARGET`; beyond that the buffer holds one element and nothing else.
    buf: Vec<u8>,
    /// Bytes of gap in front of the first element, at most `TARGET`.
    start: u32,
    /// Elements in `start..`, at most `TARGET / 2` because each has two length bytes or more.
    count: u32,
}

const _: () = assert!(size_of::<Chunk>() == 32, "the cost per chunk promised at TARGET");

impl Chunk {
    /// A chunk of one element that expects more at `end`, with `reserve` bytes if that is not too
    /// many for a chunk.
    pub(super) fn new(end: End, value: &[u8], reserve: usize) -> Self {
        let need = packed_size(value);
        let capacity = if need > TARGET { need } else { grown(need).max(reserve.min(TARGET)) };
        let start = match end {
            End::Head => capacity - need,
            End::Tail => 0,
        };
        let mut buf = Vec::with_capacity(capacity);
        buf.resize(start, 0);
        let mut chunk = Self { buf, start: start as u32, count: 1 };
        packed::append(&mut chunk.buf, value);
        chunk
    }

    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    /// Bytes taken by the elements and their lengths.
    pub(super) fn size(&self) -> usize {
        self.buf.len() - self.start()
    }

    /// Bytes allocated.
    pub(super) fn capacity(&self) -> usize {
        self.buf.capacity()
    }

    /// Bytes allocated that hold no element.
    pub(super) fn slack(&self) -> usize {
        self.capacity() - self.size()
    }

    /// The packed elements, to walk with `split_first` and `split_last`.
    pub(super) fn live(&self) -> &[u8] {
        &self.buf[self.start()..]
    }

    /// Whether `value` may join this chunk somewhere.
    pub(super) fn fits(&self, value: &[u8]) -> bool {
        self.size() + packed_size(value) <= TARGET
    }

    /// Whether `value` may take the place of element `index`.
    pub(super) fn fits_instead(&self, index: usize, value: &[u8]) -> bool {
        let old = self.get(index).map_or(0, packed_size);
        self.size() - old + packed_size(value) <= TARGET
    }

    /// Adds `value` at `end`, or refuses because the chunk is full on that side: room may be left
    /// on the other, but not enough to pay for moving everything.
    pub(super) fn try_push(&mut self, end: End, value: &[u8]) -> bool {
        let need = packed_size(value);
        let total = self.size() + need;
        if total > TARGET {
            return false;
        }
        if self.room(end) < need {
            if self.capacity() >= total + total / 8 {
                self.slide(end, need);
            } else if grown(total) > self.capacity() {
                self.reallocate(grown(total), end);
            } else {
                return false;
            }
        }
        self.count += 1;
        match end {
            End::Head => {
                self.start -= need as u32;
                let at = self.start();
                packed::write(&mut self.buf[at..at + need], value);
            }
            End::Tail => packed::append(&mut self.buf, value),
        }
        true
    }

    /// The outermost element at `end`.
    pub(super) fn peek(&self, end: End) -> Option<&[u8]> {
        match end {
            End::Head => split_first(self.live()),
            End::Tail => split_last(self.live()),
        }
        .map(|(value, _)| value)
    }

    /// Forgets the outermost element at `end`.
    pub(super) fn drop_end(&mut self, end: End) {
        let Some(value) = self.peek(end) else { return };
        let size = packed_size(value);
        self.count -= 1;
        match end {
            End::Head => self.start += size as u32,
            End::Tail => self.buf.truncate(self.buf.len() - size),
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        split_first(self.live_from(index)).map(|(value, _)| value)
    }

    /// The packed elements from `index` on.
    pub(super) fn live_from(&self, index: usize) -> &[u8] {
        &self.buf[self.offset(index)..]
    }

    /// Puts `value` before element `index`, or behind the last one. The caller has asked `fits`.
    pub(super) fn insert(&mut self, index: usize, value: &[u8]) {
        let need = packed_size(value);
        let at = self.reshape(self.offset(index), 0, need);
        packed::write(&mut self.buf[at..at + need], value);
        self.count += 1;
    }

    /// Puts `value` in the place of element `index`. The caller has asked `fits_instead`.
    pub(super) fn replace(&mut self, index: usize, value: &[u8]) {
        let old = self.get(index).map_or(0, packed_size);
        let need = packed_size(value);
        let at = self.reshape(self.offset(index), old, need);
        packed::write(&mut self.buf[at..at + need], value);
    }

    /// Removes `count` elements from `index` on.
    pub(super) fn remove(&mut self, index: usize, count: usize) {
        let (from, to) = (self.offset(index), self.offset(index + count));
        self.reshape(from, to - from, 0);
        self.count -= count as u32;
    }

    /// Removes up to `limit` elements equal to `value`, the ones nearest to `from`; returns how many.
    pub(super) fn remove_matching(&mut self, value: &[u8], limit: usize, from: End) -> usize {
        let mut matches = 0;
        let mut rest = self.live();
        while let Some((element, next)) = split_first(rest) {
            matches += usize::from(element == value);
            rest = next;
        }
        let removed = matches.min(limit);
        let mut spared = match from {
            End::Head => 0,
            End::Tail => matches - removed,
        };

        let size = packed_size(value);
        let (mut read, mut write, mut left) = (self.start(), self.start(), removed);
        while left > 0 {
            let Some((element, _)) = split_first(&self.buf[read..]) else { break };
            let (matched, step) = (element == value, packed_size(element));
            if matched && spared == 0 {
                left -= 1;
            } else {
                spared -= usize::from(matched);
                self.shift(read, read + step, write);
                write += step;
            }
            read += step;
        }
        self.shift(read, self.buf.len(), write);
        self.buf.truncate(self.buf.len() - removed * size);
        self.count -= removed as u32;
        removed
    }

    /// Moves the elements from `index` on into a new chunk.
    pub(super) fn split_off(&mut self, index: usize) -> Self {
        let at = self.offset(index);
        let mut right = Self { buf: Vec::new(), start: 0, count: self.count - index as u32 };
        right.buf.reserve_exact(grown(self.buf.len() - at));
        right.buf.extend_from_slice(&self.buf[at..]);
        work::moved(right.buf.len());
        self.buf.truncate(at);
        self.count = index as u32;
        self.reallocate(grown(self.size()), End::Tail);
        right
    }

    /// Copies the elements of `right` behind its own. Together they fit into `TARGET`.
    pub(super) fn append(&mut self, right: &Self) {
        let at = self.reshape(self.buf.len(), 0, right.size());
        self.buf[at..].copy_from_slice(right.live());
        work::moved(right.size());
        self.count += right.count;
    }

    /// Gives back memory once less than half of the buffer is used, so that what was removed since
    /// pays for the copy.
    pub(super) fn give_back(&mut self, expect: End) {
        if self.slack() > KEEP && self.size() < self.capacity() / 2 {
            self.reallocate(grown(self.size()), expect);
        }
    }

    /// Drops the spare room of a chunk that is full, unless it is too little to pay for the copy.
    pub(super) fn close(&mut self) {
        if self.slack() > KEEP && self.slack() > self.capacity() / 8 {
            self.reallocate(self.size(), End::Tail);
        }
    }

    /// Panics unless the bytes read the same from both sides and the fields agree with them.
    #[cfg(test)]
    pub(super) fn check_invariants(&self) {
        assert!(self.count > 0, "an empty chunk stayed in the list");
        let (mut forward, mut backward) = (Vec::new(), Vec::new());
        let (mut left, mut right) = (self.live(), self.live());
        while let Some((value, rest)) = split_first(left) {
            forward.push(value);
            left = rest;
        }
        while let Some((value, rest)) = split_last(right) {
            backward.push(value);
            right = rest;
        }
        backward.reverse();
        assert!(forward == backward, "the two directions disagree");
        assert_eq!(forward.len(), self.count());
        assert!(self.start() <= TARGET);
        if self.count > 1 {
            assert!(self.capacity() <= TARGET, "shared buffer of {}", self.capacity());
        }
    }

    fn start(&self) -> usize {
        self.start as usize
    }

    fn room(&self, end: End) -> usize {
        match end {
            End::Head => self.start(),
            End::Tail => self.capacity() - self.buf.len(),
        }
    }

    /// Where element `index` begins in `buf`, walking from the nearer side; `buf.len()` if there is
    /// none.
    fn offset(&self, index: usize) -> usize {
        let count = self.count();
        let mut live = self.live();
        if index < count / 2 {
            for _ in 0..index {
                live = split_first(live).map_or(live, |(_, rest)| rest);
            }
            self.buf.len() - live.len()
        } else {
            for _ in index..count {
                live = split_last(live).map_or(live, |(_, rest)| rest);
            }
            self.start() + live.len()
        }
    }

    /// Turns the `old` bytes at `at` into `new` bytes of any content and returns where they begin.
    /// Moves the shorter side if its end has room; everything only if neither has.
    fn reshape(&mut self, at: usize, old: usize, new: usize) -> usize {
        let (start, end) = (self.start(), self.buf.len());
        let (before, after) = (at - start, end - at - old);
        let (shorter, longer) =
            if before < after { (End::Head, End::Tail) } else { (End::Tail, End::Head) };

        if new <= old {
            let shed = old - new;
            if shorter == End::Head {
                self.shift(start, at, start + shed);
                self.start += shed as u32;
                return at + shed;
            }
            self.shift(at + old, end, at + new);
            self.buf.truncate(end - shed);
            return at;
        }

        let more = new - old;
        if self.room(shorter) < more && self.room(longer) < more {
            let total = self.size() + more;
            if total <= self.capacity() {
                self.slide(shorter, more);
            } else {
                self.reallocate(grown(total), shorter);
            }
            return self.reshape(self.start() + before, old, new);
        }
        if self.room(End::Tail) < more || (shorter == End::Head && self.room(shorter) >= more) {
            self.shift(start, at, start - more);
            self.start -= more as u32;
            at - more
        } else {
            self.buf.resize(end + more, 0);
            self.shift(at + old, end, at + new);
            at
        }
    }

    /// Moves the elements so that `need` bytes and half of the remaining slack are free at `end`.
    /// The other half stays at the other end, or pushes to both in turn would slide every time.
    fn slide(&mut self, end: End, need: usize) {
        let (start, size) = (self.start(), self.size());
        let spare = self.slack() - need;
        let to = match end {
            End::Head => need + spare / 2,
            End::Tail => spare / 2,
        };
        self.buf.resize(self.buf.len().max(to + size), 0);
        self.shift(start, start + size, to);
        self.buf.truncate(to + size);
        self.start = to as u32;
    }

    /// Moves the elements into a buffer of `capacity`, with all slack at `end`.
    fn reallocate(&mut self, capacity: usize, end: End) {
        let start = match end {
            End::Head => capacity - self.size(),
            End::Tail => 0,
        };
        let mut buf = Vec::with_capacity(capacity);
        buf.resize(start, 0);
        buf.extend_from_slice(self.live());
        work::moved(self.size());
        self.buf = buf;
        self.start = start as u32;
    }

    fn shift(&mut self, from: usize, until: usize, to: usize) {
        if from != to {
            work::moved(until - from);
            self.buf.copy_within(from..until, to);
        }
    }
}

/// The capacity for `total` bytes that are expected to become more: a quarter on top, so that growth
/// costs a constant per byte while a small list stays small.
fn grown(total: usize) -> usize {
    if total > TARGET {
        return total;
    }
    (total + total / 4).next_multiple_of(16).min(TARGET)
}

/// Copies the elements only: a clone has no slack.
impl Clone for Chunk {
    fn clone(&self) -> Self {
        Self { buf: self.live().to_vec(), start: 0, count: self.count }
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunk({} in {}/{})", self.count, self.size(), self.capacity())
    }
}
