//! The request parser: RESP arrays of bulk strings, and inline lines, read in place.
//!
//! Arguments borrow from the buffer they were received in; nothing is copied, except the unquoted text of an inline
//! request. An unfinished request is remembered by offsets, so that however it is cut, each byte is looked at once.
//! Nothing is allocated for a number that a client announces, only for what has arrived.
//!
//! Knows nothing of where the bytes come from, nor of what the arguments mean.

use memchr::memchr;

use super::error::ProtocolError;
use super::inline;
use super::limits::Limits;
use crate::number::parse_i64;
use crate::short::same;

/// Where an argument lies in its buffer.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Where what follows the argument begins: like Redis, skips the two bytes after it without looking at them.
    fn next(self) -> usize {
        self.end as usize + 2
    }
}

/// The arguments of one request; the command's name is argument 0.
#[derive(Debug, Clone, Copy)]
pub struct Args<'a> {
    buffer: &'a [u8],
    spans: &'a [Span],
}

impl<'a> Args<'a> {
    /// Number of arguments, the name included.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is not even a name.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The argument at `index`.
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        self.spans.get(index).map(|span| self.slice(*span))
    }

    /// The argument at `index`, which the command's arity has shown to be there; nothing if it is not.
    pub fn at(&self, index: usize) -> &'a [u8] {
        self.get(index).unwrap_or_default()
    }

    /// The arguments from `index` on.
    pub fn from(&self, index: usize) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let (buffer, spans) = (self.buffer, self.spans.get(index..).unwrap_or_default());
        spans.iter().map(move |span| slice(buffer, *span))
    }

    /// The arguments from `index` on as a request of their own (COMMAND GETKEYS).
    pub fn tail(&self, index: usize) -> Args<'a> {
        Args { spans: self.spans.get(index..).unwrap_or_default(), ..*self }
    }

    fn slice(&self, span: Span) -> &'a [u8] {
        slice(self.buffer, span)
    }
}

fn slice(buffer: &[u8], span: Span) -> &[u8] {
    buffer.get(span.start as usize..span.end as usize).unwrap_or_default()
}

/// What [`Parser::parse`] found.
#[derive(Debug)]
pub enum Parsed<'a> {
    /// A whole request and the bytes it took. Without arguments it is to be ignored, as Redis does.
    Request(Args<'a>, usize),
    /// The request goes on beyond the buffer.
    Incomplete,
}

/// A request that was read before those in front of it were run.
#[derive(Debug, Clone, Copy)]
pub struct Ahead {
    /// Its arguments among all that were read ahead.
    first: u32,
    last: u32,
    /// Where it ends in the buffer.
    pub end: usize,
    /// Whether it has the name and the number of arguments of the one before it.
    pub alike: bool,
}

impl Ahead {
    /// Number of arguments, the name included.
    pub fn args(&self) -> usize {
        (self.last - self.first) as usize
    }
}

/// How a plain request begins: everything up to its second argument.
#[derive(Debug, Clone, Copy)]
struct Head {
    start: usize,
    arguments: usize,
    name: Span,
}

impl Head {
    fn end(&self) -> usize {
        self.name.next()
    }

    /// The head of the request at `start`, if it begins with the same bytes as this one.
    fn again_at(&self, buffer: &[u8], start: usize) -> Option<Head> {
        let known = buffer.get(self.start..self.end())?;
        if !same(buffer.get(start..start + known.len())?, known) {
            return None;
        }
        let moved = u32::try_from(start - self.start).ok()?;
        let name = Span { start: self.name.start + moved, end: self.name.end.checked_add(moved)? };
        Some(Head { start, name, ..*self })
    }
}

/// Reads one request after the other; remembers where an unfinished one stopped.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// Bytes of the request that have been read for good.
    done: usize,
    /// Bytes after `done` that are known to hold no line end; 0 whenever `done` moves to another line.
    searched: usize,
    spans: Vec<Span>,
    /// The beginning of the last request that was read ahead.
    head: Option<Head>,
    /// Unquoted text of an inline request.
    text: Vec<u8>,
    ends: Vec<u32>,
    /// Bytes searched, lines read and arguments found: what the tests hold to be linear.
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

