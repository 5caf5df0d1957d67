//! Every type of RESP2 and RESP3 as one value, and how each is written in either version.
//! Does not know how values are read (`decode`) or what any command replies.

use super::Version;
use super::double::write_double;

#[cfg(test)]
mod tests;

/// A value of the Redis protocol.
///
/// The sources are the [Redis serialization protocol specification][resp] and the
/// [RESP3 specification][resp3]; what RESP2 gets in place of a type it lacks is what Redis 7.0 sends.
/// Whatever one version can express survives decoding and encoding in that version, with one
/// exception: streamed strings and aggregates become the ordinary ones.
///
/// Values nest, and dropping, cloning, comparing, printing and encoding follow the nesting on the
/// call stack. The decoder bounds the depth of what a peer sends.
///
/// [resp]: https://redis.io/docs/latest/develop/reference/protocol-spec/
/// [resp3]: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#[derive(Debug, Clone, PartialEq)]
pub enum RespValue {
    /// Simple string, `+OK\r\n`. A CR or LF in it is written as a space, as Redis does.
    SimpleString(Vec<u8>),
    /// Simple error, `-ERR message\r\n`: the error code, then the message. CR and LF at its end are
    /// left out and others written as spaces, as Redis does.
    Error(Vec<u8>),
    /// Number, `:1\r\n`.
    Integer(i64),
    /// Bulk string (RESP3: blob string), `$2\r\nhi\r\n`. Any bytes.
    Bulk(Vec<u8>),
    /// No value: `_\r\n` in RESP3, the null bulk string `$-1\r\n` in RESP2.
    Null,
    /// No array: `*-1\r\n` in RESP2. RESP3 has one null for all, so there it is `_\r\n` too, and
    /// reads back as [`Null`](Self::Null).
    NullArray,
    /// Array, `*1\r\n:1\r\n`.
    Array(Vec<RespValue>),
    /// Map, `%1\r\n+key\r\n+value\r\n`, in the order received. RESP2: an array, keys and values in turn.
    Map(Vec<(RespValue, RespValue)>),
    /// Set, `~1\r\n:1\r\n`, in the order received. The protocol does not forbid repeated elements.
    /// RESP2: an array.
    Set(Vec<RespValue>),
    /// Double, `,1.5\r\n`. RESP2: a bulk string.
    Double(f64),
    /// Boolean, `#t\r\n`. RESP2: 1 or 0.
    Boolean(bool),
    /// Big number, `(12345678901234567890\r\n`. RESP2: a bulk string.
    BigNumber(BigNumber),
    /// Verbatim string, `=6\r\ntxt:hi\r\n`: text to show to a person as it is. RESP2: a bulk string
    /// of the text alone.
    Verbatim {
        /// What the text is: `txt` for plain text, `mkd` for Markdown.
        format: [u8; 3],
        /// The text. Any bytes.
        text: Vec<u8>,
    },
    /// Blob error, `!9\r\nERR a\r\nb\r\n`: an error of any bytes. RESP2: a simple error.
    BlobError(Vec<u8>),
    /// Push, `>1\r\n+message\r\n`: sent without a request, always at the top level. RESP2: an array,
    /// as pub/sub messages were before RESP3.
    Push(Vec<RespValue>),
    /// Attribute, `|1\r\n+key\r\n+value\r\n`, and the value it tells something about. RESP2: only
    /// the value.
    Attribute(Box<Annotated>),
}

/// A value and what an attribute tells about it ([RESP3 specification][resp3], "Attribute type").
///
/// [resp3]: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#[derive(Debug, Clone, PartialEq)]
pub struct Annotated {
    /// The auxiliary data, in the order received.
    pub attributes: Vec<(RespValue, RespValue)>,
    /// The value proper.
    pub value: RespValue,
}

// Large replies are vectors of these: a variant that makes every element bigger should be boxed.
const _: () = assert!(size_of::<RespValue>() == 32);

impl RespValue {
    /// A [`SimpleString`](Self::SimpleString).
    pub fn simple(text: impl Into<Vec<u8>>) -> Self {
        Self::SimpleString(text.into())
    }

    /// An [`Error`](Self::Error); `text` starts with the error code.
    pub fn error(text: impl Into<Vec<u8>>) -> Self {
        Self::Error(text.into())
    }

    /// A [`Bulk`](Self::Bulk).
    pub fn bulk(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bulk(bytes.into())
    }

