//! A segment: a small open-addressing table of slots over an arena of records.
//!
//! ```text
//!  slots   │ hash,at │  empty  │ hash,at │ hash,at │ …        8 bytes each, linear probing
//!               │                   └──────┐
//!  arena   [record][record]…dead…[record][record]            append-only; compacted when a quarter is dead
//!                                   └─► slab [value]          values too long for the arena, and collections
//! ```
//!
//! Knows one segment's entries only. Which entries belong here, and when to split, is the table's business; what a
//! value means and whether a deadline has passed, its callers'.

#![allow(
    clippy::indexing_slicing,
    reason = "slots and offsets are made and checked here; see the invariants on the fields"
)]

mod slots;
#[cfg(test)]
mod tests;
pub(super) mod work;

use slab::Slab;
use smallvec::SmallVec;

use self::slots::{EMPTY, Slot, capacity_for, home, next};
use super::record::{self, Body, Fields, INLINE_MAX, Layout, Tag};

/// Bits of a key's hash that follow those that chose its shard. The top ones choose the segment, the low ones the slot.
pub(super) type Prefix = u32;

#[derive(Debug)]
pub(super) struct Segment<T> {
    /// Invariant: at least one slot is free, unless there is none; a run of probes from a key's home has no gap.
    slots: Vec<Slot>,
    /// Invariant: every occupied slot points at a whole record.
    arena: Vec<u8>,
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
    pub(super) key: &'a [u8],
    pub(super) tag: Tag,
    pub(super) deadline: Option<u64>,
    pub(super) value: ValueRef<'a, T>,
}

impl<T> Segment<T> {
    pub(super) fn new(depth: u8) -> Self {
        Segment {
            slots: Vec::new(),
            arena: Vec::new(),
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
            + self.arena.capacity()
            + self.outside.capacity() * (size_of::<Outside<T>>() + size_of::<usize>())
            + self.outside.iter().map(|(_, outside)| outside.key.len()).sum::<usize>()
    }

    /// The values that lie outside the arena.
    pub(super) fn outside_values(&self) -> impl Iterator<Item = &T> {
        self.outside.iter().map(|(_, outside)| &outside.value)
    }

    /// The slot that holds `key`.
    pub(super) fn find(&self, prefix: Prefix, key: &[u8]) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let mut at = home(prefix, self.slots.len());
        loop {
            let slot = self.slots[at];
            if slot.at == EMPTY {
                return None;
            }
            if slot.prefix == prefix && self.key_of(&self.layout(at)) == key {
                return Some(at);
            }
            at = next(at, self.slots.len());
        }
    }

