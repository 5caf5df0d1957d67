//! Every type of RESP2 and RESP3 as one value. How each is written is the reply writer's; how values are read is not
//! this course's: a server reads requests, which chapter 06 does.

use bytes::Bytes;

use super::{ProtocolVersion, Reply};

// ANCHOR: value
/// A value of the Redis protocol
/// ([specification](https://redis.io/docs/latest/develop/reference/protocol-spec/)).
#[derive(Debug, Clone, PartialEq)]
pub enum RespValue {
    /// `+OK`: a line of text.
    SimpleString(Bytes),
    /// `-ERR message`: a line that starts with the error's code.
    Error(Bytes),
    /// `:1`: a 64-bit integer.
    Integer(i64),
    /// `$2`, then two bytes: any bytes.
    Bulk(Bytes),
    /// `*2`, then two values.
    Array(Vec<RespValue>),
    /// No value: `_`, in RESP2 `$-1`.
    Null,
    /// No array: `*-1`, in RESP3 `_` as well.
    NullArray,
    /// `%1`, then a key and a value. RESP2: an array.
    Map(Vec<(RespValue, RespValue)>),
    /// `~1`, then a value. RESP2: an array.
    Set(Vec<RespValue>),
    /// `>1`, then a value: sent without a request. RESP2: an array.
    Push(Vec<RespValue>),
    /// `,1.5`. RESP2: a bulk string.
    Double(f64),
    /// `#t`. RESP2: an integer.
    Boolean(bool),
    /// `(123`: the digits of an integer of any size. RESP2: a bulk string.
    BigNumber(Bytes),
    /// `=6`, then a format of three letters, a colon, a text. RESP2: a bulk string.
    Verbatim([u8; 3], Bytes),
    /// `!5`, then an error of any bytes. RESP2: an error.
    BlobError(Bytes),
    /// `|1`, then a key and a value about the value that follows. RESP2: only that value.
    Attribute(Vec<(RespValue, RespValue)>, Box<RespValue>),
}
// ANCHOR_END: value

impl RespValue {
    /// Appends this value as a peer that speaks `version` expects it.
    pub fn encode(&self, version: ProtocolVersion, out: &mut Vec<u8>) {
        self.write(&mut Reply::new(out, version));
    }

    // ANCHOR: write
    pub(super) fn write(&self, reply: &mut Reply<'_>) {
        match self {
            Self::SimpleString(text) => reply.line(b'+', text),
            Self::Error(text) => reply.line(b'-', text),
            Self::Integer(number) => reply.integer(*number),
            Self::Bulk(bytes) => reply.bulk(bytes),
            Self::Null => reply.null(),
            Self::NullArray => reply.null_array(),
            Self::Double(number) => reply.double(*number),
            Self::Boolean(value) => reply.boolean(*value),
            Self::BigNumber(digits) => reply.big_number(digits),
            Self::Verbatim(format, text) => reply.verbatim(*format, text),
            Self::BlobError(text) => reply.blob_error(text),
            Self::Array(items) => {
                reply.array(items.len());
                items.iter().for_each(|item| item.write(reply));
            }
            Self::Set(items) => {
                reply.set(items.len());
                items.iter().for_each(|item| item.write(reply));
            }
            Self::Push(items) => {
                reply.push(items.len());
                items.iter().for_each(|item| item.write(reply));
            }
            Self::Map(pairs) => {
                reply.map(pairs.len());
                write_pairs(pairs, reply);
            }
            Self::Attribute(pairs, value) => {
                if reply.attribute(pairs.len()) {
                    write_pairs(pairs, reply);
                }
                value.write(reply);
            }
        }
    }
    // ANCHOR_END: write
}

fn write_pairs(pairs: &[(RespValue, RespValue)], reply: &mut Reply<'_>) {
    for (key, value) in pairs {
        key.write(reply);
        value.write(reply);
    }
}
