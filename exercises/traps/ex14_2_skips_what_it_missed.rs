//! Leaves out what was due while it waited.

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
    let mut total = 0;
    for due in (0..requests).map(|number| every * number) {
        if due < free {
            continue;
        }
        total += 1;
        let Some(answered) = exchange(due) else { break };
        free = answered;
        samples.push(answered - due);
    }
    Latencies::new(samples, total)
}