    /// Appends this value as a peer that speaks `version` expects it.
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) {
        let resp3 = version == Version::Resp3;
        match self {
            Self::SimpleString(text) => write_line(b'+', text, out),
            Self::Error(text) => write_error(text, out),
            Self::Integer(number) => {
                write_line(b':', itoa::Buffer::new().format(*number).as_bytes(), out);
            }
            Self::Bulk(bytes) => write_blob(b'$', bytes, out),
            Self::Null | Self::NullArray if resp3 => out.extend_from_slice(b"_\r\n"),
            Self::Null => out.extend_from_slice(b"$-1\r\n"),
            Self::NullArray => out.extend_from_slice(b"*-1\r\n"),
            Self::Array(items) => write_items(b'*', items, version, out),
            Self::Map(pairs) if resp3 => write_pairs(b'%', pairs, version, out),
            Self::Map(pairs) => {
                // Cannot overflow: a pair takes 64 bytes of memory.
                write_header(b'*', pairs.len() * 2, out);
                write_pair_items(pairs, version, out);
            }
            Self::Set(items) => write_items(if resp3 { b'~' } else { b'*' }, items, version, out),
            Self::Double(number) => {
                let mut text = Vec::with_capacity(32);
                write_double(*number, &mut text);
                if resp3 { write_line(b',', &text, out) } else { write_blob(b'$', &text, out) }
            }
            Self::Boolean(value) => out.extend_from_slice(match (resp3, value) {
                (true, true) => b"#t\r\n",
                (true, false) => b"#f\r\n",
                (false, true) => b":1\r\n",
                (false, false) => b":0\r\n",
            }),
            Self::BigNumber(BigNumber(digits)) => {
                let digits = digits.as_bytes();
                if resp3 { write_line(b'(', digits, out) } else { write_blob(b'$', digits, out) }
            }
            Self::Verbatim { format, text } if resp3 => {
                write_header(b'=', format.len() + 1 + text.len(), out);
                out.extend_from_slice(format);
                out.push(b':');
                out.extend_from_slice(text);
                out.extend_from_slice(b"\r\n");
            }
            Self::Verbatim { text, .. } => write_blob(b'$', text, out),
            Self::BlobError(text) if resp3 => write_blob(b'!', text, out),
            Self::BlobError(text) => write_error(text, out),
            Self::Push(items) => write_items(if resp3 { b'>' } else { b'*' }, items, version, out),
            Self::Attribute(annotated) => {
                let Annotated { attributes, value } = annotated.as_ref();
                if resp3 {
                    write_pairs(b'|', attributes, version, out);
                }
                value.encode(version, out);
            }
        }
    }
}

/// The text of a RESP3 big number: decimal digits with an optional sign and no fraction, of any
/// length ([RESP3 specification][resp3], "Big number"). Kept as it was written, so `+07` stays `+07`.
///
/// [resp3]: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BigNumber(
    // Invariant: an optional sign, then one or more ASCII digits; so it holds no CR or LF.
    String,
);

impl BigNumber {
    /// The number written in `text`, or `None` if that is not a whole decimal number.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let digits = match text.split_first() {
            Some((b'+' | b'-', digits)) => digits,
            _ => text,
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        String::from_utf8(text.to_vec()).ok().map(Self)
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn write_error(text: &[u8], out: &mut Vec<u8>) {
    let end = text.iter().rposition(|byte| !is_line_break(*byte)).map_or(0, |last| last + 1);
    write_line(b'-', text.get(..end).unwrap_or(text), out);
}

/// Writes text that ends at the line's end. Text often quotes what a client sent, and a line break
/// let through there would let that client forge the next reply.
fn write_line(marker: u8, text: &[u8], out: &mut Vec<u8>) {
    out.push(marker);
    if memchr::memchr2(b'\r', b'\n', text).is_none() {
        out.extend_from_slice(text);
    } else {
        out.extend(text.iter().map(|byte| if is_line_break(*byte) { b' ' } else { *byte }));
    }
    out.extend_from_slice(b"\r\n");
}

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn write_blob(marker: u8, bytes: &[u8], out: &mut Vec<u8>) {
    write_header(marker, bytes.len(), out);
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}

fn write_items(marker: u8, items: &[RespValue], version: Version, out: &mut Vec<u8>) {
    write_header(marker, items.len(), out);
    for item in items {
        item.encode(version, out);
    }
}

fn write_pairs(marker: u8, pairs: &[(RespValue, RespValue)], version: Version, out: &mut Vec<u8>) {
    write_header(marker, pairs.len(), out);
    write_pair_items(pairs, version, out);
}

fn write_pair_items(pairs: &[(RespValue, RespValue)], version: Version, out: &mut Vec<u8>) {
    for (key, value) in pairs {
        key.encode(version, out);
        value.encode(version, out);
    }
}

fn write_header(marker: u8, count: usize, out: &mut Vec<u8>) {
    out.push(marker);
    out.extend_from_slice(itoa::Buffer::new().format(count).as_bytes());
    out.extend_from_slice(b"\r\n");
}
