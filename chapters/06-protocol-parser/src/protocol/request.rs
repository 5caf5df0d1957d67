//! The request parser: RESP arrays of bulk strings, and inline lines, cut out of the buffer that received them.
//!
//! Arguments are slices of that buffer: nothing is copied but the text of an inline request. An unfinished request is
//! remembered by offsets, so that each byte is looked at once, however it arrives. Nothing is allocated for a number that
//! a client announces, only for what has come.
//!
//! Does not know where the bytes come from, nor what the arguments mean.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::{Limits, ProtocolError, inline};

/// One request: its arguments, of which the first is the command's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Invariant: not empty.
    args: Vec<Bytes>,
}

impl Request {
    /// A request made of `args`, or `None` if there is not even a name. For tests and for programs without a socket.
    pub fn new(args: impl IntoIterator<Item = impl Into<Bytes>>) -> Option<Request> {
        let args: Vec<Bytes> = args.into_iter().map(Into::into).collect();
        (!args.is_empty()).then_some(Request { args })
    }

    /// The command's name as it was sent, in upper or lower case.
    pub fn name(&self) -> &[u8] {
        self.at(0)
    }

    /// The name and the arguments.
    pub fn args(&self) -> &[Bytes] {
        &self.args
    }

    /// The argument at `index`; 0 is the name.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        self.args.get(index).map(|arg| &arg[..])
    }

    /// The argument at `index`, which the command's arity has shown to be there; nothing if it is not.
    pub fn at(&self, index: usize) -> &[u8] {
        self.get(index).unwrap_or_default()
    }

    /// The arguments from `index` on.
    pub fn from(&self, index: usize) -> &[Bytes] {
        self.args.get(index..).unwrap_or_default()
    }

    /// How many arguments there are, the name included.
    #[expect(clippy::len_without_is_empty, reason = "a request is never empty")]
    pub fn len(&self) -> usize {
        self.args.len()
    }
}

// ANCHOR: parser
/// Reads one request after the other; remembers where an unfinished one stopped.
#[derive(Debug, Default)]
pub struct RequestParser {
    limits: Limits,
    state: State,
    /// Bytes of the request that have been read for good.
    done: usize,
    /// Bytes after `done` that are known to hold no line end.
    searched: usize,
    /// Where the arguments lie that are complete.
    spans: Vec<Range<usize>>,
    /// Bytes searched, and arguments found: the work done, which the tests hold to be linear.
    #[cfg(test)]
    work: usize,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// Before the first byte of a request.
    #[default]
    Start,
    /// Inside an array: so many arguments are missing.
    Array(i64),
    /// Inside an array, the next argument's length is known.
    Bulk { missing: i64, len: usize },
}
// ANCHOR_END: parser

impl RequestParser {
    /// A parser before its first request.
    pub fn new(limits: Limits) -> Self {
        RequestParser { limits, ..RequestParser::default() }
    }

    // ANCHOR: parse
    /// Takes the request at the start of `buffer` out of it, or returns `None` if its end is yet to come. Then call again
    /// when more bytes stand behind the same ones.
    ///
    /// # Errors
    /// What Redis calls a protocol error: the stream cannot be followed any further.
    pub fn parse(&mut self, buffer: &mut BytesMut) -> Result<Option<Request>, ProtocolError> {
        loop {
            let args = match (self.state, buffer.first()) {
                (State::Start, None) => return Ok(None),
                (State::Start, Some(b'*')) => self.array(buffer)?,
                (State::Start, Some(_)) => self.inline(buffer)?,
                (State::Array(_) | State::Bulk { .. }, _) => self.array(buffer)?,
            };
            match args {
                None if buffer.len() >= self.limits.query_buffer => {
                    return Err(ProtocolError::QueryBufferTooLong);
                }
                None => return Ok(None),
                // An empty line, or an array of nothing, is no request and gets no reply.
                Some(args) if args.is_empty() => {}
                Some(args) => return Ok(Some(Request { args })),
            }
        }
    }
    // ANCHOR_END: parse

