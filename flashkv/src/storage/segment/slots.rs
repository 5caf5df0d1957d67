//! The slots of a segment: linear probing, closing gaps instead of leaving tombstones, growing and shrinking.
//!
//! Knows prefixes and where records start, not what is in them.

use super::{Prefix, Segment, work};

#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) prefix: Prefix,
    /// Where the record starts in the arena; `EMPTY` if the slot is free.
    pub(super) at: u32,
}

pub(super) const EMPTY: u32 = u32::MAX;
const FREE: Slot = Slot { prefix: 0, at: EMPTY };
const _: () = assert!(size_of::<Slot>() == 8);

/// Slots are at most 4/5 full: linear probing then finds a key within three or four slots.
pub(super) const FULL: (usize, usize) = (4, 5);

impl<T> Segment<T> {
    pub(super) fn occupy(&mut self, prefix: Prefix, at: u32) {
        if self.slots.is_empty() || (self.len() + 1) * FULL.1 > self.slots.len() * FULL.0 {
            self.resize_slots(self.slots.len() + (self.slots.len() / 4).max(8));
        }
        place(&mut self.slots, Slot { prefix, at });
        self.len += 1;
    }

    /// Frees a slot and closes the gap, so that probing needs no tombstones.
    pub(super) fn vacate(&mut self, slot: usize) {
        let slots = &mut self.slots;
        let mut gap = slot;
        let mut at = next(gap, slots.len());
        while slots[at].at != EMPTY {
            let distance_home = distance(home(slots[at].prefix, slots.len()), at, slots.len());
            if distance_home >= distance(gap, at, slots.len()) {
                slots[gap] = slots[at];
                gap = at;
            }
            at = next(at, slots.len());
        }
        slots[gap] = FREE;
        self.len -= 1;
    }

    pub(super) fn resize_slots(&mut self, capacity: usize) {
        let mut slots = Vec::new();
        slots.reserve_exact(capacity);
        slots.resize(capacity, FREE);
        work::moved(self.len());
        for slot in self.slots.iter().filter(|slot| slot.at != EMPTY) {
            place(&mut slots, *slot);
        }
        self.slots = slots;
    }
}

pub(super) fn capacity_for(len: usize) -> usize {
    len * FULL.1 / FULL.0 + len / 16 + 8
}

/// Puts a slot into the first free place from its home.
fn place(slots: &mut [Slot], slot: Slot) {
    let mut at = home(slot.prefix, slots.len());
    while slots[at].at != EMPTY {
        at = next(at, slots.len());
    }
    slots[at] = slot;
}

/// Maps a prefix to `0..capacity`. The low bits decide: the high ones are the same for a whole segment.
pub(super) fn home(prefix: Prefix, capacity: usize) -> usize {
    ((u64::from(prefix.rotate_left(16)) * capacity as u64) >> 32) as usize
}

pub(super) fn next(slot: usize, capacity: usize) -> usize {
    if slot + 1 == capacity { 0 } else { slot + 1 }
}

pub(super) fn distance(from: usize, to: usize, capacity: usize) -> usize {
    if to >= from { to - from } else { to + capacity - from }
}
