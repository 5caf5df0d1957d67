//! Counters, kept per worker and summed when somebody asks: nothing that all workers share is touched by a request.
//!
//! Knows nothing of commands but their numbers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::storage::Tally;

/// The counters of all workers, and what is derived from them over time.
#[derive(Debug)]
pub struct Metrics {
    workers: Box<[Counters]>,
    /// Connections accepted.
    pub connections: AtomicU64,
    /// Connections refused because there were too many.
    pub rejected_connections: AtomicU64,
    /// What the sweeper did.
    pub sweeper: SweeperCounters,
    rates: Mutex<Rates>,
}

/// What the sweeper did since the start.
#[derive(Debug, Default)]
pub struct SweeperCounters {
    /// Rounds begun.
    pub rounds: AtomicU64,
    /// Rounds that ran out of time before they had seen everything.
    pub cut_short: AtomicU64,
    /// Entries with a deadline looked at.
    pub examined: AtomicU64,
    /// Keys removed.
    pub expired: AtomicU64,
    /// Microseconds spent.
    pub busy_us: AtomicU64,
    /// The current pause between rounds, in milliseconds.
    pub interval_ms: AtomicU64,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Result {
    /// It was run and answered.
    Ok,
    /// It was refused before it was run.
    Rejected,
    /// It was run and answered with an error.
    Failed,
}

/// One worker's counters, on cache lines of their own.
#[derive(Debug)]
#[repr(align(128))]
pub struct Counters {
    by_command: Box<[CommandCounters]>,
    errors: Mutex<BTreeMap<Box<str>, u64>>,
    hits: AtomicU64,
    misses: AtomicU64,
    expired: AtomicU64,
    changes: AtomicU64,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
}

/// What happened on locked keys in one batch of commands: gathered first, so that the counters that other threads may read
/// are touched once a batch.
#[derive(Debug, Default)]
pub struct Batch {
    hits: u64,
    misses: u64,
    expired: u64,
    changes: u64,
}

impl Batch {
    /// Adds what happened on one command's keys.
    pub fn add(&mut self, tally: &Tally) {
        self.hits += u64::from(tally.hits.get());
        self.misses += u64::from(tally.misses.get());
        self.expired += u64::from(tally.expired);
    }

    /// Adds changes to the data.
    pub fn add_changes(&mut self, changes: u64) {
        self.changes += changes;
    }
}

#[derive(Debug, Default)]
struct CommandCounters {
    calls: AtomicU64,
    us: AtomicU64,
    rejected: AtomicU64,
    failed: AtomicU64,
}

/// One command's figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommandStats {
    /// Times it was run.
    pub calls: u64,
    /// Microseconds it took in all.
    pub us: u64,
    /// Times it was refused before it was run.
    pub rejected: u64,
    /// Times it answered with an error.
    pub failed: u64,
}

/// The sums over all workers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Commands run.
    pub commands: u64,
    /// Reads that found their key.
    pub hits: u64,
    /// Reads that did not.
    pub misses: u64,
    /// Keys removed because their deadline had passed.
    pub expired: u64,
    /// Changes made to the data.
    pub changes: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
    /// Error replies.
    pub errors: u64,
}

/// Rates over the last seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rate {
    /// Commands a second.
    pub commands: u64,
    /// Bytes received a second.
    pub bytes_in: u64,
    /// Bytes sent a second.
    pub bytes_out: u64,
}

#[derive(Debug, Default)]
struct Rates {
    last: Totals,
    samples: Vec<Rate>,
    next: usize,
    peak_memory: usize,
}

/// Samples that a rate is averaged over.
const SAMPLES: usize = 16;

impl Metrics {
    /// Counters for that many workers and commands, all zero.
    pub fn new(workers: usize, commands: usize) -> Metrics {
        Metrics {
            workers: (0..workers.max(1)).map(|_| Counters::new(commands)).collect(),
            connections: AtomicU64::new(0),
            rejected_connections: AtomicU64::new(0),
            sweeper: SweeperCounters::default(),
            rates: Mutex::default(),
        }
    }

    /// The counters of one worker.
    pub fn worker(&self, index: usize) -> &Counters {
        self.workers.get(index % self.workers.len()).expect("there is at least one worker")
    }

    /// The sums over all workers and the sweeper.
    pub fn totals(&self) -> Totals {
        let mut sum = Totals::default();
        for worker in &self.workers {
            sum.commands +=
                worker.by_command.iter().map(|command| load(&command.calls)).sum::<u64>();
            sum.hits += load(&worker.hits);
            sum.misses += load(&worker.misses);
            sum.expired += load(&worker.expired);
            sum.changes += load(&worker.changes);
            sum.bytes_in += load(&worker.bytes_in);
            sum.bytes_out += load(&worker.bytes_out);
            sum.errors += worker.errors.lock().values().sum::<u64>();
        }
        sum.expired += load(&self.sweeper.expired);
        sum
    }

    /// One command's figures.
    pub fn command(&self, id: usize) -> CommandStats {
        let counters = self.workers.iter().filter_map(|worker| worker.by_command.get(id));
        counters.fold(CommandStats::default(), |sum, counters| CommandStats {
            calls: sum.calls + load(&counters.calls),
            us: sum.us + load(&counters.us),
            rejected: sum.rejected + load(&counters.rejected),
            failed: sum.failed + load(&counters.failed),
        })
    }

