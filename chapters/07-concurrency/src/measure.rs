//! The numbers of chapter 07: operations per second by threads and store, and what padding is worth.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chapter_07::store::{MutexStore, RwLockStore, ShardedStore, Store};

const THREADS: [usize; 3] = [1, 2, 4];
const KEYS: usize = 10_000;
const RUN: Duration = Duration::from_millis(20);
const RUNS: usize = 9;

/// Prints both tables.
pub(crate) fn run() {
    let columns = |cells: [u64; 3]| cells.map(|cell| format!("{cell:>14}")).concat();
    println!("operations per second in process, 9 GET to 1 SET over {KEYS} keys");
    println!("{:22}{}", "threads", columns(THREADS.map(|threads| threads as u64)));
    let keys: Vec<Bytes> = (0..KEYS).map(|number| format!("key:{number}").into()).collect();
    let stores: [(&str, &dyn Store); 3] = [
        ("naive mutex", &MutexStore::default()),
        ("naive rwlock", &RwLockStore::default()),
        ("built sharded", &ShardedStore::default()),
    ];
    for (name, store) in stores {
        keys.iter().for_each(|key| drop(store.set(key, b"value")));
        let rate = |threads| {
            median_rate(threads, |thread, turn| {
                // A stride that is prime to the number of keys visits them all, in another order than they were made.
                let at = (thread * 2500 + turn * 7919) % keys.len();
                let Some(key) = keys.get(at) else { return };
                match turn % 10 {
                    0 => drop(store.set(key, b"value")),
                    _ => drop(std::hint::black_box(store.get(key))),
                }
            })
        };
        println!("{name:22}{}", columns(THREADS.map(rate)));
    }

    println!();
    println!("additions per second to atomic counters, by two threads");
    let plain = [AtomicU64::new(0), AtomicU64::new(0)];
    let padded = [Padded(AtomicU64::new(0)), Padded(AtomicU64::new(0))];
    let [first, second] = &plain;
    print_additions("one for both", [first, first]);
    print_additions("naive side by side", [first, second]);
    print_additions("built 128 bytes apart", padded.each_ref().map(|padded| &padded.0));
}

#[repr(align(128))]
struct Padded(AtomicU64);

fn print_additions(name: &str, counters: [&AtomicU64; 2]) {
    let rate = median_rate(2, |thread, _| {
        if let Some(counter) = counters.get(thread) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    println!("{name:22}{rate:>14}");
}

/// How many times a second so many threads together get `job` done: the median of some runs. Not the best of them, in
/// which only one thread was let run, and nobody was in its way.
fn median_rate(threads: usize, job: impl Fn(usize, usize) + Sync) -> u64 {
    let mut rates: Vec<u64> = (0..RUNS).map(|_| rate(threads, &job)).collect();
    rates.sort_unstable();
    rates.get(RUNS / 2).copied().unwrap_or_default()
}

fn rate(threads: usize, job: &(impl Fn(usize, usize) + Sync)) -> u64 {
    /// Turns between looks at the flag, which must not be what is measured.
    const BATCH: usize = 64;
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let turns: usize = std::thread::scope(|scope| {
        let work = |thread| {
            let mut turns = 0;
            while !stop.load(Ordering::Relaxed) {
                (turns..turns + BATCH).for_each(|turn| job(thread, turn));
                turns += BATCH;
            }
            turns
        };
        let workers: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        std::thread::sleep(RUN);
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().map(|worker| worker.join().unwrap_or_default()).sum()
    });
    (turns as f64 / start.elapsed().as_secs_f64()) as u64
}
