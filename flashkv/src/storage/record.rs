//! The layout of one record in a segment's arena: header, key, and either the value or where to find it.
//!
//! ```text
//! ┌───────┬─────────┬───────────┬───────────────┬─────┬──────────────────────┐
//! │ flags │ key len │ value len │ deadline (ms) │ key │ value                │  value inside the record
//! │  1 B  │ 1-2 B   │  1-2 B    │ 0 or 8 B      │     │                      │
//! ├───────┼─────────┼───────────┼───────────────┼─────┼──────────────────────┤
//! │ flags │ key len │           │ deadline (ms) │ key │ index, 4 B           │  value outside, in the segment's slab
//! └───────┴─────────┴───────────┴───────────────┴─────┴──────────────────────┘
//! flags:  bit 0 has a deadline · bit 1 value outside · bit 2 key outside too · bits 3-4 tag · bits 5-7 free
//! ```
//!
//! Knows bytes only: nothing of hashes, slots, or what a value means.

#![allow(
    clippy::indexing_slicing,
    reason = "records are written here only, and read at offsets that slots hold"
)]

/// Keys and values longer than this live outside the arena, so that an arena stays small and cheap to move.
pub(super) const INLINE_MAX: usize = 512;

const TIMED: u8 = 1;
const OUTSIDE: u8 = 1 << 1;
const LONG_KEY: u8 = 1 << 2;
const TAG_SHIFT: u8 = 3;
const TAG_MASK: u8 = 0b11;

/// Two bits that the arena keeps for the owner of the value.
pub(super) type Tag = u8;

/// Where the parts of a record lie, as offsets into the arena.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    flags: u8,
    start: usize,
    key: usize,
    value: usize,
    end: usize,
}

/// What a new record is to hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) tag: Tag,
    pub(super) deadline: Option<u64>,
    /// Empty if the key lies outside.
    pub(super) key: &'a [u8],
    pub(super) body: Body<'a>,
}

/// The value part of a record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body<'a> {
    Inside(&'a [u8]),
    Outside { index: u32, long_key: bool },
}

impl Layout {
    /// Reads the header of the record that starts at `start`.
    #[inline]
    pub(super) fn read(arena: &[u8], start: usize) -> Layout {
        // Most keys and values are short.
        if let Some(&[flags, key_len, value_len]) = arena[start..].first_chunk::<3>() {
            let outside = flags & OUTSIDE != 0;
            let value_len = if outside { 4 } else { value_len };
            if (key_len | value_len) < 0x80 {
                let key = start + 2 + usize::from(!outside) + usize::from(flags & TIMED) * 8;
                let value = key + usize::from(key_len);
                return Layout { flags, start, key, value, end: value + usize::from(value_len) };
            }
        }
        Layout::read_any(arena, start)
    }

    fn read_any(arena: &[u8], start: usize) -> Layout {
        let flags = arena[start];
        let mut at = start + 1;
        let key_len = read_len(arena, &mut at);
        let value_len = if flags & OUTSIDE != 0 { 4 } else { read_len(arena, &mut at) };
        if flags & TIMED != 0 {
            at += 8;
        }
        Layout { flags, start, key: at, value: at + key_len, end: at + key_len + value_len }
    }

    pub(super) fn size(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn tag(&self) -> Tag {
        (self.flags >> TAG_SHIFT) & TAG_MASK
    }

    pub(super) fn is_outside(&self) -> bool {
        self.flags & OUTSIDE != 0
    }

    pub(super) fn has_long_key(&self) -> bool {
        self.flags & LONG_KEY != 0
    }

    pub(super) fn is_timed(&self) -> bool {
        self.flags & TIMED != 0
    }

    pub(super) fn deadline(&self, arena: &[u8]) -> Option<u64> {
        self.is_timed().then(|| u64::from_le_bytes(array(&arena[self.key - 8..self.key])))
    }

    pub(super) fn set_deadline(&self, arena: &mut [u8], deadline: u64) {
        arena[self.key - 8..self.key].copy_from_slice(&deadline.to_le_bytes());
    }

    /// The key, empty if it lies outside.
    pub(super) fn key<'a>(&self, arena: &'a [u8]) -> &'a [u8] {
        &arena[self.key..self.value]
    }

    /// The value, if it lies inside.
    pub(super) fn value<'a>(&self, arena: &'a [u8]) -> &'a [u8] {
        &arena[self.value..self.end]
    }

    /// The slab index of a value that lies outside.
    pub(super) fn index(&self, arena: &[u8]) -> u32 {
        u32::from_le_bytes(array(&arena[self.value..self.end]))
    }

    /// The slab index of the value, if it lies outside.
    pub(super) fn index_outside(&self, arena: &[u8]) -> Option<u32> {
        self.is_outside().then(|| self.index(arena))
    }

    pub(super) fn set_index(&self, arena: &mut [u8], index: u32) {
        arena[self.value..self.end].copy_from_slice(&index.to_le_bytes());
    }

    pub(super) fn set_tag(&self, arena: &mut [u8], tag: Tag) {
        arena[self.start] = self.flags & !(TAG_MASK << TAG_SHIFT) | tag << TAG_SHIFT;
    }

    /// Whether the record need not change its shape for this value and deadline.
    pub(super) fn fits(&self, deadline: Option<u64>, value: &[u8]) -> bool {
        !self.is_outside()
            && self.end - self.value == value.len()
            && self.is_timed() == deadline.is_some()
    }

    /// Writes a value that [fits](Layout::fits) over the old one.
    pub(super) fn overwrite(
        &self,
        arena: &mut [u8],
        tag: Tag,
        deadline: Option<u64>,
        value: &[u8],
    ) {
        self.set_tag(arena, tag);
        arena[self.value..self.end].copy_from_slice(value);
        if let Some(deadline) = deadline {
            self.set_deadline(arena, deadline);
        }
    }
}

