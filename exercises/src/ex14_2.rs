//! 14.2 The requests nobody sent (medium, about 20 minutes)
//!
//! A load generator with one connection, on which one request at a time is under way. It is to measure what clients would
//! meet that come at a fixed pace and do not wait for each other: an open loop, although the connection is not.
//!
//! Time here is a `Duration` since the start, and nothing sleeps: `exchange(at)` sends the next request at that moment and
//! returns the moment at which its reply came, or `None` if the connection is lost.
//!
//! - Request n (from 0) is due at n times `every`.
//! - All requests are sent, each as soon as it can be, however late it gets. None is sent before it is due, and the
//!   timetable is never moved.
//! - A latency counts from when its request was due.
//! - When the connection is lost, nothing more is sent. What was not answered or not sent counts as unanswered.

use chapter_14::Latencies;
use std::time::Duration;

/// Sends so many requests at this pace, and says how long each would have had to be waited for.
pub fn measure(
    every: Duration,
    requests: u32,
    mut exchange: impl FnMut(Duration) -> Option<Duration>,
) -> Latencies {
    todo!()
}
