//! The reply writer: appends replies to an output buffer, in the connection's version of the protocol.
//!
//! It is the one place that knows how each type looks on the wire. It does not know where the bytes go, nor whether an
//! aggregate gets as many elements as it announced.

use std::fmt::{self, Display, Write};

use super::{ErrorReply, ProtocolVersion, RespValue};

// ANCHOR: reply
/// Writes the replies of one connection.
#[derive(Debug)]
pub struct Reply<'a> {
    out: &'a mut Vec<u8>,
    version: ProtocolVersion,
}
// ANCHOR_END: reply

impl<'a> Reply<'a> {
    /// A writer that appends to `out`.
    pub fn new(out: &'a mut Vec<u8>, version: ProtocolVersion) -> Self {
        Reply { out, version }
    }

    /// A writer to the same place, for as long as this one is not used.
    pub fn reborrow(&mut self) -> Reply<'_> {
        Reply { out: self.out, version: self.version }
    }

    /// `+OK`.
    pub fn ok(&mut self) {
        self.out.extend_from_slice(b"+OK\r\n");
    }

    /// A simple string. The text is the server's own: one line, no CR, no LF.
    pub fn simple(&mut self, text: &str) {
        self.line(b'+', text.as_bytes());
    }

    // ANCHOR: error
    /// An error: its code, then its text.
    pub fn error(&mut self, error: &ErrorReply) {
        self.error_text(error);
    }

    /// An error of another type, whose `Display` is the whole text.
    pub fn error_text(&mut self, text: &dyn Display) {
        self.out.push(b'-');
        let start = self.out.len();
        // Writing to a `Vec` cannot fail, and our texts' `Display` does not.
        let _ = write!(OneByteEach(self.out), "{text}");
        while self.out.len() > start && matches!(self.out.last(), Some(b'\r' | b'\n')) {
            self.out.pop();
        }
        for byte in self.out.iter_mut().skip(start) {
            // A line break that a client smuggled in would end the reply, and let it forge the next one.
            if matches!(byte, b'\r' | b'\n') {
                *byte = b' ';
            }
        }
        self.end_line();
    }
    // ANCHOR_END: error

    // ANCHOR: scalars
    /// An integer.
    pub fn integer(&mut self, number: i64) {
        self.header(b':', number);
    }

    /// A bulk string: any bytes, announced by their length.
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.payload(b'$', &[bytes]);
    }

    /// Null where a single value is expected: `$-1` in RESP2, `_` in RESP3.
    pub fn null(&mut self) {
        self.by_version(b"$-1\r\n", b"_\r\n");
    }

    /// Null where an array is expected: `*-1` in RESP2, `_` in RESP3.
    pub fn null_array(&mut self) {
        self.by_version(b"*-1\r\n", b"_\r\n");
    }

    /// Announces an array. The caller writes its `len` elements next.
    pub fn array(&mut self, len: usize) {
        self.header(b'*', len);
    }
    // ANCHOR_END: scalars

    /// A length or a count, as an integer.
    pub fn count(&mut self, count: usize) {
        self.header(b':', count);
    }

    /// A bulk string, or null.
    pub fn bulk_or_null(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.bulk(bytes),
            None => self.null(),
        }
    }

    // ANCHOR: resp3
    /// Announces a map of `len` pairs: in RESP2, an array of keys and values in turn.
    pub fn map(&mut self, len: usize) {
        match self.version {
            ProtocolVersion::Resp2 => self.header(b'*', len.saturating_mul(2)),
            ProtocolVersion::Resp3 => self.header(b'%', len),
        }
    }

    /// Announces a set: in RESP2, an array.
    pub fn set(&mut self, len: usize) {
        self.header(self.kind(b'*', b'~'), len);
    }

    /// Announces a push, which answers no request: in RESP2, an array.
    pub fn push(&mut self, len: usize) {
        self.header(self.kind(b'*', b'>'), len);
    }

    /// True or false: in RESP2, 1 or 0.
    pub fn boolean(&mut self, value: bool) {
        match value {
            true => self.by_version(b":1\r\n", b"#t\r\n"),
            false => self.by_version(b":0\r\n", b"#f\r\n"),
        }
    }

    /// A floating-point number: in RESP2, a bulk string.
    pub fn double(&mut self, number: f64) {
        // The specification wants `nan` in lower case; `inf` and all others it writes as Rust does.
        let text = if number.is_nan() { "nan".into() } else { number.to_string() };
        self.line_or_bulk(b',', text.as_bytes());
    }

    /// An integer of any size, given as its digits: in RESP2, a bulk string.
    pub fn big_number(&mut self, digits: &[u8]) {
        self.line_or_bulk(b'(', digits);
    }

    /// A text with its format, `txt` or `mkd`: in RESP2, a bulk string of the text alone.
    pub fn verbatim(&mut self, format: [u8; 3], text: &[u8]) {
        match self.version {
            ProtocolVersion::Resp2 => self.bulk(text),
            ProtocolVersion::Resp3 => self.payload(b'=', &[&format, b":", text]),
        }
    }

    /// Announces `len` pairs that tell something about the value after them; `false` in RESP2, which has no such thing,
    /// and where the caller must leave the pairs out.
    #[must_use]
    pub fn attribute(&mut self, len: usize) -> bool {
        let known = self.version == ProtocolVersion::Resp3;
        if known {
            self.header(b'|', len);
        }
        known
    }
    // ANCHOR_END: resp3

    /// A value, with everything in it.
    pub fn value(&mut self, value: &RespValue) {
        value.write(self);
    }

    /// An error of any bytes: in RESP2, an ordinary error.
    pub(super) fn blob_error(&mut self, text: &[u8]) {
        match self.version {
            ProtocolVersion::Resp2 => self.error_text(&super::Text(text.to_vec())),
            ProtocolVersion::Resp3 => self.payload(b'!', &[text]),
        }
    }

    // ANCHOR: line
    /// `<kind><text>\r\n`. What could be taken for the line's end becomes a space.
    pub(super) fn line(&mut self, kind: u8, text: &[u8]) {
        self.out.push(kind);
        self.out.extend(text.iter().map(|byte| match byte {
            b'\r' | b'\n' => b' ',
            other => *other,
        }));
        self.end_line();
    }

    /// `<kind><length>\r\n<bytes>\r\n`, the bytes given in pieces.
    fn payload(&mut self, kind: u8, pieces: &[&[u8]]) {
        let len: usize = pieces.iter().map(|piece| piece.len()).sum();
        self.header(kind, len);
        for piece in pieces {
            self.out.extend_from_slice(piece);
        }
        self.end_line();
    }
    // ANCHOR_END: line

    fn line_or_bulk(&mut self, kind: u8, text: &[u8]) {
        match self.version {
            ProtocolVersion::Resp2 => self.bulk(text),
            ProtocolVersion::Resp3 => self.line(kind, text),
        }
    }

    fn header(&mut self, kind: u8, number: impl itoa::Integer) {
        self.out.push(kind);
        self.out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        self.end_line();
    }

    fn by_version(&mut self, resp2: &[u8], resp3: &[u8]) {
        self.out.extend_from_slice(match self.version {
            ProtocolVersion::Resp2 => resp2,
            ProtocolVersion::Resp3 => resp3,
        });
    }

    fn kind(&self, resp2: u8, resp3: u8) -> u8 {
        match self.version {
            ProtocolVersion::Resp2 => resp2,
            ProtocolVersion::Resp3 => resp3,
        }
    }

    fn end_line(&mut self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

/// Takes formatted text back to bytes, one for each character: the reverse of [`Text`](super::Text)'s `Display`.
struct OneByteEach<'a>(&'a mut Vec<u8>);

impl Write for OneByteEach<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')));
        Ok(())
    }
}
