//! Takes one line out after each read: the second of two waits for a read that may never come.

use chapter_03::connection::MAX_LINE;
use chapter_03::framing::LineFramer;
use chapter_03::inline;

/// What a server answers to a connection that gave these reads.
pub fn answers(reads: &[&[u8]]) -> Vec<u8> {
    let mut framer = LineFramer::new(MAX_LINE);
    let mut replies = Vec::new();
    for read in reads {
        framer.push(read);
        if let Ok(Some(line)) = framer.next_line() {
            inline::answer(line, &mut replies);
        }
    }
    replies
}
