//! Looks for an error anywhere in a frame's description.

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
    let mut tally = Tally::default();
    for read in reads {
        decoder.push(read);
        while let Some(frame) = decoder.next_frame()? {
            tally.replies += 1;
            let described = frame.to_string();
            if described.contains("simple error") || described.contains("bulk error") {
                tally.errors += 1;
            }
        }
    }
    Ok(tally)
}
