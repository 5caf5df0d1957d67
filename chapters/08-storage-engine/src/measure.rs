//! The numbers of chapter 08: winners of SETNX, and the slowest insert while a table grows.

use std::collections::HashMap;
use std::hash::RandomState;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chapter_07::Sharded;
use chapter_08::storage::{Condition, Keyspace, Table};

const RACES: usize = 10_000;
const RACERS: usize = 2;
const KEYS: usize = 300_000;
const RUNS: usize = 3;

/// Prints both tables.
pub(crate) fn run() {
    println!("winners of {RACES} races of {RACERS} threads for a key with SETNX");
    println!("{:26}{:>12}{:>12}{:>12}", "", "none", "one", "several");
    print_race("naive check, then set", |store, key| {
        // Two locked steps: each is safe, and between them the answer may become wrong. A thread may lose its processor
        // at any point; here it gives it up, so that on a busy machine too it happens where it hurts.
        let taken = store.read(key, |keys| keys.contains(key));
        std::thread::yield_now();
        !taken && store.write(key, |keys| keys.set(key, b"mine", Condition::Always))
    });
    print_race("built one step", |store, key| {
        store.write(key, |keys| keys.set(key, b"mine", Condition::IfAbsent))
    });

    println!();
    println!(
        "insert of one key among {KEYS}, microseconds (best of {RUNS} runs, insert by insert)"
    );
    println!("{:26}{:>12}{:>12}{:>12}", "", "average", "99.9 %", "slowest");
    let hasher = RandomState::new();
    print_inserts("naive one HashMap", || {
        let mut map = HashMap::with_hasher(hasher.clone());
        move |key: &[u8]| map.insert(Box::<[u8]>::from(key), ()).is_some()
    });
    print_inserts("built segments", || {
        let mut table = Table::with_hasher(hasher.clone());
        move |key: &[u8]| table.insert(key, ()).is_some()
    });
}

fn print_race(name: &str, setnx: impl Fn(&Sharded<Keyspace>, &[u8]) -> bool + Sync) {
    let store = Sharded::default();
    let winners: Vec<AtomicUsize> = (0..RACES).map(|_| AtomicUsize::new(0)).collect();
    let arrived = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..RACERS {
            scope.spawn(|| {
                for (race, winners) in winners.iter().enumerate() {
                    let key = format!("lock:{race}");
                    // All start together: the last to arrive lets everybody go.
                    arrived.fetch_add(1, Ordering::AcqRel);
                    while arrived.load(Ordering::Acquire) < (race + 1) * RACERS {
                        // The others may be waiting for this very processor.
                        std::thread::yield_now();
                    }
                    winners
                        .fetch_add(usize::from(setnx(&store, key.as_bytes())), Ordering::Relaxed);
                }
            });
        }
    });
    let count = |range: std::ops::RangeInclusive<usize>| {
        winners.iter().filter(|winners| range.contains(&winners.load(Ordering::Relaxed))).count()
    };
    println!("{name:26}{:>12}{:>12}{:>12}", count(0..=0), count(1..=1), count(2..=RACERS));
}

/// Every run inserts the same keys under the same hashes, so that what the table itself does falls on the same inserts.
/// The least time that each took leaves out whatever else this machine was doing.
fn print_inserts<I: FnMut(&[u8]) -> bool>(name: &str, new_table: impl Fn() -> I) {
    let mut least = vec![Duration::MAX; KEYS];
    for _ in 0..RUNS {
        let mut insert = new_table();
        for (number, least) in least.iter_mut().enumerate() {
            let key = format!("key:{number}");
            let start = Instant::now();
            insert(key.as_bytes());
            *least = start.elapsed().min(*least);
        }
    }
    let average = least.iter().sum::<Duration>() / KEYS as u32;
    least.sort_unstable();
    let at = |place: usize| least.get(place).copied().unwrap_or_default();
    let micros =
        [average, at(KEYS - KEYS / 1000), at(KEYS - 1)].map(|time| time.as_secs_f64() * 1e6);
    println!("{name:26}{}", micros.map(|micros| format!("{micros:>12.2}")).concat());
}
