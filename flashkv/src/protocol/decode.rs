//! An incremental decoder: bytes of RESP2 or RESP3, in pieces of any size, to [`RespValue`]s.
//! Does not read sockets, and does not parse a client's requests into arguments; it takes either
//! version, and does not know which one the connection speaks.

use super::double::parse_double;
use super::value::{BigNumber, RespValue};
use frame::{Added, Frame, Left};
use marker::{ListKind, Marker, PairsKind, PayloadKind};

pub use error::DecodeError;

mod error;
mod frame;
mod marker;
#[cfg(test)]
mod tests;

/// What a peer may make a [`Decoder`] accept. The defaults are those of Redis 7 where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in a bulk string, blob error, verbatim string or streamed string: 512 MiB.
    pub bulk: usize,
    /// Elements, or pairs, that an aggregate may announce: 2,147,483,647.
    pub elements: u64,
    /// Bytes of a line after its first and before its CR LF: 64 KiB.
    pub line: usize,
    /// Aggregates and attributes around a value: 128. At most [`MAX_DEPTH`], whatever is asked for.
    pub depth: usize,
}

/// The deepest nesting that any [`Limits`] can allow. Dropping, cloning or printing a value follows its
/// nesting on the call stack, and this much takes less than half of a Rust thread's 2 MiB, even in a
/// build without optimisation.
pub const MAX_DEPTH: usize = 512;

impl Default for Limits {
    fn default() -> Self {
        Self { bulk: 512 << 20, elements: i32::MAX as u64, line: 64 << 10, depth: 128 }
    }
}

/// Decodes values that arrive in pieces, in time linear in their bytes however small the pieces are.
///
/// It reads what the [RESP specification][resp] and the [RESP3 specification][resp3] define. Streamed
/// strings and aggregates become the ordinary values. A push is accepted inside other values too,
/// though the specification has no use for it there.
///
/// It holds no bytes of its own, only the elements already complete, so its memory follows the bytes
/// received: a length that a peer announces reserves nothing.
///
/// ```
/// use flashkv::protocol::decode::{Decoder, Limits};
/// use flashkv::protocol::value::RespValue;
///
/// let mut decoder = Decoder::new(Limits::default());
/// assert_eq!(decoder.decode(b"*1\r\n$5\r\nhe"), Ok(None));
/// let value = RespValue::Array(vec![RespValue::bulk("hello")]);
/// assert_eq!(decoder.decode(b"*1\r\n$5\r\nhello\r\n+next"), Ok(Some((value, 15))));
/// ```
///
/// [resp]: https://redis.io/docs/latest/develop/reference/protocol-spec/
/// [resp3]: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    /// The aggregates that are open, outermost first, so that nesting costs no call stack.
    /// Invariant: never more than `limits.depth`.
    open: Vec<Frame>,
    /// What came of a streamed string: `Some` from its `$?` to its `;0`.
    streamed: Option<Vec<u8>>,
    /// Where the next line or payload starts. What is before it is in `open` and `streamed`.
    position: usize,
    /// How many bytes of the line at `position`, after its first, are known to hold no line break,
    /// so that a line that dribbles in is searched once.
    searched: usize,
    /// Set between a header that announces a payload and the end of that payload.
    payload: Option<Payload>,
    /// Bytes looked at or copied, and turns of the loop: the work done, for the test that it is linear.
    #[cfg(test)]
    work: usize,
}

impl Decoder {
    /// A decoder at the start of a value.
    pub fn new(mut limits: Limits) -> Self {
        limits.depth = limits.depth.min(MAX_DEPTH);
        Self {
            limits,
            open: Vec::new(),
            streamed: None,
            position: 0,
            searched: 0,
            payload: None,
            #[cfg(test)]
            work: 0,
        }
    }

    /// The value at the start of `buf` and the number of bytes it took, or `None` if its end is
    /// yet to come.
    ///
    /// After `None`, call again with the same bytes and more behind them. After a value, call with what
    /// follows it. After an error the bytes have lost their meaning and the connection should be closed;
    /// the decoder is back at the start of a value. The result does not depend on how the bytes were cut.
    pub fn decode(&mut self, buf: &[u8]) -> Result<Option<(RespValue, usize)>, DecodeError> {
        let outcome = self.resume(buf);
        if !matches!(outcome, Ok(None)) {
            self.reset();
        }
        outcome
    }

    /// Forgets a value that is only partly decoded.
    pub fn reset(&mut self) {
        self.open.clear();
        self.streamed = None;
        self.position = 0;
        self.searched = 0;
        self.payload = None;
    }

    fn resume(&mut self, buf: &[u8]) -> Result<Option<(RespValue, usize)>, DecodeError> {
        loop {
            self.count_work(1);
            let step = match self.payload {
                Some(payload) => self.read_payload(payload, buf)?,
                None => self.read_header(buf)?,
            };
            match step {
                Step::Starved => return Ok(None),
                Step::Taken => {}
                Step::Value(value) => {
                    if let Some(outermost) = self.attach(value) {
                        return Ok(Some((outermost, self.position)));
                    }
                }
            }
        }
    }

