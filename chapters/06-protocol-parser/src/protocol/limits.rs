//! Every limit on what a client may send, in one place. The values are Redis 7's defaults.

/// Limits on one connection's input. All sizes are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest argument (`proto-max-bulk-len`): 512 MiB.
    pub bulk: usize,
    /// Most arguments that a request may announce.
    pub arguments: i64,
    /// Longest inline request, and longest line that announces a length: 64 KiB.
    pub line: usize,
    /// Most bytes of one unfinished request (`client-query-buffer-limit`): 1 GiB.
    pub query_buffer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bulk: 512 << 20,
            arguments: i64::from(i32::MAX),
            line: 64 << 10,
            query_buffer: 1 << 30,
        }
    }
}
