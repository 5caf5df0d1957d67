//! The reply writer: appends replies to an output buffer, in the connection's RESP version.
//!
//! Aggregates are announced by their length and followed by their elements. Types that RESP2 lacks degrade as in Redis.

use super::error::{ErrorReply, ProtocolError};
use super::value::RespValue;
use super::version::Version;
use crate::number::push_i64;

/// Writes one connection's replies.
#[derive(Debug)]
pub struct Reply<'a> {
    out: &'a mut Vec<u8>,
    version: Version,
}

impl<'a> Reply<'a> {
    /// A writer that appends to `out`.
    pub fn new(out: &'a mut Vec<u8>, version: Version) -> Self {
        Reply { out, version }
    }

    /// The version that is written from here on.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Writes another version from here on (HELLO).
    pub fn set_version(&mut self, version: Version) {
        self.version = version;
    }

    /// Bytes in the output buffer, this reply's and earlier ones'.
    pub fn written(&self) -> usize {
        self.out.len()
    }

    /// Takes back everything after the first `len` bytes of the output buffer.
    pub fn rewind(&mut self, len: usize) {
        self.out.truncate(len);
    }

    /// `+OK`.
    pub fn ok(&mut self) {
        self.out.extend_from_slice(b"+OK\r\n");
    }

    /// A simple string. It must not hold line ends.
    pub fn simple(&mut self, text: &str) {
        self.out.push(b'+');
        self.out.extend_from_slice(text.as_bytes());
        self.end_line();
    }

    /// An error. Line ends in what a client sent become spaces, so that they cannot break the reply.
    pub fn error(&mut self, error: &ErrorReply) {
        self.error_line(|out| error.write_to(out));
    }

    /// The last reply on a connection: what it sends cannot be followed.
    pub fn protocol_error(&mut self, error: &ProtocolError) {
        self.error_line(|out| error.write_to(out));
    }

    fn error_line(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.push(b'-');
        let start = self.out.len();
        write(self.out);
        while self.out.len() > start && matches!(self.out.last(), Some(b'\r' | b'\n')) {
            self.out.pop();
        }
        for byte in self.out.iter_mut().skip(start).filter(|byte| matches!(byte, b'\r' | b'\n')) {
            *byte = b' ';
        }
        self.end_line();
    }

    /// An integer.
    pub fn integer(&mut self, number: i64) {
        self.header(b':', number);
    }

    /// A length or count, as an integer.
    pub fn count(&mut self, count: usize) {
        self.header(b':', i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// A bulk string.
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.out.reserve(bytes.len() + 32);
        match bytes.len() {
            len @ 0..10 => self.out.extend_from_slice(&[b'$', b'0' + len as u8, b'\r', b'\n']),
            len @ 10..100 => {
                let (tens, ones) = (len as u8 / 10, len as u8 % 10);
                self.out.extend_from_slice(&[b'$', b'0' + tens, b'0' + ones, b'\r', b'\n']);
            }
            len => self.header(b'$', len as i64),
        }
        self.out.extend_from_slice(bytes);
        self.end_line();
    }

    /// A bulk string, or null.
    pub fn bulk_or_null(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.bulk(bytes),
            None => self.null(),
        }
    }

    /// Null where a single value is expected: `$-1` in RESP2, `_` in RESP3.
    pub fn null(&mut self) {
        self.by_version(b"$-1\r\n", b"_\r\n");
    }

    /// Null where an array is expected: `*-1` in RESP2, `_` in RESP3.
    pub fn null_array(&mut self) {
        self.by_version(b"*-1\r\n", b"_\r\n");
    }

    /// Announces an array of `len` elements.
    pub fn array(&mut self, len: usize) {
        self.header(b'*', len as i64);
    }

    /// Announces a map of `len` pairs: in RESP2, an array of twice as many elements.
    pub fn map(&mut self, len: usize) {
        match self.version {
            Version::Resp2 => self.header(b'*', len as i64 * 2),
            Version::Resp3 => self.header(b'%', len as i64),
        }
    }

    /// Announces a set of `len` elements: in RESP2, an array.
    pub fn set(&mut self, len: usize) {
        match self.version {
            Version::Resp2 => self.header(b'*', len as i64),
            Version::Resp3 => self.header(b'~', len as i64),
        }
    }

    /// A text with a format of three letters (`txt`, `mkd`): in RESP2, a bulk string.
    pub fn verbatim(&mut self, format: &str, text: &[u8]) {
        match self.version {
            Version::Resp2 => self.bulk(text),
            Version::Resp3 => {
                self.header(b'=', (format.len() + 1 + text.len()) as i64);
                self.out.extend_from_slice(format.as_bytes());
                self.out.push(b':');
                self.out.extend_from_slice(text);
                self.end_line();
            }
        }
    }

    /// An array of simple strings, as HELP answers.
    pub fn lines(&mut self, lines: &[&str]) {
        self.array(lines.len());
        lines.iter().for_each(|line| self.simple(line));
    }

    /// Writes something in front of all that follows the first `start` bytes of the output buffer: the announcement of
    /// elements whose number is known only once they are written. What is behind is moved once, in place.
    pub fn insert(&mut self, start: usize, write: impl FnOnce(&mut Self)) {
        let end = self.out.len();
        write(self);
        let inserted = self.out.len() - end;
        if let Some(tail) = self.out.get_mut(start..) {
            tail.rotate_right(inserted);
        }
    }

    /// Any value, written as a tree.
    pub fn value(&mut self, value: &RespValue) {
        value.encode(self.version, self.out);
    }

    fn by_version(&mut self, resp2: &[u8], resp3: &[u8]) {
        self.out.extend_from_slice(match self.version {
            Version::Resp2 => resp2,
            Version::Resp3 => resp3,
        });
    }

    fn header(&mut self, kind: u8, number: i64) {
        self.out.push(kind);
        push_i64(self.out, number);
        self.end_line();
    }

    fn end_line(&mut self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_put_in_front_of_what_it_announces() {
        let mut out = b"+before\r\n".to_vec();
        let mut reply = Reply::new(&mut out, Version::Resp2);
        let start = reply.written();
        reply.bulk(b"a");
        reply.bulk(b"bc");
        reply.insert(start, |reply| reply.array(2));
        let start = reply.written();
        reply.insert(start, |reply| reply.array(0));
        assert_eq!(out, b"+before\r\n*2\r\n$1\r\na\r\n$2\r\nbc\r\n*0\r\n");
    }
}
