//! flashkv: a Redis-compatible, in-memory key-value server and the engine inside it.

pub mod number;
pub mod protocol;
