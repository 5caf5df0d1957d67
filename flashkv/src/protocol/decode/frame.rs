//! Aggregates that are still being filled. Knows nothing of bytes.

use crate::protocol::value::{Annotated, RespValue};

use super::marker::{ListKind, PairsKind};

/// An aggregate whose end has not arrived.
#[derive(Debug)]
pub(super) enum Frame {
    List {
        kind: ListKind,
        items: Vec<RespValue>,
        left: Left,
    },
    /// An attribute that has all its pairs waits for one more value: the one it is about.
    Pairs {
        kind: PairsKind,
        pairs: Vec<(RespValue, RespValue)>,
        /// The key whose value is next.
        key: Option<RespValue>,
        left: Left,
    },
}

/// What adding a value made of a [`Frame`].
pub(super) enum Added {
    Open(Frame),
    Complete(RespValue),
}

/// What is to come of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// So many elements, or pairs.
    Elements(u64),
    /// A `.` ends it.
    UntilEnd,
}

impl Frame {
    pub(super) fn add(self, value: RespValue) -> Added {
        match self {
            Self::List { kind, mut items, left } => {
                items.push(value);
                match left.after_one() {
                    Left::Elements(0) => Added::Complete(kind.value(items)),
                    left => Added::Open(Self::List { kind, items, left }),
                }
            }
            Self::Pairs { kind: PairsKind::Attribute, pairs, left: Left::Elements(0), .. } => {
                Added::Complete(RespValue::Attribute(Box::new(Annotated {
                    attributes: pairs,
                    value,
                })))
            }
            Self::Pairs { kind, pairs, key: None, left } => {
                Added::Open(Self::Pairs { kind, pairs, key: Some(value), left })
            }
            Self::Pairs { kind, mut pairs, key: Some(key), left } => {
                pairs.push((key, value));
                match (kind, left.after_one()) {
                    (PairsKind::Map, Left::Elements(0)) => Added::Complete(RespValue::Map(pairs)),
                    (_, left) => Added::Open(Self::Pairs { kind, pairs, key: None, left }),
                }
            }
        }
    }
}

impl Left {
    fn after_one(self) -> Self {
        match self {
            Self::Elements(count) => Self::Elements(count.saturating_sub(1)),
            Self::UntilEnd => Self::UntilEnd,
        }
    }
}
