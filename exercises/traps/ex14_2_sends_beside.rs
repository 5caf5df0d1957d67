//! Sends when it is due, whether the connection is free or not.

use chapter_14::Latencies;
use std::time::Duration;

/// Sends so many requests at this pace, and says how long each would have had to be waited for.
pub fn measure(
    every: Duration,
    requests: u32,
    mut exchange: impl FnMut(Duration) -> Option<Duration>,
) -> Latencies {
    let mut samples = Vec::new();
    for due in (0..requests).map(|number| every * number) {
        let Some(answered) = exchange(due) else { break };
        samples.push(answered - due);
    }
    Latencies::new(samples, requests as usize)
}
