//! Looks at the length when its colon has come, which a client need never send.

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
        let Some(colon) = self.buffer.iter().position(|byte| *byte == b':') else {
            return Ok(None);
        };
        let digits = &self.buffer[..colon];
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(FrameError::BadLength);
        }
        let length: usize =
            String::from_utf8_lossy(digits).parse().map_err(|_| FrameError::TooLong)?;
        if length > self.limit {
            return Err(FrameError::TooLong);
        }
        let end = colon + 1 + length;
        if self.buffer.len() <= end {
            return Ok(None);
        }
        if self.buffer[end] != b',' {
            return Err(FrameError::NoComma);
        }
        let message = self.buffer[colon + 1..end].to_vec();
        self.buffer.drain(..=end);
        Ok(Some(message))
    }
}
