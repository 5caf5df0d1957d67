//! Removes expired keys in the background: often when many expire, seldom when none do.
//!
//! Knows when to sweep and for how long. What a step does, and which keys have expired, is `storage`'s business; expired
//! keys are invisible whether or not this runs.

use std::ops::AddAssign;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::commands::shared::Shared;
use crate::storage::{Engine, Millis, SweepPosition};

/// The pause between rounds while many keys expire.
const SHORTEST: Duration = Duration::from_millis(100);
/// The pause between rounds while none do, and so the longest that an expired key stays in memory, about.
const LONGEST: Duration = Duration::from_secs(1);
/// What a round may take in all: a quarter of the time even with the shortest pause.
const ROUND: Duration = Duration::from_millis(25);
/// What it may take before other tasks of this thread have a turn.
const TURN: Duration = Duration::from_micros(500);

/// What a round, or part of one, did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Round {
    /// Entries with a deadline that were looked at.
    pub(crate) examined: usize,
    /// Keys removed.
    pub(crate) expired: usize,
    /// Shards passed over because somebody held their lock.
    pub(crate) busy: usize,
    /// Whether it got to the end of all databases.
    pub(crate) finished: bool,
}

/// Sweeps until `shared` is asked to stop.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut position = SweepPosition::default();
    let mut interval = LONGEST;
    loop {
        store(&shared.metrics.sweeper.interval_ms, interval.as_millis());
        tokio::select! {
            biased;
            () = shared.stopped() => return,
            () = tokio::time::sleep(interval) => {}
        }
        if shared.active_expiry() {
            let done = full_round(&shared, &mut position).await;
            interval = next_interval(interval, &done);
        } else {
            interval = LONGEST;
        }
    }
}

/// A round in short turns, between which other tasks run.
async fn full_round(shared: &Shared, position: &mut SweepPosition) -> Round {
    let mut done = Round::default();
    let mut busy = Duration::ZERO;
    while !done.finished && busy < ROUND && !shared.is_stopping() {
        if busy > Duration::ZERO {
            tokio::task::yield_now().await;
        }
        let start = Instant::now();
        let now = shared.clock.now_ms();
        done += round(&shared.engine, position, now, || start.elapsed() < TURN);
        busy += start.elapsed();
    }
    let counters = &shared.metrics.sweeper;
    add(&counters.rounds, 1);
    add(&counters.cut_short, u128::from(!done.finished));
    add(&counters.examined, done.examined as u128);
    add(&counters.expired, done.expired as u128);
    add(&counters.busy_us, busy.as_micros());
    done
}

/// Sweeps from `position` to the end of all databases, or as long as `budget_left`.
pub(crate) fn round(
    engine: &Engine,
    position: &mut SweepPosition,
    now: Millis,
    mut budget_left: impl FnMut() -> bool,
) -> Round {
    let mut done = Round::default();
    while !done.finished && budget_left() {
        let swept = engine.sweep(position, now);
        done += Round {
            examined: swept.examined,
            expired: swept.expired,
            busy: usize::from(swept.busy),
            finished: swept.wrapped,
        };
    }
    done
}

/// How long to wait after a round. A large share of expired keys among those looked at says that memory is being wasted,
/// a small one that the work is.
pub(crate) fn next_interval(current: Duration, done: &Round) -> Duration {
    let next = if done.expired * 4 > done.examined {
        if done.finished { current / 2 } else { SHORTEST }
    } else if done.busy > 0 {
        current / 2
    } else if done.expired * 10 > done.examined {
        current
    } else {
        current * 2
    };
    next.clamp(SHORTEST, LONGEST)
}

impl AddAssign for Round {
    fn add_assign(&mut self, more: Round) {
        self.examined += more.examined;
        self.expired += more.expired;
        self.busy += more.busy;
        self.finished |= more.finished;
    }
}

fn add(counter: &AtomicU64, count: u128) {
    counter.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
}

fn store(counter: &AtomicU64, value: u128) {
    counter.store(u64::try_from(value).unwrap_or(u64::MAX), Ordering::Relaxed);
}

#[cfg(test)]
mod tests;
