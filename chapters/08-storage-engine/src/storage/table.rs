//! A hash table that grows one small piece at a time (an extendible hash table).
//!
//! ```text
//! directory (2^depth)   000 001 010 011 100 101 110 111      the first `depth` bits of a hash
//!                        │   │    └─┬─┘    └────┬────┘
//! segments               A   B      C           D            each knows how many bits its keys share
//! ```
//!
//! A full segment is split in two; the others stay as they are. Knows nothing of what the values mean.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

// ANCHOR: types
/// Entries at which a segment is split: the most that one insert ever moves.
const SPLIT_AT: usize = 400;

/// Where splitting ends. Keys spread evenly would have to be hundreds of millions to get here;
/// those whose hashes are all equal would double the directory for ever.
const MAX_DEPTH: u32 = 20;

/// A map from byte strings that never moves more than a small part of itself.
#[derive(Debug, Clone)]
pub struct Table<V> {
    hasher: RandomState,
    /// Empty while there are no segments, else `2^depth` indexes of segments. Those of one segment
    /// are neighbours, and `2^(depth - segment.depth)` of them.
    directory: Vec<usize>,
    depth: u32,
    segments: Vec<Segment<V>>,
    len: usize,
}

#[derive(Debug, Clone)]
struct Segment<V> {
    /// How many first bits the hashes of all its keys share.
    depth: u32,
    entries: HashMap<Box<[u8]>, V, RandomState>,
}
// ANCHOR_END: types

impl<V> Default for Table<V> {
    fn default() -> Self {
        Table::with_hasher(RandomState::new())
    }
}

impl<V> Table<V> {
    /// An empty table that hashes with `hasher`. Two with the same one grow in the same places.
    pub fn with_hasher(hasher: RandomState) -> Self {
        Table { hasher, directory: Vec::new(), depth: 0, segments: Vec::new(), len: 0 }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of segments. Each is a random sample of the keys, as a hash decides who is in it.
    pub fn segments(&self) -> usize {
        self.segments.len()
    }

    // ANCHOR: lookup
    /// The value at `key`.
    pub fn get(&self, key: &[u8]) -> Option<&V> {
        let segment = *self.directory.get(self.slot(key))?;
        self.segments.get(segment)?.entries.get(key)
    }

    /// Which slot of the directory stands for `key`: the first `depth` bits of its hash.
    fn slot(&self, key: &[u8]) -> usize {
        hash(&self.hasher, key).checked_shr(u64::BITS - self.depth).unwrap_or(0) as usize
    }
    // ANCHOR_END: lookup

    /// The value at `key`, to be changed.
    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut V> {
        let segment = *self.directory.get(self.slot(key))?;
        self.segments.get_mut(segment)?.entries.get_mut(key)
    }

    /// Whether there is a value at `key`.
    pub fn contains(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    /// Gives `key` a value; returns the one it had.
    pub fn insert(&mut self, key: &[u8], value: V) -> Option<V> {
        if let Some(old) = self.get_mut(key) {
            return Some(std::mem::replace(old, value));
        }
        self.segment_with_room(key).entries.insert(key.into(), value);
        self.len += 1;
        None
    }

    /// Removes and returns the value at `key`.
    pub fn remove(&mut self, key: &[u8]) -> Option<V> {
        let segment = *self.directory.get(self.slot(key))?;
        let value = self.segments.get_mut(segment)?.entries.remove(key)?;
        self.removed(1);
        Some(value)
    }

    /// All entries, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &V)> {
        self.segments
            .iter()
            .flat_map(|segment| &segment.entries)
            .map(|(key, value)| (&**key, value))
    }

    /// How many entries segment `index` holds; 0 if there is no such segment.
    pub fn segment_len(&self, index: usize) -> usize {
        self.segments.get(index).map_or(0, |segment| segment.entries.len())
    }

    /// Takes out of segment `index` the entries that `wanted` picks.
    pub fn extract(&mut self, index: usize, wanted: impl Fn(&V) -> bool) -> Vec<(Box<[u8]>, V)> {
        let Some(segment) = self.segments.get_mut(index) else { return Vec::new() };
        let taken: Vec<_> = segment.entries.extract_if(|_, value| wanted(value)).collect();
        self.removed(taken.len());
        taken
    }

    fn removed(&mut self, count: usize) {
        self.len -= count;
        if self.len == 0 {
            // Segments are never merged, but an empty table gives all of them back.
            *self = Table::with_hasher(self.hasher.clone());
        }
    }

    // ANCHOR: grow
    /// The segment that a new `key` goes to, split until there is room.
    fn segment_with_room(&mut self, key: &[u8]) -> &mut Segment<V> {
        if self.segments.is_empty() {
            let entries = HashMap::with_hasher(self.hasher.clone());
            self.segments.push(Segment { depth: 0, entries });
            self.directory.push(0);
        }
        loop {
            let slot = self.slot(key);
            let index = self.directory.get(slot).copied().unwrap_or_default();
            let segment = self.segments.get(index).expect("the directory names segments");
            if segment.entries.len() < SPLIT_AT || segment.depth == MAX_DEPTH {
                return self.segments.get_mut(index).expect("it was there a line ago");
            }
            self.split(slot, index);
        }
    }

    /// Parts segment `index`, to which `slot` leads, by the next bit of its keys' hashes.
    fn split(&mut self, slot: usize, index: usize) {
        let segment = self.segments.get_mut(index).expect("the directory names segments");
        if segment.depth == self.depth {
            // All slots are needed twice: one more bit is looked at. No entry moves.
            self.directory = self.directory.iter().flat_map(|segment| [*segment; 2]).collect();
            self.depth += 1;
            return;
        }
        segment.depth += 1;
        let depth = segment.depth;
        let bit = 1 << (u64::BITS - depth);
        let moving = segment.entries.extract_if(|key, _| hash(&self.hasher, key) & bit != 0);
        let mut entries = HashMap::with_capacity_and_hasher(SPLIT_AT, self.hasher.clone());
        entries.extend(moving);
        // Of the neighbouring slots that led to the segment, the upper half leads to the new one.
        let half = 1 << (self.depth - depth);
        let upper = (slot | half) & !(half - 1);
        if let Some(slots) = self.directory.get_mut(upper..upper + half) {
            slots.fill(self.segments.len());
        }
        self.segments.push(Segment { depth, entries });
    }
    // ANCHOR_END: grow
}

/// Not `hash_one`, by which the segments' own maps place a key: bits that those in one segment share would make them
/// collide there.
fn hash(hasher: &RandomState, key: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(key);
    hasher.finish()
}
