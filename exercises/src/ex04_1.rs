//! 04.1 The monitor that was fooled (easy, about 15 minutes)
//!
//! A monitor sees what a server sends, and counts the replies, and how many of them are errors. It is the tool that the
//! chapter began with: it takes lines for replies. `reads` is what each read of the connection gave.
//!
//! Mend it with the chapter's `Decoder`. Delete the `todo!` when you begin.
//!
//! - A frame is a reply, however many lines it has and however many reads bring it.
//! - A reply is an error if it is a simple error (`-`) or a bulk error (`!`). An array with an error in it is an array.
//!   No reply here has an attribute.
//! - What is not complete at the end is not counted. What is no RESP ends the counting with the decoder's error.

use chapter_04::decode::WireError;

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All replies.
    pub replies: usize,
    /// Those that are errors.
    pub errors: usize,
}

/// Counts the replies in these reads.
pub fn tally(reads: &[&[u8]]) -> Result<Tally, WireError> {
    todo!("count frames, not lines");

    let mut tally = Tally::default();
    for read in reads {
        for line in read.split_inclusive(|byte| *byte == b'\n') {
            tally.replies += 1;
            if line.starts_with(b"-") {
                tally.errors += 1;
            }
        }
    }
    Ok(tally)
}
