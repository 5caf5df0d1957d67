//! The numbers of chapter 09: keys that stay in memory, and how long a request waits while somebody sweeps.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chapter_08::storage::Condition;
use chapter_09::{Clock, Engine, Millis, Sweeper, Ttl};
use parking_lot::RwLock;

const SHORT_LIVED: usize = 100_000;
const KEYS: usize = 300_000;
const RUN: Duration = Duration::from_millis(200);
const RUNS: usize = 7;
/// Between sweeps, and between requests.
const SWEEP_EVERY: Duration = Duration::from_millis(50);
const REQUEST_EVERY: Duration = Duration::from_micros(100);

/// Prints both tables.
pub(crate) fn run() {
    println!("keys in memory after {SHORT_LIVED} keys have expired");
    let clock = Clock::manual(1_000_000);
    let engine = Engine::new(clock.clone());
    (0..SHORT_LIVED).for_each(|number| set(&engine, number, Ttl::At(1_000_500)));
    clock.advance(1_000);
    println!("{:26}{:>12}", "naive lazy only", engine.held());
    Sweeper::default().round(&engine, clock.now_ms(), || true);
    println!("{:26}{:>12}", "built one sweeper's round", engine.held());

    println!();
    println!("wait of a GET among {KEYS} keys that end, none now, milliseconds");
    println!("{:26}{:>12}{:>12}{:>12}", "", "median", "99 %", "slowest");
    let key = |number: usize| format!("key:{}", number % KEYS);
    let entry = |number| (key(number), (b"value".to_vec(), u64::MAX));
    let map: HashMap<String, (Vec<u8>, Millis)> = (0..KEYS).map(entry).collect();
    let map = RwLock::new(map);
    print_waits(
        "naive full scan, one lock",
        || map.write().retain(|_, (_, deadline)| *deadline > 1_000_000),
        |number| map.read().contains_key(&key(number)),
    );
    (0..KEYS).for_each(|number| set(&engine, number, Ttl::At(u64::MAX)));
    let mut sweeper = Sweeper::default();
    print_waits(
        "built samples",
        || assert_eq!(sweeper.round(&engine, clock.now_ms(), || true).expired, 0),
        |number| {
            let key = key(number);
            engine.read(&[&key]).shard(key.as_bytes()).keyspace().contains(key.as_bytes())
        },
    );
}

fn set(engine: &Engine, number: usize, ttl: Ttl) {
    let key = format!("key:{number}");
    let mut view = engine.write(&[&key]);
    view.shard_mut(key.as_bytes()).set(key.as_bytes(), b"value", Condition::Always, ttl);
}

/// Prints the run with the shortest waits: others on this machine only add to them.
fn print_waits(name: &str, mut sweep: impl FnMut() + Send, request: impl Fn(usize) -> bool) {
    let runs = (0..RUNS).map(|_| waits(&mut sweep, &request));
    let best = runs.min_by_key(|waits| at(waits, 99)).unwrap_or_default();
    let millis = [50, 99, 100].map(|share| at(&best, share).as_secs_f64() * 1e3);
    println!("{name:26}{}", millis.map(|millis| format!("{millis:>12.3}")).concat());
}

/// What so many of a hundred waits did not exceed.
fn at(waits: &[Duration], share: usize) -> Duration {
    waits.get(waits.len().saturating_sub(1) * share / 100).copied().unwrap_or_default()
}

/// Sweeps now and then on one thread, and asks on another at fixed times. A request waits from its time on, even if those
/// before it were late: clients do not cease to come because one is kept waiting.
fn waits(sweep: &mut (impl FnMut() + Send), request: &impl Fn(usize) -> bool) -> Vec<Duration> {
    let stop = AtomicBool::new(false);
    let mut waits = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                sweep();
                std::thread::sleep(SWEEP_EVERY);
            }
        });
        let start = Instant::now();
        for number in 0.. {
            let due = REQUEST_EVERY * number;
            if due > RUN {
                break;
            }
            while start.elapsed() < due {
                std::hint::spin_loop();
            }
            assert!(request(number as usize), "no key has expired");
            waits.push(start.elapsed() - due);
        }
        stop.store(true, Ordering::Relaxed);
    });
    waits.sort_unstable();
    waits
}
