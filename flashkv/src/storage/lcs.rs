//! The longest common subsequence of two strings, and which of several equally long ones Redis picks.
//!
//! The textbook table of lengths takes four bytes for each pair of positions. Neighbours in a row differ by one at most,
//! so a row is kept as one bit per position, and 64 of them are computed at once (Hyyrö, "Bit-parallel LCS-length
//! computation revisited", 2004):
//!
//! ```text
//!           b   c   a   d          row of lengths   0 0 1 1 1
//!   a       0   0   1   1   1      steps                0 1 0 0     kept inverted, a zero bit for a step
//! ```
//!
//! The way back through the table needs no lengths either: where two bytes differ, the length to the left is smaller just
//! if there is a step, and then the one above is the larger of the two.
//!
//! Knows nothing of keys and replies, nor of what is a reasonable size.

use std::collections::TryReserveError;

const BITS: usize = u64::BITS as usize;

/// A piece that both strings have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Where it starts in the first string.
    pub a: usize,
    /// Where it starts in the second string.
    pub b: usize,
    /// Its length, at least 1.
    pub len: usize,
}

/// Bytes that Redis' table for strings of these lengths takes, which is what its limit is about.
pub fn table_bytes(a: usize, b: usize) -> Option<usize> {
    let cells = a.checked_add(1)?.checked_mul(b.checked_add(1)?)?;
    cells.checked_mul(size_of::<u32>())
}

/// The length of the longest common subsequence.
///
/// Source: <https://redis.io/docs/latest/commands/lcs/>
pub fn length(a: &[u8], b: &[u8]) -> usize {
    let mut row = Row::new(a, b);
    for byte in a {
        row.advance(*byte);
    }
    row.steps()
}

/// The longest common subsequence as the pieces of both strings that it is made of, the last one first.
///
/// # Errors
/// There is no memory for the table: a bit for each pair of positions.
pub fn runs(mut a: &[u8], mut b: &[u8]) -> Result<Vec<Run>, TryReserveError> {
    let table = Table::new(a, b)?;
    let mut runs: Vec<Run> = Vec::new();
    while let (Some((x, a_rest)), Some((y, b_rest))) = (a.split_last(), b.split_last()) {
        if x == y {
            (a, b) = (a_rest, b_rest);
            match runs.last_mut() {
                Some(run) if run.a == a.len() + 1 && run.b == b.len() + 1 => {
                    *run = Run { a: a.len(), b: b.len(), len: run.len + 1 };
                }
                _ => runs.push(Run { a: a.len(), b: b.len(), len: 1 }),
            }
        } else if table.steps_at(a_rest.len(), b_rest.len()) {
            a = a_rest;
        } else {
            b = b_rest;
        }
    }
    Ok(runs)
}

/// All rows, one after the other: for each byte of the first string, a bit for each byte of the second.
struct Table {
    rows: Vec<u8>,
    /// Bytes of a row. Whole words would take eight times as much if the second string is a very short one.
    stride: usize,
}

impl Table {
    fn new(a: &[u8], b: &[u8]) -> Result<Table, TryReserveError> {
        let mut row = Row::new(a, b);
        let stride = b.len().div_ceil(8);
        let mut rows = Vec::new();
        // Too many for a `usize` is too many for an allocation as well; the last row needs a whole word for a moment.
        rows.try_reserve_exact(a.len().saturating_mul(stride).saturating_add(8))?;
        for byte in a {
            row.advance(*byte);
            let end = rows.len() + stride;
            for bits in &row.bits {
                rows.extend_from_slice(&bits.to_le_bytes());
            }
            rows.truncate(end);
        }
        Ok(Table { rows, stride })
    }

    /// Whether the length grows by one at this position of the row.
    fn steps_at(&self, row: usize, position: usize) -> bool {
        let byte = self.rows.get(row * self.stride + position / 8);
        byte.is_some_and(|byte| byte >> (position % 8) & 1 == 0)
    }
}

/// The latest row of the table.
struct Row {
    /// Zero bits are steps. The bits of the last word that stand for nothing stay ones.
    bits: Vec<u64>,
    /// For each byte value, where it stands in the second string; empty if the first string lacks it.
    ///
    /// There are no more of them than bytes in the first string, so they take no more memory than a table.
    places: Vec<Vec<u64>>,
}

