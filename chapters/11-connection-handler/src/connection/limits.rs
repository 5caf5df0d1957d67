//! What one client may cost. Sizes are in bytes.

use chapter_06::protocol;

/// Limits on one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What it may send.
    pub input: protocol::Limits,
    /// Requests that are run before other connections get their turn.
    pub batch: usize,
    /// Unsent replies above which nothing more is read or run; with 0, nothing ever is.
    pub output_pause: usize,
    /// Unsent replies above which the client is disconnected.
    pub output_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            input: protocol::Limits::default(),
            batch: 1000,
            output_pause: 1 << 20,
            output_max: 1 << 30,
        }
    }
}