/// Bytes that a record of these fields takes.
pub(super) fn size(fields: &Fields<'_>) -> usize {
    let body = match fields.body {
        Body::Inside(value) => len_size(value.len()) + value.len(),
        Body::Outside { .. } => 4,
    };
    1 + len_size(fields.key.len())
        + usize::from(fields.deadline.is_some()) * 8
        + fields.key.len()
        + body
}

/// Appends a record; its start is the arena's length before the call.
pub(super) fn write(arena: &mut Vec<u8>, fields: &Fields<'_>) {
    let mut flags = fields.tag << TAG_SHIFT;
    if fields.deadline.is_some() {
        flags |= TIMED;
    }
    if let Body::Outside { long_key, .. } = fields.body {
        flags |= OUTSIDE | if long_key { LONG_KEY } else { 0 };
    }
    arena.push(flags);
    write_len(arena, fields.key.len());
    if let Body::Inside(value) = fields.body {
        write_len(arena, value.len());
    }
    if let Some(deadline) = fields.deadline {
        arena.extend_from_slice(&deadline.to_le_bytes());
    }
    arena.extend_from_slice(fields.key);
    match fields.body {
        Body::Inside(value) => arena.extend_from_slice(value),
        Body::Outside { index, .. } => arena.extend_from_slice(&index.to_le_bytes()),
    }
}

// Lengths up to 127 take one byte, longer ones two; INLINE_MAX bounds them.
const _: () = assert!(INLINE_MAX < 1 << 14);

fn len_size(len: usize) -> usize {
    if len < 0x80 { 1 } else { 2 }
}

fn write_len(arena: &mut Vec<u8>, len: usize) {
    debug_assert!(len <= INLINE_MAX);
    if len < 0x80 {
        arena.push(len as u8);
    } else {
        arena.extend_from_slice(&[0x80 | (len >> 7) as u8, (len & 0x7f) as u8]);
    }
}

fn read_len(arena: &[u8], at: &mut usize) -> usize {
    let first = usize::from(arena[*at]);
    *at += 1;
    if first < 0x80 {
        return first;
    }
    let second = usize::from(arena[*at]);
    *at += 1;
    (first & 0x7f) << 7 | second
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice was cut to this length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(fields: &Fields<'_>) -> Vec<u8> {
        let mut arena = vec![0; 3];
        write(&mut arena, fields);
        assert_eq!(arena.len() - 3, size(fields), "a record is as long as announced");
        arena
    }

    #[test]
    fn a_small_record_costs_three_bytes_and_eight_more_with_a_deadline() {
        let fields = Fields { tag: 0, deadline: None, key: b"key", body: Body::Inside(b"value") };
        assert_eq!(size(&fields), 3 + 3 + 5);
        assert_eq!(size(&Fields { deadline: Some(1), ..fields }), 3 + 8 + 3 + 5);
        assert_eq!(
            size(&Fields { body: Body::Outside { index: 0, long_key: false }, ..fields }),
            9
        );
    }

    #[test]
    fn what_was_written_is_read_at_every_length() {
        let bytes = [b'x'; INLINE_MAX];
        for key in [0, 1, 127, 128, 129, INLINE_MAX].map(|len| &bytes[..len]) {
            for value in [0, 1, 127, 128, 129, INLINE_MAX].map(|len| &bytes[..len]) {
                for (tag, deadline) in [(0, None), (3, Some(u64::MAX))] {
                    let arena = written(&Fields { tag, deadline, key, body: Body::Inside(value) });
                    let layout = Layout::read(&arena, 3);
                    assert_eq!((layout.tag(), layout.deadline(&arena)), (tag, deadline));
                    assert_eq!((layout.key(&arena), layout.value(&arena)), (key, value));
                    assert_eq!(layout.size() + 3, arena.len());
                    assert!(!layout.is_outside() && !layout.has_long_key());
                }
            }
        }
    }

    #[test]
    fn only_a_record_of_the_same_shape_is_overwritten() {
        let fields = Fields { tag: 1, deadline: Some(5), key: b"key", body: Body::Inside(b"old") };
        let mut arena = written(&fields);
        let layout = Layout::read(&arena, 3);
        assert!(!layout.fits(Some(6), b"longer"));
        assert!(!layout.fits(None, b"new"));
        assert!(layout.fits(Some(6), b"new"));
        layout.overwrite(&mut arena, 2, Some(6), b"new");
        let layout = Layout::read(&arena, 3);
        assert_eq!((layout.tag(), layout.deadline(&arena)), (2, Some(6)));
        assert_eq!((layout.key(&arena), layout.value(&arena)), (&b"key"[..], &b"new"[..]));
    }
}