    /// Adds a value to the aggregate it belongs to, and that one, if it is thereby complete, to its
    /// own; returns the value that belongs to none.
    fn attach(&mut self, mut value: RespValue) -> Option<RespValue> {
        while let Some(frame) = self.open.pop() {
            match frame.add(value) {
                Added::Complete(aggregate) => value = aggregate,
                Added::Open(frame) => {
                    self.open.push(frame);
                    return None;
                }
            }
        }
        Some(value)
    }

    fn read_payload(&mut self, payload: Payload, buf: &[u8]) -> Result<Step, DecodeError> {
        let rest = buf.get(self.position..).unwrap_or_default();
        let Some((bytes, end)) = rest.split_at_checked(payload.length) else {
            return Ok(Step::Starved);
        };
        match end {
            [b'\r', b'\n', ..] => {}
            [] | [b'\r'] => return Ok(Step::Starved),
            [b'\r', byte, ..] | [byte, ..] => {
                return Err(DecodeError::UnterminatedPayload {
                    length: payload.length,
                    found: *byte,
                });
            }
        }
        self.count_work(bytes.len());
        self.payload = None;
        self.position += payload.length + 2;
        Ok(Step::Value(match payload.kind {
            PayloadKind::Bulk => RespValue::Bulk(bytes.to_vec()),
            PayloadKind::Error => RespValue::BlobError(bytes.to_vec()),
            PayloadKind::Verbatim => match bytes {
                [a, b, c, b':', text @ ..] => {
                    RespValue::Verbatim { format: [*a, *b, *c], text: text.to_vec() }
                }
                _ => return Err(malformed("a verbatim string's format and a colon", bytes)),
            },
            PayloadKind::Chunk => {
                self.streamed.get_or_insert_default().extend_from_slice(bytes);
                return Ok(Step::Taken);
            }
        }))
    }

    fn read_header(&mut self, buf: &[u8]) -> Result<Step, DecodeError> {
        let Some((marker, text)) = self.next_line(buf)? else { return Ok(Step::Starved) };
        if self.streamed.is_some() && marker != Marker::Chunk {
            return Err(DecodeError::UnfinishedString);
        }
        Ok(match marker {
            Marker::SimpleString => Step::Value(RespValue::SimpleString(text.to_vec())),
            Marker::Error => Step::Value(RespValue::Error(text.to_vec())),
            Marker::Integer => Step::Value(RespValue::Integer(
                str::from_utf8(text)
                    .ok()
                    .and_then(|text| text.parse().ok())
                    .ok_or_else(|| malformed("a 64-bit integer", text))?,
            )),
            Marker::Null if text.is_empty() => Step::Value(RespValue::Null),
            Marker::Null => return Err(malformed("nothing after a null's `_`", text)),
            Marker::Boolean => Step::Value(RespValue::Boolean(match text {
                b"t" => true,
                b"f" => false,
                _ => return Err(malformed("`t` or `f`", text)),
            })),
            Marker::Double => Step::Value(RespValue::Double(
                parse_double(text).ok_or_else(|| malformed("a double", text))?,
            )),
            Marker::BigNumber => Step::Value(RespValue::BigNumber(
                BigNumber::parse(text).ok_or_else(|| malformed("a big number", text))?,
            )),
            Marker::Payload(kind) => self.begin_payload(kind, text)?,
            Marker::Chunk => self.begin_chunk(text)?,
            Marker::List(kind) => self.open_list(kind, text)?,
            Marker::Pairs(kind) => self.open_pairs(kind, text)?,
            Marker::End => Step::Value(self.end_streamed_aggregate(text)?),
        })
    }

