//! One store behind a mutex, a reader-writer lock, or shards.
