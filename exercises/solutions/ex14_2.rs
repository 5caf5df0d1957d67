//! 14.2 The requests nobody sent: sent late, but charged from when it was due.

use chapter_14::Latencies;
use std::time::Duration;

/// Sends so many requests at this pace, and says how long each would have had to be waited for.
pub fn measure(
    every: Duration,
    requests: u32,
    mut exchange: impl FnMut(Duration) -> Option<Duration>,
) -> Latencies {
    let mut samples = Vec::new();
    let mut free = Duration::ZERO;
    for due in (0..requests).map(|number| every * number) {
        let Some(answered) = exchange(due.max(free)) else { break };
        free = answered;
        samples.push(answered - due);
    }
    Latencies::new(samples, requests as usize)
}
