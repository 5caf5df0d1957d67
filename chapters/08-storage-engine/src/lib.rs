//! Strings, lists and atomic operations in a keyspace that grows without a stall.
//!
//! [`storage`] is one shard's data and single-threaded: a lock is put around it from outside, by
//! [`Sharded`](chapter_07::Sharded), and so is time (chapter 09). [`commands`] gives it to clients.

pub mod commands;
pub mod storage;
