//! Removes expired keys in the background: often when many expire, seldom when none do.
//!
//! Knows when to sweep and for how long. Which keys have expired is the shards' business, and they are invisible
//! whether or not this runs.

use std::future::Future;
use std::ops::AddAssign;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::{Engine, Millis, Swept};

/// The pause between rounds while many keys expire.
const SHORTEST: Duration = Duration::from_millis(100);
/// The pause between rounds while none do.
const LONGEST: Duration = Duration::from_secs(1);
/// What a round may take in all: a quarter of the time even with the shortest pause.
const ROUND: Duration = Duration::from_millis(25);
/// What it may take before other tasks of this thread have a turn.
pub const TURN: Duration = Duration::from_micros(500);

/// Goes over the shards, one sample from each, and over them again while many of the sampled have expired.
#[derive(Debug, Default)]
pub struct Sweeper {
    /// The shard that is next.
    shard: usize,
    /// What was done since shard 0.
    pass: Round,
}

/// What a round, or part of one, did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Deadlines that were looked at.
    pub examined: usize,
    /// Keys that were removed.
    pub expired: usize,
    /// Shards passed over because somebody held their lock.
    pub busy: usize,
    /// Whether it ended because few of the sampled keys had expired.
    pub finished: bool,
}

impl Sweeper {
    /// Sweeps until `stop` is ready; returns what was done in all. A step that was begun is finished.
    pub async fn run(engine: Arc<Engine>, stop: impl Future<Output = ()>) -> Round {
        let mut stop = pin!(stop);
        let mut sweeper = Sweeper::default();
        let mut total = Round::default();
        let mut interval = LONGEST;
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return total,
                () = tokio::time::sleep(interval) => {}
            }
            let done = sweeper.timed_round(&engine).await;
            interval = next_interval(interval, &done);
            total += done;
        }
    }

    // ANCHOR: timed_round
    /// A round in short turns, between which other tasks run.
    async fn timed_round(&mut self, engine: &Engine) -> Round {
        let mut done = Round::default();
        let mut spent = Duration::ZERO;
        while !done.finished && spent < ROUND {
            let start = Instant::now();
            done += self.round(engine, engine.clock().now_ms(), || start.elapsed() < TURN);
            spent += start.elapsed();
            tokio::task::yield_now().await;
        }
        done
    }
    // ANCHOR_END: timed_round

    // ANCHOR: round
    /// Sweeps on from where it stopped, as long as there is much to remove and `budget_left`.
    pub fn round(
        &mut self,
        engine: &Engine,
        now: Millis,
        mut budget_left: impl FnMut() -> bool,
    ) -> Round {
        let mut done = Round::default();
        while !done.finished && budget_left() {
            let step = match engine.sweep(self.shard, now) {
                None => Round { busy: 1, ..Round::default() },
                Some(Swept { examined, removed }) => {
                    Round { examined, expired: removed.len(), ..Round::default() }
                }
            };
            done += step;
            self.pass += step;
            self.shard = (self.shard + 1) % engine.shards();
            if self.shard == 0 {
                // Samples with few expired keys speak for the rest. Those with many call for more.
                let pass = std::mem::take(&mut self.pass);
                done.finished = pass.expired * 4 <= pass.examined;
            }
        }
        done
    }
    // ANCHOR_END: round
}

// ANCHOR: pace
/// How long to wait after a round. A large share of expired keys among those looked at says that memory is being wasted,
/// a small one that the work is.
pub fn next_interval(current: Duration, done: &Round) -> Duration {
    let next = if !done.finished {
        SHORTEST
    } else if done.expired * 4 > done.examined || done.busy > 0 {
        current / 2
    } else if done.expired * 10 > done.examined {
        current
    } else {
        current * 2
    };
    next.clamp(SHORTEST, LONGEST)
}
// ANCHOR_END: pace

impl AddAssign for Round {
    fn add_assign(&mut self, more: Round) {
        self.examined += more.examined;
        self.expired += more.expired;
        self.busy += more.busy;
        self.finished |= more.finished;
    }
}
