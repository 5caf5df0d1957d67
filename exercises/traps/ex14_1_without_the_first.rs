//! One heap, but still without the first of each.

use chapter_14::Latencies;
use std::time::Duration;

/// What one connection has measured.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Requests that it sent.
    pub sent: usize,
    /// Of those that were answered, how long it took.
    pub latencies: Vec<Duration>,
}

/// A line of the report, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Half of all requests did not take longer.
    pub p50: Option<f64>,
    /// 99 of 100 did not.
    pub p99: Option<f64>,
}

/// Sums up all connections.
pub fn summary(connections: &[Connection]) -> Summary {
    let latencies =
        connections.iter().flat_map(|connection| connection.latencies.iter().copied().skip(1));
    let sent = connections.iter().map(|connection| connection.sent).sum();
    let all = Latencies::new(latencies.collect(), sent);
    Summary { p50: all.percentile(0.50), p99: all.percentile(0.99) }
}
