//! 05.3 One whole reply, or none (hard, about 35 minutes)
//!
//! `Reply::array(3)` is a promise that nobody checks. Write `Checked`, which does: it writes with `Reply`, and knows at
//! the end whether that was exactly one reply. If it was not, the client still gets one: an error.
//!
//! - One reply is one value. An array is complete after as many values as were announced, a map after twice as many. Each
//!   may be an array or a map again. What is written is what `Reply` writes in this version.
//! - An attribute is no value: its pairs follow, and then the value that it is about. RESP2 knows none. There, the same
//!   calls write nothing of the attribute and its pairs, whatever these hold: the caller need not ask for the version.
//! - `end` says `TooFew` if something is missing, be it all, and `TooMany` if anything was called behind a whole reply, in
//!   RESP2 too.
//! - In both cases nothing of the reply stays in `out`, only the error `-ERR broken reply\r\n`, behind what was there before.
//! - No number makes it panic.

use chapter_05::protocol::{ProtocolVersion, Reply};

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
    // Add what you need.
}

impl<'a> Checked<'a> {
    /// Begins a reply behind what is in `out`.
    pub fn new(out: &'a mut Vec<u8>, version: ProtocolVersion) -> Checked<'a> {
        todo!()
    }

    /// An integer.
    pub fn integer(&mut self, number: i64) {
        todo!()
    }

    /// A bulk string.
    pub fn bulk(&mut self, bytes: &[u8]) {
        todo!()
    }

    /// Announces an array of `len` values.
    pub fn array(&mut self, len: usize) {
        todo!()
    }

    /// Announces a map of `len` pairs.
    pub fn map(&mut self, len: usize) {
        todo!()
    }

    /// Announces `len` pairs about the value that comes after them.
    pub fn attribute(&mut self, len: usize) {
        todo!()
    }

    /// Ends the reply.
    pub fn end(self) -> Result<(), Broken> {
        todo!()
    }
}
