//! 03.2 The length comes first (medium, about 30 minutes)
//!
//! A line cannot hold a line end. So some protocols say how long a message is before it comes: `5:hello,` is five bytes,
//! a colon in front and a comma behind, and the five may be any bytes at all. (Such a message is called a netstring;
//! chapter 04 shows how Redis does it.)
//!
//! Write the framer for it: bytes are pushed in as they arrive, cut anywhere, and messages are taken out.
//!
//! - The length is decimal digits, at least one. Anything else in its place is `BadLength`.
//! - A message longer than the limit is `TooLong`, as soon as that is known, however many digits its length has.
//! - Where the comma should be is the comma, or it is `NoComma`.
//! - After an error nothing is known about what follows: the same error comes again at each call.

/// Why the bytes are no messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// A length is empty, or something in it is no digit.
    BadLength,
    /// A message is longer than the limit.
    TooLong,
    /// Behind a message stands something else than a comma.
    NoComma,
}

/// Takes in bytes as they arrive, and gives out the messages that are complete.
#[derive(Debug)]
pub struct Framer {
    buffer: Vec<u8>,
    limit: usize,
}

impl Framer {
    /// A framer for messages of at most `limit` bytes.
    pub fn new(limit: usize) -> Framer {
        Framer { buffer: Vec::new(), limit }
    }

    /// Adds what has arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete message, or `None` if its end has not arrived.
    pub fn next(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        todo!()
    }
}
