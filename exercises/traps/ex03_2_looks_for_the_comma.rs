//! Looks for the comma, which may stand inside the message.

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
        let Some(end) = self.buffer.iter().position(|byte| *byte == b',') else { return Ok(None) };
        let frame: Vec<u8> = self.buffer.drain(..=end).collect();
        let Some(colon) = frame.iter().position(|byte| *byte == b':') else {
            return Err(FrameError::BadLength);
        };
        let digits = String::from_utf8_lossy(&frame[..colon]).into_owned();
        let length: usize = digits.parse().map_err(|_| FrameError::BadLength)?;
        if length > self.limit {
            return Err(FrameError::TooLong);
        }
        Ok(Some(frame[colon + 1..end].to_vec()))
    }
}
