//! The two versions of the protocol. Does not know how a client chooses one.

/// Which version of the protocol a connection speaks. Every connection starts in RESP2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProtocolVersion {
    /// Five types: simple strings, errors, integers, bulk strings, arrays.
    #[default]
    Resp2,
    /// RESP2 and more: maps, sets, doubles, booleans, pushes and others.
    Resp3,
}
