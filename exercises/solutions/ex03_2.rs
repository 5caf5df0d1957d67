//! 03.2, solved: the length is checked digit by digit, so that no number of digits is ever too many.

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
        let Some((length, digits)) = self.length()? else { return Ok(None) };
        let start = digits + 1;
        // Neither can overflow: both are bounded by the limit and the buffer.
        let Some(message) = self.buffer.get(start..start + length) else { return Ok(None) };
        match self.buffer.get(start + length) {
            None => Ok(None),
            Some(b',') => {
                let message = message.to_vec();
                self.buffer.drain(..=start + length);
                Ok(Some(message))
            }
            Some(_) => Err(FrameError::NoComma),
        }
    }

    /// The length in front, and how many digits it has; `None` if there may be more of them.
    fn length(&self) -> Result<Option<(usize, usize)>, FrameError> {
        let mut length = 0_usize;
        for (index, byte) in self.buffer.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    length = length.saturating_mul(10).saturating_add(usize::from(byte - b'0'));
                    if length > self.limit {
                        return Err(FrameError::TooLong);
                    }
                }
                b':' if index > 0 => return Ok(Some((length, index))),
                _ => return Err(FrameError::BadLength),
            }
        }
        Ok(None)
    }
}
