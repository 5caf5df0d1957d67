//! What can go wrong with an operation on the data.

use thiserror::Error;

/// Why an operation was refused; the data is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StorageError {
    /// The key holds a value of another type.
    #[error("the key holds a value of another type")]
    WrongType,
    /// The value is not a decimal 64-bit integer.
    #[error("the value is not a 64-bit integer")]
    NotAnInteger,
    /// The sum does not fit 64 bits.
    #[error("the result does not fit a 64-bit integer")]
    Overflow,
    /// The string would be longer than the limit.
    #[error("the string would be longer than the limit")]
    TooLong,
    /// The index lies outside the list.
    #[error("the index lies outside the list")]
    IndexOutOfRange,
    /// There is no such key.
    #[error("no such key")]
    NoSuchKey,
}
