//! Strings, lists and atomic operations in a keyspace that grows without a stall.
//!
//! Everything here is one shard's data and single-threaded: a lock is put around it from outside
//! ([`Sharded`](chapter_07::Sharded)), and so is time (chapter 09).

pub mod number;
pub mod storage;
