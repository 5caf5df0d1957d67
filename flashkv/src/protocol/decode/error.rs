//! Why bytes are no RESP value. Does not know what is done about it.

use std::fmt::Write;

/// Why bytes are no value that a [`Decoder`](super::Decoder) accepts.
///
/// What is malformed is what the [RESP specification][resp] and the [RESP3 specification][resp3] do
/// not allow; what is too long or too deep is so by the decoder's [`Limits`](super::Limits).
///
/// [resp]: https://redis.io/docs/latest/develop/reference/protocol-spec/
/// [resp3]: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A value starts with a byte that is no type's.
    #[error("no type starts with `{}`", found.escape_ascii())]
    UnknownType {
        /// That byte.
        found: u8,
    },
    /// A CR or LF that is not part of a CR LF.
    #[error("a line holds a CR or LF that is not a CR LF")]
    BareLineBreak,
    /// A line is longer than allowed.
    #[error("a line is longer than {limit} bytes")]
    LineTooLong {
        /// The bytes allowed.
        limit: usize,
    },
    /// Text does not say what its type or its place asks for.
    #[error("expected {expected}, found `{found}`")]
    Malformed {
        /// What should be there.
        expected: &'static str,
        /// What is there: its first 32 bytes, escaped.
        found: String,
    },
    /// A string announces, or its chunks add up to, more than allowed.
    #[error("a string of {length} bytes is longer than {limit}")]
    BulkTooLong {
        /// Its length so far.
        length: u64,
        /// The bytes allowed.
        limit: usize,
    },
    /// A payload is not followed by CR LF.
    #[error("expected CR LF after {length} bytes of payload, found `{}`", found.escape_ascii())]
    UnterminatedPayload {
        /// The length announced.
        length: usize,
        /// The first byte that is not as it should be.
        found: u8,
    },
    /// An aggregate announces more elements than allowed.
    #[error("an aggregate of {count} elements is larger than {limit}")]
    TooManyElements {
        /// The number announced.
        count: u64,
        /// The number allowed.
        limit: u64,
    },
    /// Aggregates are nested too deep.
    #[error("aggregates are nested more than {limit} deep")]
    TooDeep {
        /// The depth allowed.
        limit: usize,
    },
    /// A `;` outside a streamed string.
    #[error("a string's chunk outside a streamed string")]
    UnexpectedChunk,
    /// Something other than a `;` in a streamed string.
    #[error("a streamed string is not ended by `;0`")]
    UnfinishedString,
    /// A `.` where no streamed aggregate can end.
    #[error("an end outside a streamed aggregate")]
    UnexpectedEnd,
    /// A `.` after a key in a streamed map.
    #[error("a streamed map ends between a key and its value")]
    KeyWithoutValue,
}

impl DecodeError {
    /// A [`Malformed`](Self::Malformed) that keeps only so much of what was found as a log line bears.
    pub(super) fn malformed(expected: &'static str, found: &[u8]) -> Self {
        const SHOWN: usize = 32;
        let mut excerpt = String::new();
        for byte in found.iter().take(SHOWN) {
            write!(excerpt, "{}", byte.escape_ascii()).expect("writing to a String cannot fail");
        }
        if found.len() > SHOWN {
            excerpt.push('…');
        }
        Self::Malformed { expected, found: excerpt }
    }
}
