//! How one element lies in a chunk's buffer: written once, read from either side.
//!
//! Knows nothing of chunks or lists; it works on slices.
//!
//! ```text
//!  | length | value bytes | htgnel |
//! ```
//!
//! The length in front is a varint: seven bits a byte, low bits first, the high bit set on all but
//! the last. The one behind is the same bytes in reverse order, so that a reader who comes from the
//! right decodes it in the same way. A value shorter than 128 bytes costs two bytes more than itself.

#![allow(
    clippy::indexing_slicing,
    reason = "lengths are read back from where this file wrote them, in a buffer no client writes"
)]

/// The longest varint of a `usize`.
const MAX_WIDTH: usize = usize::BITS.div_ceil(7) as usize;

/// Lengths below this take one byte.
const ONE_BYTE: usize = 0x80;

/// Bytes `value` takes in a chunk, its lengths included.
pub(super) fn packed_size(value: &[u8]) -> usize {
    let bits = usize::BITS - (value.len() | 1).leading_zeros();
    value.len() + 2 * bits.div_ceil(7) as usize
}

/// The first element of `live` and what follows it.
#[inline]
pub(super) fn split_first(live: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = usize::from(*live.first()?);
    let (length, width) = if first < ONE_BYTE { (first, 1) } else { decode(live.iter().copied()) };
    let (element, rest) = live.split_at(length + 2 * width);
    Some((&element[width..width + length], rest))
}

/// The last element of `live` and what comes before it.
#[inline]
pub(super) fn split_last(live: &[u8]) -> Option<(&[u8], &[u8])> {
    let last = usize::from(*live.last()?);
    let (length, width) =
        if last < ONE_BYTE { (last, 1) } else { decode(live.iter().rev().copied()) };
    let (rest, element) = live.split_at(live.len() - length - 2 * width);
    Some((&element[width..width + length], rest))
}

/// Packs `value` into `room`, which has exactly its packed size.
pub(super) fn write(room: &mut [u8], value: &[u8]) {
    let mut length = Length::of(value);
    let (front, rest) = room.split_at_mut(length.width);
    let (middle, back) = rest.split_at_mut(value.len());
    front.copy_from_slice(length.bytes());
    middle.copy_from_slice(value);
    length.reverse();
    back.copy_from_slice(length.bytes());
}

/// Packs `value` behind what `buf` holds.
pub(super) fn append(buf: &mut Vec<u8>, value: &[u8]) {
    let mut length = Length::of(value);
    buf.extend_from_slice(length.bytes());
    buf.extend_from_slice(value);
    length.reverse();
    buf.extend_from_slice(length.bytes());
}

/// A length as a varint.
struct Length {
    digits: [u8; MAX_WIDTH],
    /// How many of `digits` are used, at least one.
    width: usize,
}

impl Length {
    fn of(value: &[u8]) -> Self {
        let mut left = value.len();
        let mut length = Self { digits: [0; MAX_WIDTH], width: 0 };
        while left >= ONE_BYTE {
            length.digits[length.width] = (left % ONE_BYTE + ONE_BYTE) as u8;
            length.width += 1;
            left /= ONE_BYTE;
        }
        length.digits[length.width] = left as u8;
        length.width += 1;
        length
    }

    fn bytes(&self) -> &[u8] {
        &self.digits[..self.width]
    }

    fn reverse(&mut self) {
        self.digits[..self.width].reverse();
    }
}

/// The number at the start of `bytes` and how many of them it takes.
fn decode(bytes: impl Iterator<Item = u8>) -> (usize, usize) {
    let (mut length, mut width) = (0, 0);
    for byte in bytes {
        length |= (usize::from(byte) % ONE_BYTE) << (7 * width);
        width += 1;
        if usize::from(byte) < ONE_BYTE {
            break;
        }
    }
    (length, width)
}
