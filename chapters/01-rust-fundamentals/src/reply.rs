//! What a command gives back, and how it looks on a terminal: as in redis-cli.
//!
//! Knows nothing of how a reply came about.

use std::fmt;

// ANCHOR: reply
/// The outcome of a command. A value is borrowed from the store, not copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'store> {
    /// It is done.
    Done,
    /// The value asked for.
    Value(&'store str),
    /// There is no such key.
    Missing,
    /// So many keys were removed.
    Removed(usize),
}

impl fmt::Display for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Done => f.write_str("OK"),
            // In quotes and escaped, so that nobody takes the value "(nil)" for a missing key.
            Reply::Value(value) => write!(f, "{value:?}"),
            Reply::Missing => f.write_str("(nil)"),
            Reply::Removed(count) => write!(f, "(integer) {count}"),
        }
    }
}
// ANCHOR_END: reply

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_look_as_in_redis_cli() {
        assert_eq!(Reply::Done.to_string(), "OK");
        assert_eq!(Reply::Value("(nil)").to_string(), "\"(nil)\"");
        assert_eq!(Reply::Value("a\"b").to_string(), "\"a\\\"b\"");
        assert_eq!(Reply::Missing.to_string(), "(nil)");
        assert_eq!(Reply::Removed(1).to_string(), "(integer) 1");
    }
}
