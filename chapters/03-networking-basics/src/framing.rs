//! Finds lines in a stream of bytes, however the stream was cut on its way.
//!
//! Knows nothing of sockets (bytes are pushed in) and nothing of what a line says.

use thiserror::Error;

/// A line, finished or not, is longer than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a line is longer than {limit} bytes")]
pub struct LineTooLong {
    /// The bytes allowed, the line end not counted.
    pub limit: usize,
}

// ANCHOR: framer
/// Takes in bytes as they arrive and gives out the lines that are complete.
///
/// ```text
/// buffer   P I N G \r \n E C H O   h e l
///                        ▲             ▲
///                      start       searched      no line end lies between the two
/// ```
#[derive(Debug)]
pub struct LineFramer {
    buffer: Vec<u8>,
    /// Everything before this has been given out.
    start: usize,
    /// Everything before this has been searched for a line end, so that no byte is searched twice.
    searched: usize,
    limit: usize,
}
// ANCHOR_END: framer

impl LineFramer {
    /// A framer for lines of at most `limit` bytes, the line end not counted.
    pub fn new(limit: usize) -> LineFramer {
        LineFramer { buffer: Vec::new(), start: 0, searched: 0, limit }
    }

    // ANCHOR: push
    /// Adds what has arrived. Take out all complete lines before pushing more: so the buffer never holds more than one
    /// unfinished line and what was pushed last.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }
    // ANCHOR_END: push

    // ANCHOR: frame
    /// The next complete line without its end (`\n` or `\r\n`), or `None` if its end has not arrived.
    ///
    /// # Errors
    /// [`LineTooLong`], and again at each further call: nobody knows where the next line would start.
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, LineTooLong> {
        let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
        let found = unsearched.iter().position(|&byte| byte == b'\n');
        let end = found.map_or(self.buffer.len(), |at| self.searched + at);

        let line = self.buffer.get(self.start..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > self.limit {
            return Err(LineTooLong { limit: self.limit });
        }
        if found.is_none() {
            self.searched = end;
            return Ok(None);
        }
        self.start = end + 1;
        self.searched = self.start;
        Ok(Some(line))
    }
    // ANCHOR_END: frame

    /// How many bytes of an unfinished line are waiting for the rest.
    pub fn pending(&self) -> usize {
        self.buffer.len() - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that come out when `pieces` go in one after the other.
    fn lines(pieces: &[&[u8]], limit: usize) -> Result<Vec<Vec<u8>>, LineTooLong> {
        let mut framer = LineFramer::new(limit);
        let mut lines = Vec::new();
        for piece in pieces {
            framer.push(piece);
            while let Some(line) = framer.next_line()? {
                lines.push(line.to_vec());
            }
        }
        Ok(lines)
    }

    #[test]
    fn two_lines_in_one_piece_are_two_lines() {
        assert_eq!(
            lines(&[b"PING\r\nECHO a\n"], 16).unwrap(),
            [b"PING".to_vec(), b"ECHO a".to_vec()]
        );
    }

    #[test]
    fn every_cut_of_a_stream_gives_the_same_lines() {
        let stream = b"PING\r\n\r\nECHO hello\nPI\rNG\r\r\nrest";
        let whole = lines(&[stream], 16).unwrap();
        assert_eq!(whole.len(), 4);
        for first in 0..=stream.len() {
            for second in first..=stream.len() {
                let pieces = [&stream[..first], &stream[first..second], &stream[second..]];
                assert_eq!(lines(&pieces, 16).unwrap(), whole, "cut at {first} and {second}");
            }
        }
    }

    #[test]
    fn an_unfinished_line_waits_for_its_end() {
        let mut framer = LineFramer::new(16);
        framer.push(b"PI");
        assert_eq!(framer.next_line(), Ok(None));
        assert_eq!(framer.pending(), 2);
        framer.push(b"NG\n");
        assert_eq!(framer.next_line(), Ok(Some(&b"PING"[..])));
        assert_eq!(framer.pending(), 0);
    }

    #[test]
    fn a_line_of_just_the_limit_passes_however_it_is_cut() {
        assert_eq!(lines(&[b"abcd\r\n"], 4).unwrap(), [b"abcd".to_vec()]);
        assert_eq!(lines(&[b"abcd", b"\r", b"\n"], 4).unwrap(), [b"abcd".to_vec()]);
    }

    #[test]
    fn a_longer_line_is_refused_before_its_end_arrives() {
        let too_long = Err(LineTooLong { limit: 4 });
        assert_eq!(lines(&[b"abcde"], 4), too_long);
        assert_eq!(lines(&[b"abcde\n"], 4), too_long);
        assert_eq!(lines(&[b"abcd\r", b"e"], 4), too_long);
    }

    #[test]
    fn lines_before_a_too_long_one_are_given_out() {
        let mut framer = LineFramer::new(4);
        framer.push(b"PING\nECHO hello\n");
        assert_eq!(framer.next_line(), Ok(Some(&b"PING"[..])));
        assert_eq!(framer.next_line(), Err(LineTooLong { limit: 4 }));
        assert_eq!(framer.next_line(), Err(LineTooLong { limit: 4 }));
    }
}
