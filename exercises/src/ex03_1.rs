//! 03.1 A read is not a line (easy, about 10 minutes)
//!
//! This is a server without its socket: `reads` is what each read of a connection gave, one after the other, and
//! the result is all that the server answers. It treats every read as one line. On your own machine, typing with
//! `nc`, that even seems to work.
//!
//! Find the two ways in which it goes wrong, and mend it with what the chapter built. `inline::answer` is right.
//! A line that is too long is not checked; `chapter_03::connection::MAX_LINE` is the chapter's limit.
//! Delete the `todo!` when you begin.

use chapter_03::inline;

/// What a server answers to a connection that gave these reads.
pub fn answers(reads: &[&[u8]]) -> Vec<u8> {
    todo!("find what is wrong below, and mend it");

    let mut replies = Vec::new();
    for read in reads {
        let line = read.trim_ascii_end();
        inline::answer(line, &mut replies);
    }
    replies
}
