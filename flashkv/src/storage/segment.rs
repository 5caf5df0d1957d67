//! A segment: a small open-addressing table of slots over an arena of records.
//!
//! ```text
//!  slots   │ hash,at │  empty  │ hash,at │ hash,at │ …        8 bytes each, linear probing
//!               │                   └──────┐
//!  arena   [record][record]…dead…[record] [record]…          pages, append-only; compacted when a quarter is dead
//!                                   └─► slab [value]          values too long for the arena, and collections
//! ```
//!
//! Knows one segment's entries only. Which entries belong here, and when to split, is the table's business; what a
//! value means and whether a deadline has passed, its callers'.

#![allow(
    clippy::indexing_slicing,
    reason = "slots and offsets are made and checked here; see the invariants on the fields"
)]

mod arena;
mod slots;
#[cfg(test)]
mod tests;
pub(super) mod work;

use slab::Slab;
use smallvec::SmallVec;

use self::arena::Arena;
use self::slots::{EMPTY, Slot, capacity_for, home, next};
use super::record::{Body, Fields, INLINE_MAX, Layout, Tag};
use crate::short::same;

/// Bits of a key's hash that follow those that chose its shard. The top ones choose the segment, the low ones the slot.
pub(super) type Prefix = u32;

#[derive(Debug)]
pub(super) struct Segment<T> {
    /// Invariant: at least one slot is free, unless there is none; a run of probes from a key's home has no gap.
    slots: Vec<Slot>,
    /// Invariant: every occupied slot points at a whole record.
    arena: Arena,
    outside: Slab<Outside<T>>,
    len: u32,
    /// Bytes of the arena that no slot points at any more. Invariant: at most a quarter of it, and a kilobyte.
    dead: u32,
    /// Entries with a deadline.
    timed: u32,
    /// No deadline in this segment is earlier; may be too early after one was lifted or put off. `u64::MAX` if there is none.
    soonest: u64,
    /// How many top bits of the prefix all entries here share.
    pub(super) depth: u8,
}

/// A short part of a record while the record is rewritten.
type Copied = SmallVec<[u8; 64]>;

/// Where many records end, which may be in the cache line behind that of their start.
const RECORD_END: usize = 48;

#[derive(Debug)]
struct Outside<T> {
    /// The key, if it is too long for the arena; empty otherwise.
    key: Box<[u8]>,
    value: T,
}

/// A value on its way into a segment.
#[derive(Debug)]
pub(super) enum NewValue<'a, T> {
    /// At most [`INLINE_MAX`] bytes, kept in the arena. The key must be no longer either.
    Inside(&'a [u8]),
    Outside(T),
}

/// A value as it lies in a segment.
#[derive(Debug)]
pub(super) enum ValueRef<'a, T> {
    Inside(&'a [u8]),
    Outside(&'a T),
}

/// One entry, borrowed.
#[derive(Debug)]
pub(super) struct Entry<'a, T> {
    pub(super) tag: Tag,
    pub(super) deadline: Option<u64>,
    pub(super) value: ValueRef<'a, T>,
}

/// One entry, to be written over where it lies.
#[derive(Debug)]
pub(super) struct OpenEntry<'a, T> {
    page: &'a mut [u8],
    layout: Layout,
    outside: &'a Slab<Outside<T>>,
    soonest: &'a mut u64,
}

/// A search that has not begun: what it will read can be read before.
#[derive(Debug)]
pub(super) struct Search<'a, T> {
    segment: &'a Segment<T>,
    prefix: Prefix,
    home: usize,
    first: &'a Slot,
}

impl<'a, T> Search<'a, T> {
    /// Reads the slot that it begins at; means nothing.
    #[inline(always)]
    pub(super) fn first_slot(&self) -> u32 {
        self.first.at
    }