impl Row {
    /// The row before the first byte of `a`.
    fn new(a: &[u8], b: &[u8]) -> Row {
        let words = b.len().div_ceil(BITS);
        let mut places = vec![Vec::new(); 1 << u8::BITS];
        for byte in a {
            if let Some(place) = places.get_mut(usize::from(*byte))
                && place.is_empty()
            {
                place.resize(words, 0);
            }
        }
        for (position, byte) in b.iter().enumerate() {
            let place = places.get_mut(usize::from(*byte));
            if let Some(word) = place.and_then(|place| place.get_mut(position / BITS)) {
                *word |= 1 << (position % BITS);
            }
        }
        Row { bits: vec![u64::MAX; words], places }
    }

    /// Goes on to the row of the next byte of the first string.
    fn advance(&mut self, byte: u8) {
        let places = self.places.get(usize::from(byte)).map_or(&[][..], Vec::as_slice);
        let mut carry = false;
        for (bits, places) in self.bits.iter_mut().zip(places) {
            let (sum, overflow) = bits.carrying_add(*bits & places, carry);
            carry = overflow;
            *bits = sum | *bits & !places;
        }
    }

    /// The length at the row's end.
    fn steps(&self) -> usize {
        self.bits.iter().map(|bits| bits.count_zeros() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook table, walked back the way Redis does.
    fn textbook(a: &[u8], b: &[u8]) -> (usize, Vec<(usize, usize)>) {
        let mut lengths = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 1..=a.len() {
            for j in 1..=b.len() {
                lengths[i][j] = if a[i - 1] == b[j - 1] {
                    lengths[i - 1][j - 1] + 1
                } else {
                    lengths[i - 1][j].max(lengths[i][j - 1])
                };
            }
        }
        let mut pairs = Vec::new();
        let (mut i, mut j) = (a.len(), b.len());
        while i > 0 && j > 0 {
            if a[i - 1] == b[j - 1] {
                (i, j) = (i - 1, j - 1);
                pairs.push((i, j));
            } else if lengths[i - 1][j] > lengths[i][j - 1] {
                i -= 1;
            } else {
                j -= 1;
            }
        }
        (lengths[a.len()][b.len()], pairs)
    }

    #[test]
    fn the_last_of_the_common_pieces_comes_first() {
        let found = runs(b"ohmytext", b"mynewtext").unwrap();
        assert_eq!(found, [Run { a: 4, b: 5, len: 4 }, Run { a: 2, b: 0, len: 2 }]);
        assert_eq!(length(b"ohmytext", b"mynewtext"), 6);
    }

    #[test]
    fn an_empty_string_has_nothing_in_common() {
        for (a, b) in [("", ""), ("a", ""), ("", "a")] {
            assert_eq!(length(a.as_bytes(), b.as_bytes()), 0);
            assert_eq!(runs(a.as_bytes(), b.as_bytes()).unwrap(), []);
        }
    }

    #[test]
    fn the_size_of_a_table_that_no_number_can_hold_is_none() {
        assert_eq!(table_bytes(0, 0), Some(4));
        assert_eq!(table_bytes(11_584, 11_584), Some(536_848_900));
        assert_eq!(table_bytes(usize::MAX, 0), None);
        assert_eq!(table_bytes(1 << 33, 1 << 33), None);
    }

    proptest! {
        #[test]
        fn length_and_pieces_are_those_of_the_textbook_table(
            a in proptest::collection::vec(b'a'..=b'd', 0..200),
            b in proptest::collection::vec(b'a'..=b'e', 0..200),
        ) {
            let (len, pairs) = textbook(&a, &b);
            prop_assert_eq!(length(&a, &b), len);
            let runs = runs(&a, &b).unwrap();
            let found: Vec<_> = runs
                .iter()
                .flat_map(|run| (0..run.len).rev().map(|at| (run.a + at, run.b + at)))
                .collect();
            prop_assert_eq!(found, pairs);
            // Neighbouring runs do not touch in both strings: they would be one.
            for pair in runs.windows(2) {
                prop_assert!(
                    pair[1].a + pair[1].len < pair[0].a || pair[1].b + pair[1].len < pair[0].b
                );
            }
        }
    }
}
