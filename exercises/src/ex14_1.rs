//! 14.1 The percentile that lies (easy, about 10 minutes)
//!
//! This code makes one line of a report out of what each connection has measured. The report looks fine, and everybody
//! who reads it believes that the server is fast. It is not. Find out what is wrong, and mend it.
//!
//! - The p99 is the latency that 99 of 100 requests did not exceed: of all requests, whichever connection sent them.
//! - A request without an answer is later than every other. If a percentile falls on one, it is `None`.
//! - What was measured is reported: nothing is left out because it does not look right.

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
    todo!("find what is wrong with the figures, and delete this line when you begin");
    let percentile = |share: f64| {
        let of_each = connections.iter().filter_map(|connection| {
            // The first request of a connection is always slow: that is the connecting, not the server.
            let latencies = connection.latencies.get(1..)?.to_vec();
            let answered = latencies.len();
            Latencies::new(latencies, answered).percentile(share)
        });
        let of_each: Vec<f64> = of_each.collect();
        (!of_each.is_empty()).then(|| of_each.iter().sum::<f64>() / of_each.len() as f64)
    };
    Summary { p50: percentile(0.50), p99: percentile(0.99) }
}
