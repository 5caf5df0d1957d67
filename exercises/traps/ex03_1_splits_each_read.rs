//! Finds several lines in one read, and forgets at its end what was not finished.

use chapter_03::inline;

/// What a server answers to a connection that gave these reads.
pub fn answers(reads: &[&[u8]]) -> Vec<u8> {
    let mut replies = Vec::new();
    for read in reads {
        for line in read.split(|byte| *byte == b'\n') {
            inline::answer(line, &mut replies);
        }
    }
    replies
}
