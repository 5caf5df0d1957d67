//! An extendible hash table: a directory of small segments, split one at a time.
//!
//! ```text
//! directory (2^depth)   000 001 010 011 100 101 110 111      the top `depth` bits of a prefix
//!                        │   │    └─┬─┘    └────┬────┘
//! segments               A   B      C           D            each knows how many bits its entries share
//! ```
//!
//! Growth never touches more than one segment, so no insert waits for a whole table to be rehashed, and ascending
//! prefixes run through the segments in directory order whatever has been split: that is what `SCAN` walks along.
//!
//! Knows nothing of what the values mean, nor of time: a deadline is a number that it keeps.

#![allow(
    clippy::indexing_slicing,
    reason = "the directory holds indexes of segments, made here; see the fields"
)]

#[cfg(test)]
mod tests;

use std::hint::black_box;

use smallvec::SmallVec;

use super::segment::{Entry, NewValue, OpenEntry, Prefix, Search, Segment};

/// Entries at which a segment is split.
const SPLIT_AT: usize = 800;

#[derive(Debug)]
pub(super) struct Table<T> {
    /// Invariant: empty while there are no segments, else `2^depth` indexes into `segments`; the run of indexes of one
    /// segment is contiguous and as long as `2^(depth - segment.depth)`.
    directory: Vec<u32>,
    depth: u8,
    segments: Vec<Segment<T>>,
    len: usize,
}

/// Where an entry lies, until the table is next changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    segment: usize,
    slot: usize,
}

/// Look-ups that [`touch`] prepares without an allocation.
pub(super) const TOUCHED: usize = 64;

