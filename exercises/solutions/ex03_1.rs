//! 03.1, solved: the framer lives as long as the connection, and is emptied after every read.

use chapter_03::connection::MAX_LINE;
use chapter_03::framing::LineFramer;
use chapter_03::inline;

/// What a server answers to a connection that gave these reads.
pub fn answers(reads: &[&[u8]]) -> Vec<u8> {
    let mut framer = LineFramer::new(MAX_LINE);
    let mut replies = Vec::new();
    for read in reads {
        framer.push(read);
        while let Ok(Some(line)) = framer.next_line() {
            inline::answer(line, &mut replies);
        }
    }
    replies
}
