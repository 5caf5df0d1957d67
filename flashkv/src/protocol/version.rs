//! The two versions of the protocol. Does not know how a client chooses one.

/// Which protocol version a connection speaks.
///
/// Every connection starts in RESP2 and may ask for RESP3 with `HELLO 3`
/// ([RESP3 specification](https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md),
/// "The HELLO command and connection handshake").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Version {
    /// The five types every client knows.
    #[default]
    Resp2,
    /// RESP2 and the types of Redis 6: maps, sets, doubles, pushes and so on.
    Resp3,
}

/// The version of Redis whose replies are the standard, as HELLO and INFO tell it to clients that choose by it.
pub const REDIS_VERSION: &str = "7.0.15";
