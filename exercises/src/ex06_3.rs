//! 06.3 Four faults that whole requests hide (hard, about 40 minutes)
//!
//! This parser is the chapter's, made smaller and less careful: it reads arrays of at least one argument, and nothing else.
//! It passes every test that gives it one whole request. Four faults are in it. Find and mend them.
//! Delete the `todo!` when you begin.
//!
//! - The same bytes give the same requests, or the same error, however they are cut, and however many requests they are.
//! - The errors are the chapter's. A line is too long if it has no `\r` among its first `MAX_LINE` + 1 bytes, the marker
//!   included. What is called after an error does not matter.
//! - `find`, which the check passes in, searches for a `\r`. Every search goes through it, because its work is counted: for
//!   a line that comes byte by byte, it may look at twice as many bytes as have come, and no more.
//!
//! Everything that is not in this list is right: the order of the states, the numbers, the marker.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use chapter_06::protocol::{ProtocolError, parse_integer};

/// The longest line that announces a number.
pub const MAX_LINE: usize = 1000;

/// The most arguments, and the most bytes in one.
pub const MAX: i64 = 1 << 20;

/// Finds the first `\r` in these bytes.
pub type Find<'a> = &'a mut dyn FnMut(&[u8]) -> Option<usize>;

/// Reads one request after the other.
#[derive(Debug, Default)]
pub struct Parser {
    /// How many arguments are missing, once that is known.
    missing: Option<i64>,
    /// How long the next argument is, once that is known.
    length: Option<usize>,
    /// Bytes of the request that have been read for good.
    done: usize,
    /// Bytes after `done` that are known to hold no `\r`.
    searched: usize,
    /// Where the arguments lie that are complete.
    spans: Vec<Range<usize>>,
}

impl Parser {
    /// Takes the request at the start of `buffer` out of it, or returns `None` if its end is yet to come.
    pub fn parse(
        &mut self,
        buffer: &mut BytesMut,
        find: Find<'_>,
    ) -> Result<Option<Vec<Bytes>>, ProtocolError> {
        todo!("find the four faults in this file, and mend them");

        self.searched = 0;
        loop {
            let Some(missing) = self.missing else {
                let Some((_, number)) =
                    self.header(buffer, find, ProtocolError::MultibulkCountTooLong)?
                else {
                    return Ok(None);
                };
                let count = number.filter(|count| (1..=MAX).contains(count));
                self.missing = Some(count.ok_or(ProtocolError::InvalidMultibulkLength)?);
                continue;
            };
            if missing == 0 {
                return Ok(Some(self.take(buffer)));
            }
            let Some(length) = self.length else {
                let Some((marker, number)) =
                    self.header(buffer, find, ProtocolError::BulkCountTooLong)?
                else {
                    return Ok(None);
                };
                if marker != b'$' {
                    return Err(ProtocolError::ExpectedBulk(marker));
                }
                let length = number.filter(|length| (0..=MAX).contains(length));
                let length = length.and_then(|length| usize::try_from(length).ok());
                self.length = Some(length.ok_or(ProtocolError::InvalidBulkLength)?);
                continue;
            };
            if buffer.len() < self.done + length {
                return Ok(None);
            }
            self.spans.push(self.done..self.done + length);
            self.done += length + 2;
            self.length = None;
            self.missing = Some(missing - 1);
        }
    }

    /// Cuts a complete request off the buffer.
    fn take(&mut self, buffer: &mut BytesMut) -> Vec<Bytes> {
        // Never more than is there.
        let whole = buffer.split_to(self.done.min(buffer.len())).freeze();
        let args = self.spans.iter().map(|span| whole.slice(span.clone())).collect();
        self.missing = None;
        self.done = 0;
        args
    }

    /// Reads a line at `done`: its marker, and its number if it is one. `None` if its end has not arrived.
    fn header(
        &mut self,
        buffer: &[u8],
        find: Find<'_>,
        too_long: ProtocolError,
    ) -> Result<Option<(u8, Option<i64>)>, ProtocolError> {
        let line = buffer.get(self.done..).unwrap_or_default();
        let unsearched = line.get(self.searched..).unwrap_or_default();
        let Some(found) = find(unsearched) else {
            self.searched = line.len();
            return if line.len() > MAX_LINE { Err(too_long) } else { Ok(None) };
        };
        let end = self.searched + found;
        if line.len() < end + 2 {
            return Ok(None);
        }
        self.done += end + 2;
        let marker = line.first().copied().unwrap_or_default();
        Ok(Some((marker, line.get(1..end).and_then(parse_integer))))
    }
}
