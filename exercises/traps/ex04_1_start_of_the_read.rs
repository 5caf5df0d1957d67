//! Takes the first byte of a read for the first byte of a frame.

use chapter_04::decode::{Decoder, Side, WireError};

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
    let mut decoder = Decoder::new(Side::Server);
    let mut bytes = Vec::new();
    let mut tally = Tally::default();
    for read in reads {
        decoder.push(read);
        bytes = read.to_vec();
        while let Some(frame) = decoder.next_frame()? {
            tally.replies += 1;
            if matches!(bytes.first(), Some(b'-' | b'!')) {
                tally.errors += 1;
            }
            let _ = bytes.drain(..frame.bytes.min(bytes.len()));
        }
    }
    Ok(tally)
}
