//! Takes lines for replies, as the tool of the chapter's beginning does.

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
