//! Operations on the engine by 1, 2, 4 and 8 threads, with keys of their own or all on one, beside the same operations on
//! one map behind one lock.

mod one_lock;
mod options;

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use benches::requests::{VALUE, key};
use criterion::{BenchmarkId, Criterion, Throughput};
use flashkv::{Clock, Db, End, Engine};
use one_lock::OneLock;
use options::configured;

const THREADS: [usize; 4] = [1, 2, 4, 8];
/// Keys that the threads share among them, unless all use one.
const KEYS: usize = 4096;
/// Operations of one thread in one iteration: enough that its start and end hardly count.
const TURNS: usize = 4096;
/// Elements of a list that is read.
const ELEMENTS: usize = 100;

/// What is measured. A list keeps its length: whoever pushes also pops.
#[derive(Clone, Copy)]
enum Operation {
    Get,
    Set,
    Incr,
    PushPop,
    Range,
}

#[derive(Clone, Copy)]
enum Keys {
    Spread,
    Hot,
}

/// A store that can be measured.
trait Store: Sync {
    fn get(&self, key: &str) -> Option<Vec<u8>>;
    fn set(&self, key: &str, value: &[u8]);
    fn incr(&self, key: &str) -> i64;
    fn push(&self, key: &str, value: &[u8]) -> usize;
    fn pop(&self, key: &str) -> Option<Vec<u8>>;
    fn range(&self, key: &str, start: usize, stop: usize) -> Vec<Vec<u8>>;
}

impl Store for Db<'_> {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        Db::get(self, key).expect("the bench's strings are strings")
    }

    fn set(&self, key: &str, value: &[u8]) {
        Db::set(self, key, value);
    }

    fn incr(&self, key: &str) -> i64 {
        Db::incr(self, key).expect("the bench's counters are numbers")
    }

    fn push(&self, key: &str, value: &[u8]) -> usize {
        Db::push(self, key, End::Head, &[value]).expect("the bench's lists are lists")
    }

    fn pop(&self, key: &str) -> Option<Vec<u8>> {
        Db::pop(self, key, End::Head).expect("the bench's lists are lists")
    }

    fn range(&self, key: &str, start: usize, stop: usize) -> Vec<Vec<u8>> {
        self.list_range(key, start as i64, stop as i64).expect("the bench's lists are lists")
    }
}

fn main() {
    let criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500));
    let mut criterion = configured(criterion);
    let operations = [
        ("get", Operation::Get),
        ("set", Operation::Set),
        ("incr", Operation::Incr),
        ("push and pop", Operation::PushPop),
        ("range of 100", Operation::Range),
    ];
    for (name, operation) in operations {
        for (spread, keys) in [("keys of their own", Keys::Spread), ("one hot key", Keys::Hot)] {
            let mut group = criterion.benchmark_group(format!("engine/{name}/{spread}"));
            for threads in THREADS {
                group.throughput(Throughput::Elements((threads * TURNS) as u64));
                let engine = Engine::new(1);
                let db = engine.db(0).with_clock(Clock::manual(0));
                let sharded = Threads::new(&db, operation, keys, threads);
                group.bench_function(BenchmarkId::new("sharded", threads), |bencher| {
                    bencher.iter_custom(|rounds| sharded.run(rounds));
                });
                let store = OneLock::default();
                let one_lock = Threads::new(&store, operation, keys, threads);
                group.bench_function(BenchmarkId::new("one lock", threads), |bencher| {
                    bencher.iter_custom(|rounds| one_lock.run(rounds));
                });
            }
            group.finish();
        }
    }
    criterion.final_summary();
}

/// Threads that all do the same to a store.
struct Threads<'s, S> {
    store: &'s S,
    operation: Operation,
    /// The keys of each thread.
    keys: Vec<Vec<String>>,
}

impl<'s, S: Store> Threads<'s, S> {
    fn new(store: &'s S, operation: Operation, keys: Keys, threads: usize) -> Self {
        let keys_of = |thread: usize| match keys {
            Keys::Hot => vec![key(0)],
            Keys::Spread => (thread..KEYS).step_by(threads).map(key).collect(),
        };
        let keys: Vec<Vec<String>> = (0..threads).map(keys_of).collect();
        for key in keys.iter().flatten() {
            match operation {
                Operation::Get | Operation::Set => store.set(key, VALUE),
                Operation::Incr => store.set(key, b"0"),
                // Filled once, though a hot key is named by each thread.
                Operation::PushPop | Operation::Range => while store.push(key, VALUE) < ELEMENTS {},
            }
        }
        Threads { store, operation, keys }
    }

    /// Runs that many rounds on every thread at once; returns the time from the first one's start to the last one's end.
    fn run(&self, rounds: u64) -> Duration {
        let barrier = Barrier::new(self.keys.len());
        let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
            let work = |keys| {
                barrier.wait();
                let start = Instant::now();
                self.work(keys, rounds);
                (start, Instant::now())
            };
            let running: Vec<_> =
                self.keys.iter().map(|keys| scope.spawn(move || work(keys))).collect();
            running.into_iter().map(|thread| thread.join().expect("no bench panics")).collect()
        });
        let start = spans.iter().map(|span| span.0).min();
        let end = spans.iter().map(|span| span.1).max();
        start.zip(end).map(|(start, end)| end - start).unwrap_or_default()
    }

    fn work(&self, keys: &[String], rounds: u64) {
        let mut keys = keys.iter().cycle();
        for _ in 0..rounds {
            for key in keys.by_ref().take(TURNS) {
                match self.operation {
                    Operation::Get => drop(black_box(self.store.get(key))),
                    Operation::Set => self.store.set(key, black_box(VALUE)),
                    Operation::Incr => drop(black_box(self.store.incr(key))),
                    Operation::PushPop => {
                        self.store.push(key, black_box(VALUE));
                        drop(black_box(self.store.pop(key)));
                    }
                    Operation::Range => drop(black_box(self.store.range(key, 0, ELEMENTS - 1))),
                }
            }
        }
    }
}
