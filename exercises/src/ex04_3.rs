//! 04.3 Values without a count (hard, about 45 minutes)
//!
//! RESP3 lets a server begin a value before it knows how long that will be. The chapter's decoder does not know such
//! values: it would say "`?` is no array". Find where a frame ends, if it is one of the chapter's types or one of these:
//!
//! - `$?` starts a string in pieces. Each piece is a length, as in `;4\r\nHell\r\n`; the piece `;0\r\n`, with nothing behind
//!   it, ends the string. A bulk string counts its bytes as before.
//! - `*?`, `~?` and `%?` start an array, set or map. Values follow until `.\r\n` ends it; a map ends after a whole pair only.
//! - Each of these is one value, wherever a value may stand. `;` and `.` stand nowhere else.
//! - An attribute (`|`) counts nowhere: the value that it is about comes next. It has a count, and so has a push.
//! - A count or a length is digits, and at most `MAX`, for pieces too; only `$-1` and `*-1` are null.
//! - A value, be it an empty array, may stand inside of `MAX_DEPTH` others, counted or not, and no more. An attribute is
//!   one of them for its pairs, not for the value behind it. Lines have no limit here.
//! - Bytes that may still become a frame are not broken. This is called after each read, with all that has arrived. What
//!   is broken need not be noticed before its line, or its payload, is complete.
//!
//! `Type::of` and `Shape` know what follows which marker. You need not remember anything between two calls. With this
//! limit of the depth, a recursive function is fine.

/// The largest length and the largest count.
pub const MAX: usize = 512 << 20;

/// Inside of so many values another one may stand.
pub const MAX_DEPTH: usize = 32;

/// The bytes are no RESP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// How many bytes the frame takes that `bytes` starts with, or `None` if its end has not arrived.
pub fn frame_length(bytes: &[u8]) -> Result<Option<usize>, Broken> {
    todo!()
}
