//! flashkv: a Redis-compatible, in-memory key-value server and the engine inside it.

pub mod clock;
pub mod number;
pub mod protocol;
pub mod storage;

pub use clock::Clock;
pub use storage::{End, Engine, StorageError};