/// A line that announces a number.
enum Header {
    Number(i64),
    Invalid,
    Incomplete,
    TooLong,
}

impl Parser {
    /// Reads the request at the start of `buffer`. If it is incomplete, call again with the same bytes and more of them.
    ///
    /// # Errors
    /// What Redis calls a protocol error: the stream cannot be followed any further.
    pub fn parse<'a>(
        &'a mut self,
        buffer: &'a [u8],
        limits: &Limits,
        authenticated: bool,
    ) -> Result<Parsed<'a>, ProtocolError> {
        if let State::Start = self.state {
            self.spans.clear();
            self.spans.shrink_to(64);
            self.done = 0;
            match buffer.first() {
                None => return Ok(Parsed::Incomplete),
                Some(b'*') => {}
                Some(_) => return self.inline(buffer, limits),
            }
            match self.header(buffer, limits) {
                Header::Incomplete => return Ok(Parsed::Incomplete),
                Header::TooLong => return Err(ProtocolError::MultibulkCountTooLong),
                Header::Number(count) if count <= limits.arguments => {
                    if count > limits.unauthenticated_arguments && !authenticated {
                        return Err(ProtocolError::UnauthenticatedMultibulkLength);
                    }
                    self.state = State::Array(count.max(0));
                }
                _ => return Err(ProtocolError::InvalidMultibulkLength),
            }
        }
        loop {
            match self.state {
                State::Array(missing) if missing > 0 => match buffer.get(self.done) {
                    None => break,
                    Some(b'$') => match self.header(buffer, limits) {
                        Header::Incomplete => break,
                        Header::TooLong => return Err(ProtocolError::BulkCountTooLong),
                        Header::Number(len) => {
                            let len = usize::try_from(len).ok().filter(|len| *len <= limits.bulk);
                            let len = len.ok_or(ProtocolError::InvalidBulkLength)?;
                            if len > limits.unauthenticated_bulk && !authenticated {
                                return Err(ProtocolError::UnauthenticatedBulkLength);
                            }
                            self.state = State::Bulk { missing, len };
                        }
                        Header::Invalid => return Err(ProtocolError::InvalidBulkLength),
                    },
                    Some(other) => {
                        // Redis looks for the line's end before it looks at its first byte.
                        match self.header(buffer, limits) {
                            Header::Incomplete => break,
                            Header::TooLong => return Err(ProtocolError::BulkCountTooLong),
                            _ => return Err(ProtocolError::ExpectedBulk(*other)),
                        }
                    }
                },
                State::Bulk { missing, len } => {
                    self.count_work(1);
                    // Like Redis, skips the two bytes after an argument without looking at them.
                    if buffer.len() < self.done + len + 2 {
                        break;
                    }
                    self.spans
                        .push(Span { start: self.done as u32, end: (self.done + len) as u32 });
                    self.done += len + 2;
                    self.state = State::Array(missing - 1);
                }
                State::Start | State::Array(_) => {
                    self.state = State::Start;
                    return Ok(Parsed::Request(Args { buffer, spans: &self.spans }, self.done));
                }
            }
        }
        // Offsets are 32 bits wide, whatever limit was configured.
        if buffer.len() >= limits.query_buffer.min(u32::MAX as usize) {
            return Err(ProtocolError::QueryBufferTooLong);
        }
        Ok(Parsed::Incomplete)
    }

    /// Whether the next byte begins a request.
    pub fn at_start(&self) -> bool {
        matches!(self.state, State::Start) && self.searched == 0
    }

    /// Forgets the requests that were read ahead.
    pub fn forget_ahead(&mut self) {
        self.head = None;
        self.spans.clear();
        self.spans.shrink_to(1024);
    }

    /// Reads the request at `start` if it is plain and all there, and keeps it beside those read before: between two
    /// requests only ([`Parser::at_start`]), and of a client who need not show a password any more. What it leaves, because
    /// it is unusual or unfinished, is for [`Parser::parse`].
    pub fn read_ahead(&mut self, buffer: &[u8], start: usize, limits: &Limits) -> Option<Ahead> {
        let first = self.spans.len();
        let alike = self.head.and_then(|head| head.again_at(buffer, start));
        let head = alike.or_else(|| beginning(buffer, start, limits))?;
        let end = self.rest(head, buffer, limits);
        if end.is_none() {
            self.spans.truncate(first);
        }
        self.head = Some(head);
        let (first, last) = (first as u32, self.spans.len() as u32);
        Some(Ahead { first, last, end: end?, alike: alike.is_some() })
    }

    /// One argument of a request that was read ahead; nothing if it has fewer.
    pub fn argument<'b>(&self, buffer: &'b [u8], ahead: Ahead, index: usize) -> &'b [u8] {
        let span = self.spans.get(ahead.first as usize + index).filter(|_| index < ahead.args());
        span.map(|span| slice(buffer, *span)).unwrap_or_default()
    }

    /// The arguments of a request that was read ahead.
    pub fn args<'a>(&'a self, buffer: &'a [u8], ahead: Ahead) -> Args<'a> {
        let spans = self.spans.get(ahead.first as usize..ahead.last as usize);
        Args { buffer, spans: spans.unwrap_or_default() }
    }

    /// Reads the arguments of a request if they are all there; returns where it ends.
    fn rest(&mut self, head: Head, buffer: &[u8], limits: &Limits) -> Option<usize> {
        self.spans.push(head.name);
        let mut at = head.end();
        for _ in 1..head.arguments {
            self.count_work(2);
            let span = plain_argument(buffer, at, limits)?;
            at = span.next();
            self.spans.push(span);
        }
        (at <= u32::MAX as usize).then_some(at)
    }

    /// Bytes that the rest of the current argument will need beyond `buffered`, if that is known.
    pub fn missing(&self, buffered: usize) -> usize {
        match self.state {
            State::Bulk { len, .. } => (self.done + len + 2).saturating_sub(buffered),
            _ => 0,
        }
    }

    /// Reads `X<number>\r\n` at `done`, whatever X is, and moves `done` behind it.
    fn header(&mut self, buffer: &[u8], limits: &Limits) -> Header {
        let line = buffer.get(self.done..).unwrap_or_default();
        self.count_work(1);
        // Most lines are a byte, one or two digits, and the line end.
        if let [_, digit @ b'0'..=b'9', b'\r', b'\n', ..] = line {
            self.searched = 0;
            self.done += 4;
            return Header::Number(i64::from(digit - b'0'));
        }
        if let [_, tens @ b'1'..=b'9', digit @ b'0'..=b'9', b'\r', b'\n', ..] = line {
            self.searched = 0;
            self.done += 5;
            return Header::Number(i64::from(tens - b'0') * 10 + i64::from(digit - b'0'));
        }
        let Some(end) = self.find(b'\r', line, limits.line) else {
            return if line.len() > limits.line { Header::TooLong } else { Header::Incomplete };
        };
        if line.len() < end + 2 {
            return Header::Incomplete;
        }
        self.searched = 0;
        self.done += end + 2;
        match line.get(1..end).and_then(parse_i64) {
            Some(number) => Header::Number(number),
            None => Header::Invalid,
        }
    }

    fn inline<'a>(
        &'a mut self,
        buffer: &'a [u8],
        limits: &Limits,
    ) -> Result<Parsed<'a>, ProtocolError> {
        let Some(end) = self.find(b'\n', buffer, limits.line) else {
            return if buffer.len() > limits.line {
                Err(ProtocolError::InlineTooLong)
            } else {
                Ok(Parsed::Incomplete)
            };
        };
        self.searched = 0;
        let line = buffer.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.text.clear();
        self.ends.clear();
        inline::split(line, &mut self.text, &mut self.ends)
            .map_err(|_| ProtocolError::UnbalancedQuotes)?;
        let mut start = 0;
        self.spans.extend(
            self.ends
                .iter()
                .map(|end| Span { start: std::mem::replace(&mut start, *end), end: *end }),
        );
        Ok(Parsed::Request(Args { buffer: &self.text, spans: &self.spans }, end + 1))
    }

    /// Position of `byte` in `line`, without looking again at what was searched in an earlier call.
    ///
    /// Never looks further than `limit` allows: whether a line is too long must not depend on how much of it arrived
    /// together.
    fn find(&mut self, byte: u8, line: &[u8], limit: usize) -> Option<usize> {
        let line = line.get(..=limit).unwrap_or(line);
        let from = self.searched.min(line.len());
        let found = memchr(byte, line.get(from..).unwrap_or_default());
        self.count_work(found.map_or(line.len() - from, |at| at + 1));
        match found {
            Some(at) => {
                // A line end that is cut in two is found again.
                self.searched = from + at;
                Some(from + at)
            }
            None => {
                self.searched = line.len();
                None
            }
        }
    }

    #[cfg(test)]
    fn count_work(&mut self, amount: usize) {
        self.work += amount;
    }

    #[cfg(not(test))]
    fn count_work(&mut self, _amount: usize) {}
}