    /// The first byte of the record that it will find, and one near its end.
    #[inline(always)]
    pub(super) fn record(&self) -> Option<[&'a u8; 2]> {
        let Segment { slots, arena, .. } = self.segment;
        let mut at = self.home;
        loop {
            let slot = slots[at];
            if slot.at == EMPTY {
                return None;
            }
            if slot.prefix == self.prefix {
                let (page, start) = arena.page(slot.at);
                let first = &page[start];
                return Some([first, page.get(start + RECORD_END).unwrap_or(first)]);
            }
            at = next(at, slots.len());
        }
    }
}

impl<T> OpenEntry<'_, T> {
    /// The entry as it is.
    #[inline(always)]
    pub(super) fn read(&self) -> Entry<'_, T> {
        read(self.outside, self.page, self.layout)
    }

    /// Gives it a new value, tag and deadline, if its record keeps its shape with these; says whether it did.
    #[inline(always)]
    pub(super) fn overwrite(self, tag: Tag, deadline: Option<u64>, value: &[u8]) -> bool {
        let fits = self.layout.fits(deadline, value);
        if fits {
            self.layout.overwrite(self.page, tag, deadline, value);
            *self.soonest = (*self.soonest).min(deadline.unwrap_or(u64::MAX));
        }
        fits
    }
}

impl<T> Segment<T> {
    pub(super) fn new(depth: u8) -> Self {
        Segment {
            slots: Vec::new(),
            arena: Arena::default(),
            outside: Slab::new(),
            len: 0,
            dead: 0,
            timed: 0,
            soonest: u64::MAX,
            depth,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    pub(super) fn timed(&self) -> usize {
        self.timed as usize
    }

    /// Whether an entry may have a deadline that has passed.
    pub(super) fn may_expire(&self, now: u64) -> bool {
        self.timed > 0 && self.soonest < now
    }

    /// Bytes allocated for slots, arena and slab; what outside values own is not counted.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
            + self.arena.heap_bytes()
            + self.outside.capacity() * (size_of::<Outside<T>>() + size_of::<usize>())
            + self.outside.iter().map(|(_, outside)| outside.key.len()).sum::<usize>()
    }

    /// The values that lie outside the arena.
    pub(super) fn outside_values(&self) -> impl Iterator<Item = &T> {
        self.outside.iter().map(|(_, outside)| &outside.value)
    }

    /// The slot that holds `key`.
    #[cfg(test)]
    pub(super) fn find(&self, prefix: Prefix, key: &[u8]) -> Option<usize> {
        self.search(prefix, key).map(|(slot, ..)| slot)
    }

    /// The slot that holds `key`, and its deadline.
    pub(super) fn find_timed(&self, prefix: Prefix, key: &[u8]) -> Option<(usize, Option<u64>)> {
        self.search(prefix, key).map(|(slot, page, layout)| (slot, layout.deadline(page)))
    }

    /// The entry of `key`.
    #[inline(always)]
    pub(super) fn get(&self, prefix: Prefix, key: &[u8]) -> Option<Entry<'_, T>> {
        self.search(prefix, key).map(|(_, page, layout)| read(&self.outside, page, layout))
    }

    /// The entry of `key`, to be written over, and its slot.
    #[inline(always)]
    pub(super) fn open(&mut self, prefix: Prefix, key: &[u8]) -> Option<(usize, OpenEntry<'_, T>)> {
        let (slot, _, layout) = self.search(prefix, key)?;
        Some((slot, self.open_record(slot, layout)))
    }

    /// The value of `key` if it lies outside, to be changed in place, with its slot and deadline.
    #[inline(always)]
    pub(super) fn open_outside(
        &mut self,
        prefix: Prefix,
        key: &[u8],
    ) -> Option<(usize, Option<u64>, &mut T)> {
        let (slot, page, layout) = self.search(prefix, key)?;
        let (deadline, index) = (layout.deadline(page), layout.index_outside(page)?);
        Some((slot, deadline, &mut self.outside[index as usize].value))
    }