    /// The next line's first byte and the rest of it, once its CR LF is there.
    fn next_line<'b>(&mut self, buf: &'b [u8]) -> Result<Option<(Marker, &'b [u8])>, DecodeError> {
        let Some((first, rest)) = buf.get(self.position..).and_then(<[u8]>::split_first) else {
            return Ok(None);
        };
        let marker = Marker::of(*first).ok_or(DecodeError::UnknownType { found: *first })?;

        // Never look further than the limit: whether a line is too long must not depend on how much
        // of it has arrived.
        let limit = self.limits.line;
        let searchable = rest.get(..limit.saturating_add(1)).unwrap_or(rest);
        let unsearched = searchable.get(self.searched..).unwrap_or_default();
        let Some(offset) = memchr::memchr2(b'\r', b'\n', unsearched) else {
            if searchable.len() > limit {
                return Err(DecodeError::LineTooLong { limit });
            }
            self.count_work(unsearched.len());
            self.searched = searchable.len();
            return Ok(None);
        };
        self.count_work(offset);
        self.searched += offset;
        match rest.split_at_checked(self.searched) {
            Some((text, [b'\r', b'\n', ..])) => {
                self.position += text.len() + 3;
                self.searched = 0;
                Ok(Some((marker, text)))
            }
            Some((_, [b'\r'])) => Ok(None),
            _ => Err(DecodeError::BareLineBreak),
        }
    }

    fn begin_payload(&mut self, kind: PayloadKind, text: &[u8]) -> Result<Step, DecodeError> {
        match (kind, text) {
            (PayloadKind::Bulk, b"-1") => return Ok(Step::Value(RespValue::Null)),
            (PayloadKind::Bulk, b"?") => {
                self.streamed = Some(Vec::new());
                return Ok(Step::Taken);
            }
            _ => {}
        }
        let length = self.payload_length(0, text)?;
        self.payload = Some(Payload { kind, length });
        Ok(Step::Taken)
    }

    fn begin_chunk(&mut self, text: &[u8]) -> Result<Step, DecodeError> {
        let Some(string) = self.streamed.take() else {
            return Err(DecodeError::UnexpectedChunk);
        };
        let length = self.payload_length(string.len(), text)?;
        if length == 0 {
            return Ok(Step::Value(RespValue::Bulk(string)));
        }
        self.streamed = Some(string);
        self.payload = Some(Payload { kind: PayloadKind::Chunk, length });
        Ok(Step::Taken)
    }

    /// The length in `text`, if that many bytes may follow the `already` received of a string.
    fn payload_length(&self, already: usize, text: &[u8]) -> Result<usize, DecodeError> {
        let limit = self.limits.bulk;
        let length = parse_length(text)?;
        let total = length.saturating_add(already as u64);
        usize::try_from(length)
            .ok()
            .filter(|_| total <= limit as u64)
            .ok_or(DecodeError::BulkTooLong { length: total, limit })
    }

    fn open_list(&mut self, kind: ListKind, text: &[u8]) -> Result<Step, DecodeError> {
        let left = match (kind, text) {
            (ListKind::Array, b"-1") => return Ok(Step::Value(RespValue::NullArray)),
            (ListKind::Array | ListKind::Set, b"?") => Left::UntilEnd,
            _ => Left::Elements(self.element_count(text)?),
        };
        self.check_depth()?;
        let items = Vec::new();
        if left == Left::Elements(0) {
            return Ok(Step::Value(kind.value(items)));
        }
        self.open.push(Frame::List { kind, items, left });
        Ok(Step::Taken)
    }

    fn open_pairs(&mut self, kind: PairsKind, text: &[u8]) -> Result<Step, DecodeError> {
        let left = match (kind, text) {
            (PairsKind::Map, b"?") => Left::UntilEnd,
            _ => Left::Elements(self.element_count(text)?),
        };
        self.check_depth()?;
        let pairs = Vec::new();
        if kind == PairsKind::Map && left == Left::Elements(0) {
            return Ok(Step::Value(RespValue::Map(pairs)));
        }
        self.open.push(Frame::Pairs { kind, pairs, key: None, left });
        Ok(Step::Taken)
    }

    fn element_count(&self, text: &[u8]) -> Result<u64, DecodeError> {
        let limit = self.limits.elements;
        let count = parse_length(text)?;
        if count > limit {
            return Err(DecodeError::TooManyElements { count, limit });
        }
        Ok(count)
    }

    /// Whether one more aggregate may be opened; an empty one counts as well.
    fn check_depth(&self) -> Result<(), DecodeError> {
        let limit = self.limits.depth;
        if self.open.len() < limit { Ok(()) } else { Err(DecodeError::TooDeep { limit }) }
    }

    fn end_streamed_aggregate(&mut self, text: &[u8]) -> Result<RespValue, DecodeError> {
        if !text.is_empty() {
            return Err(malformed("nothing after an end's `.`", text));
        }
        match self.open.pop() {
            Some(Frame::List { kind, items, left: Left::UntilEnd }) => Ok(kind.value(items)),
            Some(Frame::Pairs { pairs, key: None, left: Left::UntilEnd, .. }) => {
                Ok(RespValue::Map(pairs))
            }
            Some(Frame::Pairs { key: Some(_), left: Left::UntilEnd, .. }) => {
                Err(DecodeError::KeyWithoutValue)
            }
            _ => Err(DecodeError::UnexpectedEnd),
        }
    }

    #[cfg(test)]
    fn count_work(&mut self, amount: usize) {
        self.work += amount;
    }

    #[cfg(not(test))]
    fn count_work(&mut self, _amount: usize) {}
}

/// What came of one header or payload.
enum Step {
    /// Its end has not arrived.
    Starved,
    /// It is taken note of, and what it belongs to goes on.
    Taken,
    Value(RespValue),
}

#[derive(Debug, Clone, Copy)]
struct Payload {
    kind: PayloadKind,
    length: usize,
}

/// A length is digits alone: Rust would also read `+1`.
fn parse_length(text: &[u8]) -> Result<u64, DecodeError> {
    str::from_utf8(text)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| malformed("a length", text))
}

fn malformed(expected: &'static str, text: &[u8]) -> DecodeError {
    DecodeError::malformed(expected, text)
}
