//! Every limit on what a client may send or leave unread, in one place.
//!
//! The values are Redis 7's defaults where it has one.

/// Limits on one connection's input and output. All sizes are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest bulk string (`proto-max-bulk-len`).
    pub bulk: usize,
    /// Most arguments that a request may announce.
    pub arguments: i64,
    /// Longest inline request, and longest line that announces a length.
    pub line: usize,
    /// Most bytes of one unfinished request (`client-query-buffer-limit`).
    pub query_buffer: usize,
    /// Most arguments of a request before authentication.
    pub unauthenticated_arguments: i64,
    /// Longest bulk string before authentication.
    pub unauthenticated_bulk: usize,
    /// Unsent output above which nothing more is read from the client.
    pub output_pause: usize,
    /// Unsent output above which the client is disconnected; 0 means never (`client-output-buffer-limit normal`).
    pub output_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bulk: 512 << 20,
            arguments: i64::from(i32::MAX),
            line: 64 << 10,
            query_buffer: 1 << 30,
            unauthenticated_arguments: 10,
            unauthenticated_bulk: 16 << 10,
            output_pause: 1 << 20,
            output_max: 0,
        }
    }
}
