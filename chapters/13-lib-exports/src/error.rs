//! What can go wrong, for a program to act upon and for a person to read.

use thiserror::Error;

use crate::{ServerError, StorageError};

/// Why the limiter could not do what it was asked for.
// ANCHOR: error
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LimiterError {
    /// Somebody has put something else where a client's count belongs.
    #[error("'{key}' does not hold a count")]
    NotACount {
        /// The key, as redis-cli would write it.
        key: String,
        /// What the engine said.
        source: StorageError,
    },
    /// The console cannot be opened.
    #[error("cannot open the console")]
    Console(#[from] ServerError),
}
// ANCHOR_END: error
