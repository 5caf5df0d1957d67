//! The numbers of chapter 09: keys that stay in memory, and how long a request waits while somebody sweeps.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chapter_08::storage::Condition;
use chapter_09::sweeper::TURN;
use chapter_09::{Clock, Engine, Millis, Sweeper, Ttl};
use parking_lot::RwLock;

/// Keys that expire at one moment, and as many that stay.
const KEYS: usize = 100_000;
const NOW: Millis = 1_000_000;
/// How long requests come while somebody sweeps, and how often.
const RUN: Duration = Duration::from_millis(80);
const REQUEST_EVERY: Duration = Duration::from_micros(100);
const RUNS: usize = 6;

/// Prints both tables.
pub(crate) fn run() {
    println!("keys in memory after {KEYS} of {} have expired", 2 * KEYS);
    let engine = filled_engine();
    println!("{:26}{:>12}", "naive lazy only", engine.held());
    Sweeper::default().round(&engine, NOW, || true);
    println!("{:26}{:>12}", "built one round", engine.held());

    println!();
    println!("wait of a GET while these {KEYS} are removed, milliseconds");
    println!("{:26}{:>12}{:>12}{:>12}", "", "median", "99 %", "slowest");
    print_waits(
        "naive full scan, one lock",
        || {
            let entry = |number| (key(number), (b"value".to_vec(), deadline(number)));
            RwLock::new((0..2 * KEYS).map(entry).collect::<HashMap<_, _>>())
        },
        |map| map.write().retain(|_, (_, deadline)| *deadline >= NOW),
        |map, key| map.read().contains_key(key),
    );
    print_waits(
        "built samples",
        filled_engine,
        |engine| {
            let mut sweeper = Sweeper::default();
            while !sweep_for_a_turn(&mut sweeper, engine) {
                std::thread::yield_now();
            }
        },
        |engine, key| engine.read(&[key]).shard(key.as_bytes()).keyspace().contains(key.as_bytes()),
    );
}

/// As the sweeper's task does it; returns whether the round is over.
fn sweep_for_a_turn(sweeper: &mut Sweeper, engine: &Engine) -> bool {
    let start = Instant::now();
    sweeper.round(engine, NOW, || start.elapsed() < TURN).finished
}

fn key(number: usize) -> String {
    format!("key:{number}")
}

/// Every other key has expired.
fn deadline(number: usize) -> Millis {
    if number.is_multiple_of(2) { NOW - 1 } else { NOW + 1 }
}

fn filled_engine() -> Engine {
    let engine = Engine::new(Clock::manual(NOW));
    for number in 0..2 * KEYS {
        let key = key(number);
        let mut view = engine.write(&[&key]);
        let ttl = Ttl::At(deadline(number));
        view.shard_mut(key.as_bytes()).set(key.as_bytes(), b"value", Condition::Always, ttl);
    }
    engine
}

/// Prints the run with the shortest waits: others on this machine only add to them.
fn print_waits<S: Sync>(
    name: &str,
    store: impl Fn() -> S,
    sweep: impl Fn(&S) + Sync,
    has: impl Fn(&S, &str) -> bool,
) {
    let runs = (0..RUNS).map(|_| waits(&store(), &sweep, &has));
    let best = runs.min_by_key(|waits| at(waits, 99)).unwrap_or_default();
    let millis = [50, 99, 100].map(|share| at(&best, share).as_secs_f64() * 1e3);
    println!("{name:26}{}", millis.map(|millis| format!("{millis:>12.3}")).concat());
}

/// What so many of a hundred waits did not exceed.
fn at(waits: &[Duration], share: usize) -> Duration {
    waits.get(waits.len().saturating_sub(1) * share / 100).copied().unwrap_or_default()
}

/// Sweeps on one thread, and asks on another at fixed times. A request waits from its time on, even if those before it
/// were late: clients do not cease to come because one is kept waiting.
fn waits<S: Sync>(
    store: &S,
    sweep: &(impl Fn(&S) + Sync),
    has: &impl Fn(&S, &str) -> bool,
) -> Vec<Duration> {
    let mut waits = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| sweep(store));
        let start = Instant::now();
        for number in 0.. {
            let due = REQUEST_EVERY * number;
            if due > RUN {
                break;
            }
            std::thread::sleep(due.saturating_sub(start.elapsed()));
            assert!(has(store, &key(2 * number as usize + 1)), "this key has not expired");
            waits.push(start.elapsed() - due);
        }
    });
    waits.sort_unstable();
    waits
}