    fn open_record(&mut self, slot: usize, layout: Layout) -> OpenEntry<'_, T> {
        let page = self.arena.page_mut(self.slots[slot].at);
        OpenEntry { page, layout, outside: &self.outside, soonest: &mut self.soonest }
    }

    /// The slot and record of `key`.
    #[inline(always)]
    fn search(&self, prefix: Prefix, key: &[u8]) -> Option<(usize, &[u8], Layout)> {
        if self.slots.is_empty() {
            return None;
        }
        let mut at = home(prefix, self.slots.len());
        loop {
            let slot = self.slots[at];
            if slot.prefix == prefix && slot.at != EMPTY {
                let (page, layout) = self.record_at(slot.at);
                if same(self.key_of((page, layout)), key) {
                    return Some((at, page, layout));
                }
            }
            if slot.at == EMPTY {
                return None;
            }
            at = next(at, self.slots.len());
        }
    }

    /// A search for this prefix, to be prepared; none where there is nothing to search.
    #[inline(always)]
    pub(super) fn begin_search(&self, prefix: Prefix) -> Option<Search<'_, T>> {
        let home = home(prefix, self.slots.len());
        Some(Search { segment: self, prefix, home, first: self.slots.get(home)? })
    }

    pub(super) fn deadline(&self, slot: usize) -> Option<u64> {
        let (page, layout) = self.record(slot);
        layout.deadline(page)
    }

    pub(super) fn entry(&self, slot: usize) -> Entry<'_, T> {
        let (page, layout) = self.record(slot);
        read(&self.outside, page, layout)
    }

    /// The key of the entry in `slot`.
    pub(super) fn key(&self, slot: usize) -> &[u8] {
        self.key_of(self.record(slot))
    }

    /// Bytes that the entry in `slot` takes in slots and arena.
    pub(super) fn entry_bytes(&self, slot: usize) -> usize {
        let (page, layout) = self.record(slot);
        let outside = if layout.is_outside() {
            let outside = &self.outside[layout.index(page) as usize];
            outside.key.len() + size_of::<Outside<T>>()
        } else {
            0
        };
        layout.size() + size_of::<Slot>() + outside
    }

    /// The value of the entry in `slot` if it lies outside, to be changed in place; the entry's tag becomes `tag`.
    pub(super) fn edit_outside(&mut self, slot: usize, tag: Tag) -> Option<&mut T> {
        let (page, layout) = self.record(slot);
        if !layout.is_outside() {
            return None;
        }
        let index = layout.index(page);
        layout.set_tag(self.arena.page_mut(self.slots[slot].at), tag);
        Some(&mut self.outside[index as usize].value)
    }

    /// The occupied slots with their prefixes, in no particular order.
    pub(super) fn occupied(&self) -> impl Iterator<Item = (usize, Prefix)> {
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.at != EMPTY)
            .map(|(at, slot)| (at, slot.prefix))
    }

    /// Adds an entry whose key is not here yet.
    pub(super) fn insert(
        &mut self,
        prefix: Prefix,
        key: &[u8],
        tag: Tag,
        deadline: Option<u64>,
        value: NewValue<'_, T>,
    ) {
        let at = self.append(key, tag, deadline, value);
        self.occupy(prefix, at);
        self.note_deadline(deadline);
    }

    /// Gives the entry in `slot` a new value, tag and deadline; returns the old value if it lay outside.
    pub(super) fn replace(
        &mut self,
        slot: usize,
        tag: Tag,
        deadline: Option<u64>,
        value: NewValue<'_, T>,
    ) -> Option<T> {
        let (_, layout) = self.record(slot);
        if let NewValue::Inside(value) = value
            && self.open_record(slot, layout).overwrite(tag, deadline, value)
        {
            return None;
        }
        // The key moves with the value, so it is taken out of the arena first.
        let key = Copied::from_slice(self.key_of(self.record(slot)));
        let old = self.forget(slot);
        self.slots[slot].at = self.append(&key, tag, deadline, value);
        self.timed -= u32::from(layout.is_timed());
        self.note_deadline(deadline);
        self.tidy();
        old
    }

    /// Sets or lifts the deadline of the entry in `slot`.
    pub(super) fn set_deadline(&mut self, slot: usize, deadline: Option<u64>) {
        let (page, layout) = self.record(slot);
        let was_timed = layout.is_timed();
        match deadline {
            Some(deadline) if was_timed => {
                layout.set_deadline(self.arena.page_mut(self.slots[slot].at), deadline);
            }
            _ if was_timed == deadline.is_some() => {}
            _ => {
                // The record moves, so its parts are taken out of the arena first.
                let key = Copied::from_slice(layout.key(page));
                let value = Copied::from_slice(layout.value(page));
                let body = if layout.is_outside() {
                    let index = layout.index(page);
                    Body::Outside { index, long_key: layout.has_long_key() }
                } else {
                    Body::Inside(&value)
                };
                let fields = Fields { tag: layout.tag(), deadline, key: &key, body };
                self.dead += layout.size() as u32;
                self.slots[slot].at = self.arena.append(&fields);
            }
        }
        self.timed -= u32::from(was_timed);
        self.note_deadline(deadline);
        self.tidy();
    }

    /// Takes the entry in `slot` out; returns its value if it lay outside.
    pub(super) fn remove(&mut self, slot: usize) -> Option<T> {
        self.timed -= u32::from(self.record(slot).1.is_timed());
        self.note_deadline(None);
        let old = self.forget(slot);
        self.vacate(slot);
        self.tidy();
        old
    }

    /// Removes every entry whose deadline has passed; returns how many, after handing over outside values.
    pub(super) fn remove_expired(&mut self, now: u64, mut freed: impl FnMut(T)) -> usize {
        let mut soonest = u64::MAX;
        let mut removed = 0;
        let mut at = 0;
        while at < self.slots.len() {
            if self.slots[at].at != EMPTY {
                let (page, layout) = self.record(at);
                match layout.deadline(page) {
                    Some(deadline) if deadline < now => {
                        self.timed -= 1;
                        if let Some(value) = self.forget(at) {
                            freed(value);
                        }
                        self.vacate(at);
                        removed += 1;
                        // Another entry may have moved into this slot: look at it again.
                        continue;
                    }
                    Some(deadline) => soonest = soonest.min(deadline),
                    None => {}
                }
            }
            at += 1;
        }
        // Closing a gap moves entries towards it, never past it to places already seen: none was missed.
        self.soonest = soonest;
        self.tidy();
        removed
    }

    /// Whether all entries have the same prefix, so that no split could ever part them.
    pub(super) fn is_uniform(&self) -> bool {
        let mut prefixes = self.occupied().map(|(_, prefix)| prefix);
        let first = prefixes.next();
        prefixes.all(|prefix| Some(prefix) == first)
    }

    /// Parts the entries by the first bit of the prefix that they do not all share.
    pub(super) fn split(mut self) -> (Segment<T>, Segment<T>) {
        let bit = 1 << (Prefix::BITS - 1 - u32::from(self.depth));
        let mut halves = [Segment::new(self.depth + 1), Segment::new(self.depth + 1)];
        // Sized once: growing step by step while moving would place the slots over and over.
        let mut count = [0usize; 2];
        for (_, prefix) in self.occupied() {
            count[usize::from(prefix & bit != 0)] += 1;
        }
        for side in 0..2 {
            if count[side] > 0 {
                halves[side].resize_slots(capacity_for(count[side]));
            }
        }
        work::moved(self.len());
        let slots = std::mem::take(&mut self.slots);
        for slot in slots.into_iter().filter(|slot| slot.at != EMPTY) {
            let half = &mut halves[usize::from(slot.prefix & bit != 0)];
            let (page, layout) = self.record_at(slot.at);
            let at = half.arena.copy(&self.arena, slot.at);
            half.occupy(slot.prefix, at);
            half.note_deadline(layout.deadline(page));
            if layout.is_outside() {
                let value = self.outside.remove(layout.index(page) as usize);
                half.set_index(at, value);
            }
        }
        let [low, high] = halves;
        (low, high)
    }

    /// The record of the entry in `slot`: its page, and where its parts lie there.
    #[inline(always)]
    fn record(&self, slot: usize) -> (&[u8], Layout) {
        self.record_at(self.slots[slot].at)
    }

    #[inline(always)]
    fn record_at(&self, at: u32) -> (&[u8], Layout) {
        let (page, start) = self.arena.page(at);
        (page, Layout::read(page, start))
    }

    #[inline(always)]
    fn key_of<'a>(&'a self, (page, layout): (&'a [u8], Layout)) -> &'a [u8] {
        if layout.has_long_key() {
            &self.outside[layout.index(page) as usize].key
        } else {
            layout.key(page)
        }
    }

    /// Takes a value into the slab for the record at `at`.
    fn set_index(&mut self, at: u32, value: Outside<T>) {
        let index = self.outside.insert(value) as u32;
        let (_, layout) = self.record_at(at);
        layout.set_index(self.arena.page_mut(at), index);
    }

    fn note_deadline(&mut self, deadline: Option<u64>) {
        if let Some(deadline) = deadline {
            self.timed += 1;
            self.soonest = self.soonest.min(deadline);
        } else if self.timed == 0 {
            self.soonest = u64::MAX;
        }
    }

    fn append(
        &mut self,
        key: &[u8],
        tag: Tag,
        deadline: Option<u64>,
        value: NewValue<'_, T>,
    ) -> u32 {
        let fields = match value {
            NewValue::Inside(value) => Fields { tag, deadline, key, body: Body::Inside(value) },
            NewValue::Outside(value) => {
                let long_key = key.len() > INLINE_MAX;
                let (inline, kept): (&[u8], &[u8]) = if long_key { (&[], key) } else { (key, &[]) };
                let index = self.outside.insert(Outside { key: kept.into(), value }) as u32;
                Fields { tag, deadline, key: inline, body: Body::Outside { index, long_key } }
            }
        };
        self.arena.append(&fields)
    }

    /// Counts a record as dead and takes its value out of the slab.
    fn forget(&mut self, slot: usize) -> Option<T> {
        let (page, layout) = self.record(slot);
        let index = layout.index_outside(page);
        self.dead += layout.size() as u32;
        index.map(|index| self.outside.remove(index as usize).value)
    }

    /// Gives memory back once there is much that nothing uses.
    fn tidy(&mut self) {
        if self.len == 0 {
            *self = Segment::new(self.depth);
            return;
        }
        if self.dead as usize > self.arena.len() / 4 + 1024 {
            self.compact();
        }
        if self.slots.len() > 64 && self.len() * 3 < self.slots.len() {
            self.resize_slots(capacity_for(self.len()));
        }
        if self.outside.capacity() > 16 && self.outside.len() * 4 < self.outside.capacity() {
            self.shrink_outside();
        }
    }

    /// Copies the arena without its dead records.
    fn compact(&mut self) {
        work::moved(self.len());
        let mut arena = Arena::default();
        for slot in self.slots.iter_mut().filter(|slot| slot.at != EMPTY) {
            slot.at = arena.copy(&self.arena, slot.at);
        }
        self.arena = arena;
        self.dead = 0;
    }

    /// Moves the values outside to a slab of their number.
    fn shrink_outside(&mut self) {
        let mut outside = Slab::with_capacity(self.outside.len() * 3 / 2);
        for slot in self.slots.iter().filter(|slot| slot.at != EMPTY) {
            let (page, start) = self.arena.page(slot.at);
            let layout = Layout::read(page, start);
            if layout.is_outside() {
                let index = outside.insert(self.outside.remove(layout.index(page) as usize));
                layout.set_index(self.arena.page_mut(slot.at), index as u32);
            }
        }
        work::moved(outside.len());
        self.outside = outside;
    }
}

#[inline(always)]
fn read<'a, T>(outside: &'a Slab<Outside<T>>, page: &'a [u8], layout: Layout) -> Entry<'a, T> {
    let value = if layout.is_outside() {
        ValueRef::Outside(&outside[layout.index(page) as usize].value)
    } else {
        ValueRef::Inside(layout.value(page))
    };
    Entry { tag: layout.tag(), deadline: layout.deadline(page), value }
}