    /// Error replies by code.
    pub fn errors(&self) -> BTreeMap<Box<str>, u64> {
        let mut sum = BTreeMap::new();
        for worker in &self.workers {
            for (code, count) in worker.errors.lock().iter() {
                *sum.entry(code.clone()).or_default() += count;
            }
        }
        sum
    }

    /// Takes a sample for the rates, `elapsed` after the one before.
    pub fn sample(&self, elapsed: Duration) {
        let totals = self.totals();
        let mut rates = self.rates.lock();
        let last = std::mem::replace(&mut rates.last, totals);
        let per_second = |now: u64, before: u64| {
            (u128::from(now.saturating_sub(before)) * 1000 / elapsed.as_millis().max(1)) as u64
        };
        let rate = Rate {
            commands: per_second(totals.commands, last.commands),
            bytes_in: per_second(totals.bytes_in, last.bytes_in),
            bytes_out: per_second(totals.bytes_out, last.bytes_out),
        };
        let at = rates.next;
        rates.next = (at + 1) % SAMPLES;
        match rates.samples.get_mut(at) {
            Some(sample) => *sample = rate,
            None => rates.samples.push(rate),
        }
    }

    /// The mean of the last samples.
    pub fn rate(&self) -> Rate {
        let rates = self.rates.lock();
        let count = rates.samples.len().max(1) as u64;
        Rate {
            commands: rates.samples.iter().map(|rate| rate.commands).sum::<u64>() / count,
            bytes_in: rates.samples.iter().map(|rate| rate.bytes_in).sum::<u64>() / count,
            bytes_out: rates.samples.iter().map(|rate| rate.bytes_out).sum::<u64>() / count,
        }
    }

    /// Notes how much memory is in use; returns the most that was noted.
    pub fn note_memory(&self, bytes: usize) -> usize {
        let mut rates = self.rates.lock();
        rates.peak_memory = rates.peak_memory.max(bytes);
        rates.peak_memory
    }

    /// Sets everything that CONFIG RESETSTAT resets to zero.
    pub fn reset(&self) {
        for worker in &self.workers {
            let by_command = worker.by_command.iter();
            let all = by_command.flat_map(|command| {
                [&command.calls, &command.us, &command.rejected, &command.failed]
            });
            let own = [
                &worker.hits,
                &worker.misses,
                &worker.expired,
                &worker.bytes_in,
                &worker.bytes_out,
            ];
            all.chain(own).for_each(|counter| counter.store(0, Ordering::Relaxed));
            worker.errors.lock().clear();
        }
        let Metrics { connections, rejected_connections, sweeper, rates, .. } = self;
        for counter in [connections, rejected_connections, &sweeper.expired] {
            counter.store(0, Ordering::Relaxed);
        }
        let mut rates = rates.lock();
        *rates = Rates { peak_memory: rates.peak_memory, ..Rates::default() };
    }
}

impl Counters {
    fn new(commands: usize) -> Counters {
        Counters {
            by_command: (0..commands).map(|_| CommandCounters::default()).collect(),
            errors: Mutex::default(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            expired: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
        }
    }

    /// Counts calls of one command and the time they took together.
    pub fn count_calls(&self, id: usize, calls: u64, time: Duration) {
        if let Some(counters) = self.by_command.get(id) {
            add(&counters.calls, calls);
            add(&counters.us, u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        }
    }

    /// Counts a call that was refused or failed.
    pub fn count_unsuccessful(&self, id: usize, result: Result) {
        if let Some(counters) = self.by_command.get(id) {
            match result {
                Result::Ok => {}
                Result::Rejected => add(&counters.rejected, 1),
                Result::Failed => add(&counters.failed, 1),
            }
        }
    }

    /// Counts an error reply by its code.
    pub fn count_error(&self, code: &[u8]) {
        /// Codes are few; a bug that makes them up must not fill the memory.
        const CODES: usize = 128;
        let code = String::from_utf8_lossy(code);
        let mut errors = self.errors.lock();
        if let Some(count) = errors.get_mut(&*code) {
            *count += 1;
        } else if errors.len() < CODES {
            errors.insert(code.into(), 1);
        }
    }

    /// Counts what happened since the last time.
    pub fn count_batch(&self, batch: &mut Batch) {
        let batch = std::mem::take(batch);
        add(&self.hits, batch.hits);
        add(&self.misses, batch.misses);
        add(&self.expired, batch.expired);
        add(&self.changes, batch.changes);
    }

    /// Counts changes to the data.
    pub fn count_changes(&self, changes: u64) {
        add(&self.changes, changes);
    }

    /// Counts bytes received and sent.
    pub fn count_bytes(&self, received: usize, sent: usize) {
        add(&self.bytes_in, received as u64);
        add(&self.bytes_out, sent as u64);
    }
}

fn add(counter: &AtomicU64, count: u64) {
    if count > 0 {
        counter.fetch_add(count, Ordering::Relaxed);
    }
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
