//! The first byte of a line, which says what follows. Knows nothing of lengths or contents.

use crate::protocol::value::RespValue;

/// What a line's first byte says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    SimpleString,
    Error,
    Integer,
    Null,
    Boolean,
    Double,
    BigNumber,
    Payload(PayloadKind),
    Chunk,
    List(ListKind),
    Pairs(PairsKind),
    End,
}

impl Marker {
    pub(super) fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b'+' => Self::SimpleString,
            b'-' => Self::Error,
            b':' => Self::Integer,
            b'_' => Self::Null,
            b'#' => Self::Boolean,
            b',' => Self::Double,
            b'(' => Self::BigNumber,
            b'$' => Self::Payload(PayloadKind::Bulk),
            b'!' => Self::Payload(PayloadKind::Error),
            b'=' => Self::Payload(PayloadKind::Verbatim),
            b';' => Self::Chunk,
            b'*' => Self::List(ListKind::Array),
            b'~' => Self::List(ListKind::Set),
            b'>' => Self::List(ListKind::Push),
            b'%' => Self::Pairs(PairsKind::Map),
            b'|' => Self::Pairs(PairsKind::Attribute),
            b'.' => Self::End,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PayloadKind {
    Bulk,
    Error,
    Verbatim,
    Chunk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListKind {
    Array,
    Set,
    Push,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PairsKind {
    Map,
    /// Never streamed: the specification streams arrays, sets and maps only.
    Attribute,
}

impl ListKind {
    pub(super) fn value(self, items: Vec<RespValue>) -> RespValue {
        match self {
            Self::Array => RespValue::Array(items),
            Self::Set => RespValue::Set(items),
            Self::Push => RespValue::Push(items),
        }
    }
}
