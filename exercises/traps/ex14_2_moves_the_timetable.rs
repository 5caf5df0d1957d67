//! The next is due so long after this one was sent.

use chapter_14::Latencies;
use std::time::Duration;

/// Sends so many requests at this pace, and says how long each would have had to be waited for.
pub fn measure(
    every: Duration,
    requests: u32,
    mut exchange: impl FnMut(Duration) -> Option<Duration>,
) -> Latencies {
    let mut samples = Vec::new();
    let (mut due, mut free) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..requests {
        let sent = due.max(free);
        let Some(answered) = exchange(sent) else { break };
        samples.push(answered - due);
        free = answered;
        due = sent + every;
    }
    Latencies::new(samples, requests as usize)
}
