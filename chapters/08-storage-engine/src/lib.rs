//! Strings, lists and atomic operations in a keyspace that grows without a stall.
