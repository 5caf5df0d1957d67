//! The numbers of chapter 07: operations per second by threads and store, and what padding is worth.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chapter_07::store::{MutexStore, RwLockStore, ShardedStore, Store};

const THREADS: [usize; 3] = [1, 2, 4];
const KEYS: usize = 10_000;
const RUN: Duration = Duration::from_millis(20);
const RUNS: usize = 10;

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
        let rates = |threads| {
            rate(threads, |thread, turn| {
                // A stride that is prime to the number of keys visits them all, in another order than they were made.
                let at = (thread * 2500 + turn * 7919) % keys.len();
                let Some(key) = keys.get(at) else { return };
                match turn % 10 {
                    0 => drop(store.set(key, b"value")),
                    _ => drop(std::hint::black_box(store.get(key))),
                }
            })
        };
        println!("{name:22}{}", columns(THREADS.map(rates)));
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
    let rate = rate(2, |thread, _| {
        if let Some(counter) = counters.get(thread) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    println!("{name:22}{rate:>14}");
}

/// How many times a second so many threads together get `job` done.
///
/// Of several short runs, the one in which they had most processor time: threads that other programs keep from running are
/// not in each other's way either, and that is what is asked here.
fn rate(threads: usize, job: impl Fn(usize, usize) + Sync) -> u64 {
    let runs = (0..RUNS).map(|_| run_once(threads, &job));
    let busiest = runs.max_by_key(|(_, processor_time)| *processor_time);
    busiest.map_or(0, |(rate, _)| rate)
}

fn run_once(threads: usize, job: &(impl Fn(usize, usize) + Sync)) -> (u64, u64) {
    /// Turns between looks at the flag, which must not be what is measured.
    const BATCH: usize = 64;
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let (turns, processor_time) = std::thread::scope(|scope| {
        let work = |thread| {
            let mut turns = 0;
            while !stop.load(Ordering::Relaxed) {
                (turns..turns + BATCH).for_each(|turn| job(thread, turn));
                turns += BATCH;
            }
            (turns, processor_time())
        };
        let workers: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        std::thread::sleep(RUN);
        stop.store(true, Ordering::Relaxed);
        let done = workers.into_iter().map(|worker| worker.join().unwrap_or_default());
        done.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    });
    ((turns as f64 / start.elapsed().as_secs_f64()) as u64, processor_time)
}

/// Nanoseconds for which this thread has had a processor; 0 where the system does not tell.
fn processor_time() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}