    pub(super) fn entry(&self, slot: usize) -> Entry<'_, T> {
        let layout = self.layout(slot);
        let value = if layout.is_outside() {
            ValueRef::Outside(&self.outside[layout.index(&self.arena) as usize].value)
        } else {
            ValueRef::Inside(layout.value(&self.arena))
        };
        Entry {
            key: self.key_of(&layout),
            tag: layout.tag(),
            deadline: layout.deadline(&self.arena),
            value,
        }
    }

    /// Bytes that the entry in `slot` takes in slots and arena.
    pub(super) fn entry_bytes(&self, slot: usize) -> usize {
        let layout = self.layout(slot);
        let outside = if layout.is_outside() {
            let outside = &self.outside[layout.index(&self.arena) as usize];
            outside.key.len() + size_of::<Outside<T>>()
        } else {
            0
        };
        layout.size() + size_of::<Slot>() + outside
    }

    /// The value of the entry in `slot` if it lies outside, to be changed in place; the entry's tag becomes `tag`.
    pub(super) fn edit_outside(&mut self, slot: usize, tag: Tag) -> Option<&mut T> {
        let layout = self.layout(slot);
        if !layout.is_outside() {
            return None;
        }
        layout.set_tag(&mut self.arena, tag);
        Some(&mut self.outside[layout.index(&self.arena) as usize].value)
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
        let layout = self.layout(slot);
        let was_timed = layout.is_timed();
        let mut old = None;
        let in_place = match &value {
            NewValue::Inside(bytes) => layout.overwrite(&mut self.arena, tag, deadline, bytes),
            NewValue::Outside(_) => false,
        };
        if !in_place {
            // The key moves with the value, so it is taken out of the arena first.
            let key = Copied::from_slice(self.key_of(&layout));
            old = self.forget(&layout);
            self.slots[slot].at = EMPTY;
            let at = self.append(&key, tag, deadline, value);
            self.slots[slot].at = at;
        }
        self.timed -= u32::from(was_timed);
        self.note_deadline(deadline);
        self.tidy();
        old
    }

    /// Sets or lifts the deadline of the entry in `slot`.
    pub(super) fn set_deadline(&mut self, slot: usize, deadline: Option<u64>) {
        let layout = self.layout(slot);
        self.timed -= u32::from(layout.is_timed());
        match deadline {
            Some(deadline) if layout.is_timed() => layout.set_deadline(&mut self.arena, deadline),
            _ if layout.is_timed() == deadline.is_some() => {}
            _ => {
                // The record moves, so its parts are taken out of the arena first.
                let key = Copied::from_slice(layout.key(&self.arena));
                let value = Copied::from_slice(layout.value(&self.arena));
                let body = if layout.is_outside() {
                    let index = layout.index(&self.arena);
                    Body::Outside { index, long_key: layout.has_long_key() }
                } else {
                    Body::Inside(&value)
                };
                let fields = Fields { tag: layout.tag(), deadline, key: &key, body };
                self.dead += layout.size() as u32;
                self.slots[slot].at = EMPTY;
                let at = self.append_record(&fields);
                self.slots[slot].at = at;
            }
        }
        self.note_deadline(deadline);
        self.tidy();
    }

    /// Takes the entry in `slot` out; returns its value if it lay outside.
    pub(super) fn remove(&mut self, slot: usize) -> Option<T> {
        let layout = self.layout(slot);
        self.timed -= u32::from(layout.is_timed());
        self.note_deadline(None);
        let old = self.forget(&layout);
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
                let layout = self.layout(at);
                match layout.deadline(&self.arena) {
                    Some(deadline) if deadline < now => {
                        self.timed -= 1;
                        if let Some(value) = self.forget(&layout) {
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
        // Sized once: growing step by step while moving would copy the arenas over and over.
        let mut count = [0usize; 2];
        let mut bytes = [0usize; 2];
        for (slot, prefix) in self.occupied() {
            let side = usize::from(prefix & bit != 0);
            count[side] += 1;
            bytes[side] += self.layout(slot).size();
        }
        for side in 0..2 {
            if count[side] > 0 {
                halves[side].resize_slots(capacity_for(count[side]));
            }
            halves[side].arena.reserve_exact(bytes[side] + bytes[side] / 8);
        }
        work::moved(self.len());
        let slots = std::mem::take(&mut self.slots);
        for slot in slots.into_iter().filter(|slot| slot.at != EMPTY) {
            let half = &mut halves[usize::from(slot.prefix & bit != 0)];
            let layout = Layout::read(&self.arena, slot.at as usize);
            let at = half.arena.len();
            half.arena
                .extend_from_slice(&self.arena[slot.at as usize..slot.at as usize + layout.size()]);
            if layout.is_outside() {
                let index =
                    half.outside.insert(self.outside.remove(layout.index(&self.arena) as usize))
                        as u32;
                Layout::read(&half.arena, at).set_index(&mut half.arena, index);
            }
            half.occupy(slot.prefix, at as u32);
            half.note_deadline(layout.deadline(&self.arena));
        }
        let [low, high] = halves;
        (low, high)
    }

    fn layout(&self, slot: usize) -> Layout {
        Layout::read(&self.arena, self.slots[slot].at as usize)
    }

    fn key_of(&self, layout: &Layout) -> &[u8] {
        if layout.has_long_key() {
            &self.outside[layout.index(&self.arena) as usize].key
        } else {
            layout.key(&self.arena)
        }
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
        self.append_record(&fields)
    }

    fn append_record(&mut self, fields: &Fields<'_>) -> u32 {
        let size = record::size(fields);
        if self.arena.capacity() - self.arena.len() < size {
            // Small steps keep the slack small; the arena itself is small, so moving it is cheap.
            let live = self.arena.len() - self.dead as usize;
            self.move_arena(live + size.max(live / 8));
        }
        let at = u32::try_from(self.arena.len())
            .expect("a segment splits long before 4 GiB of inline records");
        record::write(&mut self.arena, fields);
        at
    }

    /// Counts a record as dead and takes its value out of the slab.
    fn forget(&mut self, layout: &Layout) -> Option<T> {
        self.dead += layout.size() as u32;
        layout.is_outside().then(|| self.outside.remove(layout.index(&self.arena) as usize).value)
    }

    /// Gives memory back once there is much that nothing uses.
    fn tidy(&mut self) {
        if self.len == 0 {
            *self = Segment::new(self.depth);
            return;
        }
        if self.dead as usize > self.arena.len() / 4 + 1024 {
            let live = self.arena.len() - self.dead as usize;
            self.move_arena(live + live / 16);
        }
        if self.slots.len() > 64 && self.len() * 3 < self.slots.len() {
            self.resize_slots(capacity_for(self.len()));
        }
        if self.outside.capacity() > 16 && self.outside.len() * 4 < self.outside.capacity() {
            self.shrink_outside();
        }
    }

    /// Moves the arena to one of that capacity, without its dead records.
    fn move_arena(&mut self, capacity: usize) {
        work::moved(self.len());
        if self.dead == 0 {
            self.arena.reserve_exact(capacity - self.arena.len());
            return;
        }
        let mut arena = Vec::new();
        arena.reserve_exact(capacity);
        for slot in self.slots.iter_mut().filter(|slot| slot.at != EMPTY) {
            let from = slot.at as usize;
            let size = Layout::read(&self.arena, from).size();
            slot.at = arena.len() as u32;
            arena.extend_from_slice(&self.arena[from..from + size]);
        }
        self.arena = arena;
        self.dead = 0;
    }

    /// Moves the values outside to a slab of their number.
    fn shrink_outside(&mut self) {
        let mut outside = Slab::with_capacity(self.outside.len() * 3 / 2);
        for slot in self.slots.iter().filter(|slot| slot.at != EMPTY) {
            let layout = Layout::read(&self.arena, slot.at as usize);
            if layout.is_outside() {
                let index = outside.insert(self.outside.remove(layout.index(&self.arena) as usize));
                layout.set_index(&mut self.arena, index as u32);
            }
        }
        work::moved(outside.len());
        self.outside = outside;
    }
}
