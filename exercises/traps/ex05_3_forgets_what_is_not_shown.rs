//! Does not notice an attribute that RESP2 does not show.

use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply, Text};

/// Why it was not one reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The client would wait for ever.
    TooFew,
    /// The client would take the rest for its next reply.
    TooMany,
}

/// Writes one reply, and checks that it is one.
#[derive(Debug)]
pub struct Checked<'a> {
    out: &'a mut Vec<u8>,
    version: ProtocolVersion,
    /// Where the reply starts in `out`.
    start: usize,
    /// Values that must still come, at any depth.
    missing: usize,
    /// So many of the next ones belong to attributes that are not written.
    hidden: usize,
    too_many: bool,
}

impl<'a> Checked<'a> {
    /// Begins a reply behind what is in `out`.
    pub fn new(out: &'a mut Vec<u8>, version: ProtocolVersion) -> Checked<'a> {
        let start = out.len();
        Checked { out, version, start, missing: 1, hidden: 0, too_many: false }
    }

    /// An integer.
    pub fn integer(&mut self, number: i64) {
        self.value(0, |reply| reply.integer(number));
    }

    /// A bulk string.
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.value(0, |reply| reply.bulk(bytes));
    }

    /// Announces an array of `len` values.
    pub fn array(&mut self, len: usize) {
        self.value(len, |reply| reply.array(len));
    }

    /// Announces a map of `len` pairs.
    pub fn map(&mut self, len: usize) {
        self.value(len.saturating_mul(2), |reply| reply.map(len));
    }

    /// Announces `len` pairs about the value that comes after them.
    pub fn attribute(&mut self, len: usize) {
        if self.missing == 0 {
            self.too_many |= self.version == ProtocolVersion::Resp3;
            return;
        }
        let holds = len.saturating_mul(2);
        self.missing = self.missing.saturating_add(holds);
        if self.hidden > 0 || !self.reply().attribute(len) {
            self.hidden = self.hidden.saturating_add(holds);
        }
    }

    /// Ends the reply.
    pub fn end(self) -> Result<(), Broken> {
        let broken = match (self.too_many, self.missing) {
            (false, 0) => return Ok(()),
            (false, _) => Broken::TooFew,
            (true, _) => Broken::TooMany,
        };
        self.out.truncate(self.start);
        let text = Text(b"ERR broken reply".to_vec());
        Reply::new(self.out, self.version).error(&ErrorReply::Other(text));
        Err(broken)
    }

    /// Writes a value in which so many others must follow.
    fn value(&mut self, holds: usize, write: impl FnOnce(&mut Reply<'_>)) {
        let Some(missing) = self.missing.checked_sub(1) else {
            self.too_many = true;
            return;
        };
        self.missing = missing.saturating_add(holds);
        match self.hidden.checked_sub(1) {
            Some(hidden) => self.hidden = hidden.saturating_add(holds),
            None => write(&mut self.reply()),
        }
    }

    fn reply(&mut self) -> Reply<'_> {
        Reply::new(self.out, self.version)
    }
}