/// Reads up to the second argument of a request that is plain.
fn beginning(buffer: &[u8], start: usize, limits: &Limits) -> Option<Head> {
    let (arguments, at) = announced(b'*', buffer, start)?;
    if arguments == 0 || i64::try_from(arguments).is_ok_and(|count| count > limits.arguments) {
        return None;
    }
    Some(Head { start, arguments, name: plain_argument(buffer, at, limits)? })
}

/// Reads an argument that is all there, without keeping track of where it may be cut.
#[inline(always)]
fn plain_argument(buffer: &[u8], at: usize, limits: &Limits) -> Option<Span> {
    let (len, start) = announced(b'$', buffer, at)?;
    let span = Span { start: start as u32, end: (start + len) as u32 };
    (len <= limits.bulk && span.next() <= buffer.len()).then_some(span)
}

/// The number of one to six digits on the line at `at`, which begins with `kind`, and where the next line begins. Redis
/// refuses leading zeros.
#[inline(always)]
fn announced(kind: u8, buffer: &[u8], at: usize) -> Option<(usize, usize)> {
    let line = buffer.get(at..)?;
    // Nearly all lines have one digit: four bytes, looked at together.
    let head = u32::from_le_bytes(*line.first_chunk()?);
    let digit = (head >> 8) as u8 ^ b'0';
    if head & 0xffff_00ff == u32::from_le_bytes([kind, 0, b'\r', b'\n']) && digit < 10 {
        return Some((usize::from(digit), at + 4));
    }
    match line {
        [first, ..] if *first != kind => None,
        [_, tens @ b'1'..=b'9', digit @ b'0'..=b'9', b'\r', b'\n', ..] => {
            Some((usize::from(tens - b'0') * 10 + usize::from(digit - b'0'), at + 5))
        }
        _ => announced_long(line).map(|(number, len)| (number, at + len)),
    }
}

/// The number of up to six digits on a line, and the length of the line.
fn announced_long(line: &[u8]) -> Option<(usize, usize)> {
    const DIGITS: usize = 6;
    let [_, digits @ ..] = line else { return None };
    let len = digits.iter().take(DIGITS + 1).position(|byte| !byte.is_ascii_digit())?;
    let (number, rest) = digits.split_at_checked(len)?;
    if !rest.starts_with(b"\r\n") || !matches!(number, [b'1'..=b'9', ..]) {
        return None;
    }
    let number = number.iter().fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    Some((number, len + 3))
}

#[cfg(test)]
mod tests;