/// Reads what these look-ups will read, for nothing but to have it at hand then.
///
/// First it is worked out where to look, then everything is read with nothing in between: a processor runs ahead of what it
/// waits for by some hundred instructions, which are then as many reads as possible.
pub(super) fn touch<'t, T: 't>(look_ups: impl Iterator<Item = (&'t Table<T>, Prefix)>) {
    let mut searches: SmallVec<[Search<'_, T>; TOUCHED]> = SmallVec::new();
    for (table, prefix) in look_ups {
        let segment = table.segment_of(prefix).map(|segment| &table.segments[segment]);
        if let Some(search) = segment.and_then(|segment| segment.begin_search(prefix)) {
            searches.push(search);
        }
    }
    black_box(searches.iter().fold(0, |all, search| all ^ search.first_slot()));
    // Where the records are is known once the slots are here.
    let mut records: SmallVec<[[&u8; 2]; TOUCHED]> = SmallVec::new();
    for search in &searches {
        if let Some(record) = search.record() {
            records.push(record);
        }
    }
    black_box(records.iter().fold(0, |all, [start, end]| all ^ **start ^ **end));
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { directory: Vec::new(), depth: 0, segments: Vec::new(), len: 0 }
    }
}

impl<T> Table<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn segments(&self) -> &[Segment<T>] {
        &self.segments
    }

    /// Bytes allocated for the table; what outside values own is not counted.
    pub(super) fn heap_bytes(&self) -> usize {
        self.directory.capacity() * size_of::<u32>()
            + self.segments.capacity() * size_of::<Segment<T>>()
            + self.segments.iter().map(Segment::heap_bytes).sum::<usize>()
    }

    #[cfg(test)]
    pub(super) fn find(&self, prefix: Prefix, key: &[u8]) -> Option<Spot> {
        let segment = self.segment_of(prefix)?;
        let slot = self.segments[segment].find(prefix, key)?;
        Some(Spot { segment, slot })
    }

    /// Where `key` is, and its deadline.
    pub(super) fn find_timed(&self, prefix: Prefix, key: &[u8]) -> Option<(Spot, Option<u64>)> {
        let segment = self.segment_of(prefix)?;
        let (slot, deadline) = self.segments[segment].find_timed(prefix, key)?;
        Some((Spot { segment, slot }, deadline))
    }

    /// The entry of `key`, found and read in one go.
    pub(super) fn get(&self, prefix: Prefix, key: &[u8]) -> Option<Entry<'_, T>> {
        self.segments[self.segment_of(prefix)?].get(prefix, key)
    }

    /// The entry of `key`, to be written over, and where it is.
    #[inline(always)]
    pub(super) fn open(&mut self, prefix: Prefix, key: &[u8]) -> Option<(Spot, OpenEntry<'_, T>)> {
        let segment = self.segment_of(prefix)?;
        let (slot, entry) = self.segments[segment].open(prefix, key)?;
        Some((Spot { segment, slot }, entry))
    }

    pub(super) fn deadline(&self, spot: Spot) -> Option<u64> {
        self.segments[spot.segment].deadline(spot.slot)
    }

    pub(super) fn entry(&self, spot: Spot) -> Entry<'_, T> {
        self.segments[spot.segment].entry(spot.slot)
    }

    pub(super) fn entry_bytes(&self, spot: Spot) -> usize {
        self.segments[spot.segment].entry_bytes(spot.slot)
    }

    /// The value of an entry if it lies outside its segment, to be changed in place; the entry's tag becomes `tag`.
    pub(super) fn edit_outside(&mut self, spot: Spot, tag: u8) -> Option<&mut T> {
        self.segments[spot.segment].edit_outside(spot.slot, tag)
    }

    /// The value of `key` if it lies outside its segment, to be changed in place, with its deadline, and where it is.
    pub(super) fn open_outside(
        &mut self,
        prefix: Prefix,
        key: &[u8],
    ) -> Option<(Spot, Option<u64>, &mut T)> {
        let segment = self.segment_of(prefix)?;
        let (slot, deadline, value) = self.segments[segment].open_outside(prefix, key)?;
        Some((Spot { segment, slot }, deadline, value))
    }

    /// Adds an entry whose key is not in the table yet.
    pub(super) fn insert(
        &mut self,
        prefix: Prefix,
        key: &[u8],
        tag: u8,
        deadline: Option<u64>,
        value: NewValue<'_, T>,
    ) {
        let segment = self.segment_with_room(prefix);
        self.segments[segment].insert(prefix, key, tag, deadline, value);
        self.len += 1;
    }

    /// Gives an entry a new value, tag and deadline; returns the old value if it lay outside its segment.
    pub(super) fn replace(
        &mut self,
        spot: Spot,
        tag: u8,
        deadline: Option<u64>,
        value: NewValue<'_, T>,
    ) -> Option<T> {
        self.segments[spot.segment].replace(spot.slot, tag, deadline, value)
    }

    pub(super) fn set_deadline(&mut self, spot: Spot, deadline: Option<u64>) {
        self.segments[spot.segment].set_deadline(spot.slot, deadline);
    }

    /// Takes an entry out; returns its value if it lay outside its segment.
    pub(super) fn remove(&mut self, spot: Spot) -> Option<T> {
        let old = self.segments[spot.segment].remove(spot.slot);
        self.removed(1);
        old
    }

    /// Removes the entries of one segment whose deadline has passed; returns how many.
    pub(super) fn remove_expired(
        &mut self,
        segment: usize,
        now: u64,
        freed: impl FnMut(T),
    ) -> usize {
        let removed = self.segments[segment].remove_expired(now, freed);
        self.removed(removed);
        removed
    }

    /// Segments in ascending order of the prefixes they hold, starting with the one that `prefix` belongs to, each with
    /// the first prefix after its own.
    pub(super) fn segments_from(&self, prefix: Prefix) -> impl Iterator<Item = (&Segment<T>, u64)> {
        let mut next = u64::from(prefix);
        std::iter::from_fn(move || {
            let segment = &self.segments[self.segment_of(Prefix::try_from(next).ok()?)?];
            let span = 1u64 << (Prefix::BITS - u32::from(segment.depth));
            next = (next / span + 1) * span;
            Some((segment, next))
        })
    }

    /// Entries whose deadline has not passed.
    pub(super) fn live_len(&self, now: u64) -> usize {
        let due = self.segments.iter().filter(|segment| segment.may_expire(now));
        let expired = |segment: &Segment<T>| {
            let deadlines = segment.occupied().filter_map(|(slot, _)| segment.entry(slot).deadline);
            deadlines.filter(|deadline| *deadline < now).count()
        };
        self.len - due.map(expired).sum::<usize>()
    }

    fn removed(&mut self, count: usize) {
        self.len -= count;
        if self.len == 0 {
            *self = Table::default();
        }
    }

    fn segment_of(&self, prefix: Prefix) -> Option<usize> {
        if self.directory.is_empty() {
            return None;
        }
        Some(self.directory[self.directory_index(prefix)] as usize)
    }

    fn directory_index(&self, prefix: Prefix) -> usize {
        ((u64::from(prefix) << self.depth) >> Prefix::BITS) as usize
    }

    /// The segment for a new entry, after a split if it was full and splitting can help.
    fn segment_with_room(&mut self, prefix: Prefix) -> usize {
        if self.segments.is_empty() {
            self.segments.push(Segment::new(0));
            self.directory.push(0);
        }
        loop {
            let index = self.directory_index(prefix);
            let segment = self.directory[index] as usize;
            if self.segments[segment].len() < SPLIT_AT || !self.may_split(segment) {
                return segment;
            }
            self.split(segment, index);
        }
    }

    /// Entries whose hashes agree in many bits are not parted by splitting, they would only double the directory for
    /// ever: then a segment grows past its usual size instead. The directory stays within 16 times what evenly spread
    /// keys would need.
    fn may_split(&self, segment: usize) -> bool {
        let segment = &self.segments[segment];
        let grows_directory = segment.depth == self.depth;
        let directory_limit = 16 * (1 + self.len / SPLIT_AT);
        let worth_it = !grows_directory || 2 * self.directory.len() <= directory_limit;
        // An overfull segment is examined now and then only, not at every insert.
        let turn = segment.len() == SPLIT_AT || segment.len().is_multiple_of(SPLIT_AT / 8);
        worth_it && u32::from(segment.depth) < Prefix::BITS && turn && !segment.is_uniform()
    }

    fn split(&mut self, segment: usize, index: usize) {
        if self.segments[segment].depth == self.depth {
            self.directory = self.directory.iter().flat_map(|entry| [*entry, *entry]).collect();
            self.depth += 1;
            return;
        }
        let whole = std::mem::replace(&mut self.segments[segment], Segment::new(0));
        let run = 1usize << (self.depth - whole.depth);
        let start = index / run * run;
        let (low, high) = whole.split();
        self.segments[segment] = low;
        let new = self.segments.len() as u32;
        self.segments.push(high);
        self.directory[start + run / 2..start + run].fill(new);
    }
}
