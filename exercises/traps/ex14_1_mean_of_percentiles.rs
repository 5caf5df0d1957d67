//! The mean of the connections' percentiles.

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
    let percentile = |share: f64| {
        let of_each = connections.iter().map(|connection| {
            Latencies::new(connection.latencies.clone(), connection.sent).percentile(share)
        });
        let of_each: Vec<f64> = of_each.collect::<Option<_>>()?;
        (!of_each.is_empty()).then(|| of_each.iter().sum::<f64>() / of_each.len() as f64)
    };
    Summary { p50: percentile(0.50), p99: percentile(0.99) }
}