    // ANCHOR: array
    /// Goes on with an array of bulk strings; returns its arguments once they are all there.
    fn array(&mut self, buffer: &mut BytesMut) -> Result<Option<Vec<Bytes>>, ProtocolError> {
        loop {
            self.state = match self.state {
                State::Start => match self.header(buffer) {
                    Header::Incomplete => return Ok(None),
                    Header::TooLong => return Err(ProtocolError::MultibulkCountTooLong),
                    Header::Line(Some(count)) if count <= self.limits.arguments => {
                        State::Array(count)
                    }
                    Header::Line(_) => return Err(ProtocolError::InvalidMultibulkLength),
                },
                State::Array(missing) if missing > 0 => {
                    let kind = buffer.get(self.done).copied();
                    match (self.header(buffer), kind) {
                        (Header::Incomplete, _) => return Ok(None),
                        (Header::TooLong, _) => return Err(ProtocolError::BulkCountTooLong),
                        (Header::Line(len), Some(b'$')) => {
                            let len = len.and_then(|len| usize::try_from(len).ok());
                            let len = len.filter(|len| *len <= self.limits.bulk);
                            let len = len.ok_or(ProtocolError::InvalidBulkLength)?;
                            State::Bulk { missing, len }
                        }
                        (Header::Line(_), kind) => {
                            return Err(ProtocolError::ExpectedBulk(kind.unwrap_or_default()));
                        }
                    }
                }
                State::Bulk { missing, len } => {
                    // Like Redis, skips the two bytes after an argument without looking at them.
                    if buffer.len() < self.done + len + 2 {
                        return Ok(None);
                    }
                    self.count_work(1);
                    self.spans.push(self.done..self.done + len);
                    self.done += len + 2;
                    State::Array(missing - 1)
                }
                State::Array(_) => return Ok(Some(self.take(buffer))),
            }
        }
    }
    // ANCHOR_END: array

    // ANCHOR: take
    /// Cuts a complete request off the buffer. The arguments share its memory: they are slices, not copies.
    fn take(&mut self, buffer: &mut BytesMut) -> Vec<Bytes> {
        let whole = buffer.split_to(self.done).freeze();
        let args = self.spans.drain(..).map(|span| whole.slice(span)).collect();
        // A request of a million arguments must not leave its million places behind.
        self.spans.shrink_to(64);
        self.state = State::Start;
        self.done = 0;
        args
    }
    // ANCHOR_END: take

    // ANCHOR: header
    /// Reads `X<number>\r\n` at `done`, whatever X is, and moves `done` behind it.
    fn header(&mut self, buffer: &[u8]) -> Header {
        let line = buffer.get(self.done..).unwrap_or_default();
        let Some(end) = self.find(b'\r', line) else {
            return if line.len() > self.limits.line {
                Header::TooLong
            } else {
                Header::Incomplete
            };
        };
        if line.len() < end + 2 {
            return Header::Incomplete;
        }
        self.searched = 0;
        self.done += end + 2;
        Header::Line(line.get(1..end).and_then(parse_integer))
    }

    /// Where `byte` is in `line`, without looking again at what an earlier call has searched, nor further than a line may
    /// be long: whether one is too long must not depend on how it was cut.
    fn find(&mut self, byte: u8, line: &[u8]) -> Option<usize> {
        let line = line.get(..=self.limits.line).unwrap_or(line);
        let unsearched = line.get(self.searched..).unwrap_or_default();
        let found = memchr::memchr(byte, unsearched);
        self.count_work(found.map_or(unsearched.len(), |at| at + 1));
        self.searched += found.unwrap_or(unsearched.len());
        found.map(|_| self.searched)
    }
    // ANCHOR_END: header

    fn inline(&mut self, buffer: &mut BytesMut) -> Result<Option<Vec<Bytes>>, ProtocolError> {
        let Some(end) = self.find(b'\n', buffer) else {
            let too_long = buffer.len() > self.limits.line;
            return if too_long { Err(ProtocolError::InlineTooLong) } else { Ok(None) };
        };
        self.searched = 0;
        let line = buffer.split_to(end + 1);
        inline::split(&line).map(Some)
    }

    #[cfg(test)]
    fn count_work(&mut self, amount: usize) {
        self.work += amount;
    }

    #[cfg(not(test))]
    fn count_work(&mut self, _amount: usize) {}
}

/// A line that announces a number.
enum Header {
    /// A whole line, and the number in it, if it is one.
    Line(Option<i64>),
    Incomplete,
    TooLong,
}

/// Reads a 64-bit integer in its one plain spelling, as Redis does everywhere: no `+`, no leading zero, no space.
pub fn parse_integer(text: &[u8]) -> Option<i64> {
    match text.strip_prefix(b"-").unwrap_or(text) {
        [b'1'..=b'9', ..] => str::from_utf8(text).ok()?.parse().ok(),
        _ => (text == b"0").then_some(0),
    }
}

#[cfg(test)]
mod tests;
