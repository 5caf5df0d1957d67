//! What to say about a heap of latencies. Measures nothing itself.

use std::time::Duration;

/// The latencies of one run, those that never came included.
///
/// All are kept and sorted: exact, at four bytes each. A histogram in steps, such as HdrHistogram, takes the same memory
/// for any number of them, and is a little less exact; that pays for runs of hours.
// ANCHOR: latencies
#[derive(Debug, Clone)]
pub struct Latencies {
    /// Microseconds, ascending.
    sorted: Vec<u32>,
    /// Requests, the unanswered ones included.
    total: usize,
}

impl Latencies {
    /// Of `total` requests, those that were answered took so long.
    pub fn new(samples: Vec<Duration>, total: usize) -> Latencies {
        let micros = |time: Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let mut sorted: Vec<u32> = samples.into_iter().map(micros).collect();
        sorted.sort_unstable();
        Latencies { sorted, total }
    }

    /// Requests that were answered.
    pub fn answered(&self) -> usize {
        self.sorted.len()
    }

    /// Milliseconds that `share` of all requests did not exceed; `None` if not so many were answered: what never came
    /// is later than all the others, not left out.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let rank = (share * self.total as f64).ceil() as usize;
        self.sorted.get(rank.saturating_sub(1)).map(|micros| f64::from(*micros) / 1e3)
    }

    /// The mean in milliseconds, of those that were answered.
    pub fn mean(&self) -> Option<f64> {
        let sum: u64 = self.sorted.iter().map(|micros| u64::from(*micros)).sum();
        (!self.sorted.is_empty()).then(|| sum as f64 / 1e3 / self.sorted.len() as f64)
    }
}
// ANCHOR_END: latencies

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_sample_that_so_many_do_not_exceed() {
        let latencies = Latencies::new((1..=100).rev().map(Duration::from_millis).collect(), 100);
        let at = [0.0, 0.5, 0.99, 1.0].map(|share| latencies.percentile(share));
        assert_eq!(at, [Some(1.0), Some(50.0), Some(99.0), Some(100.0)]);
        assert_eq!(latencies.mean(), Some(50.5));
    }

    #[test]
    fn what_never_came_is_later_than_all() {
        let latencies = Latencies::new(vec![Duration::from_millis(1); 98], 100);
        assert_eq!(latencies.percentile(0.98), Some(1.0));
        assert_eq!(latencies.percentile(0.99), None);
        assert_eq!(Latencies::new(Vec::new(), 0).mean(), None);
    }
}
