//! Requests that cannot be read, and what Redis 7.0 says about them.

use thiserror::Error;

/// A request that cannot be read. `Display` is the reply's text. The connection answers with it and closes: nobody can
/// tell any more where the next request starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// The number of arguments is not a number, or too large.
    #[error("ERR Protocol error: invalid multibulk length")]
    InvalidMultibulkLength,
    /// The length of an argument is not a number, negative or too large.
    #[error("ERR Protocol error: invalid bulk length")]
    InvalidBulkLength,
    /// An argument does not begin with `$`.
    #[error("ERR Protocol error: expected '$', got '{}'", char::from(*.0))]
    ExpectedBulk(u8),
    /// An inline request without an end.
    #[error("ERR Protocol error: too big inline request")]
    InlineTooLong,
    /// A number of arguments without an end.
    #[error("ERR Protocol error: too big mbulk count string")]
    MultibulkCountTooLong,
    /// The length of an argument without an end.
    #[error("ERR Protocol error: too big bulk count string")]
    BulkCountTooLong,
    /// An inline request whose quotes do not match.
    #[error("ERR Protocol error: unbalanced quotes in request")]
    UnbalancedQuotes,
    /// A request that outgrew the query buffer. Redis closes without a reply; the chapters say why.
    #[error("ERR Protocol error: too big request")]
    QueryBufferTooLong,
}
