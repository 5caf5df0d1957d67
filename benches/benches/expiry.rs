//! Deadlines: setting them, missing keys that are past theirs, and sweeping. Time is moved by hand.

mod options;

use std::hint::black_box;
use std::time::Duration;

use benches::requests::{VALUE, key};
use criterion::{BatchSize, Criterion, Throughput};
use flashkv::storage::SweepPosition;
use flashkv::{Clock, Engine, SetOptions};
use options::configured;

const KEYS: usize = 10_000;
const TTL: Duration = Duration::from_secs(60);
const LATER: u64 = 60_001;

/// Which keys of a store have a deadline.
#[derive(Clone, Copy)]
enum Timed {
    None,
    Tenth,
    All,
}

fn main() {
    let criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    let mut criterion = configured(criterion);
    let keys: Vec<String> = (0..KEYS).map(key).collect();
    set(&mut criterion, &keys);
    miss(&mut criterion, &keys);
    sweep(&mut criterion, &keys);
    criterion.final_summary();
}

/// A store of all keys, and its clock.
fn filled(keys: &[String], timed: Timed) -> (Engine, Clock) {
    let (engine, clock) = (Engine::new(1), Clock::manual(0));
    let db = engine.db(0).with_clock(clock.clone());
    for (number, key) in keys.iter().enumerate() {
        let has_deadline = match timed {
            Timed::None => false,
            Timed::Tenth => number % 10 == 0,
            Timed::All => true,
        };
        let options = SetOptions::default();
        db.set_with(key, VALUE, if has_deadline { options.ttl(TTL) } else { options });
    }
    (engine, clock)
}

fn set(criterion: &mut Criterion, keys: &[String]) {
    let mut group = criterion.benchmark_group("expiry/set");
    let timed = SetOptions::default().ttl(TTL);
    let cases = [
        ("without a deadline", SetOptions::default(), Timed::None),
        ("with one", timed, Timed::All),
    ];
    for (name, options, before) in cases {
        let (engine, clock) = filled(keys, before);
        let db = engine.db(0).with_clock(clock);
        let mut turn = keys.iter().cycle();
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |bencher| {
            bencher.iter(|| turn.next().map(|key| db.set_with(key, black_box(VALUE), options)));
        });
    }
    group.finish();
}

fn miss(criterion: &mut Criterion, keys: &[String]) {
    let mut group = criterion.benchmark_group("expiry/get");
    for (name, advance) in [("before the deadline", 0), ("past it, not yet swept", LATER)] {
        let (engine, clock) = filled(keys, Timed::All);
        clock.advance(advance);
        let db = engine.db(0).with_clock(clock);
        let mut turn = keys.iter().cycle();
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |bencher| {
            bencher.iter(|| turn.next().map(|key| db.get(black_box(key))));
        });
    }
    group.finish();
}

fn sweep(criterion: &mut Criterion, keys: &[String]) {
    let mut group = criterion.benchmark_group("expiry/sweep");
    for (name, timed) in [("all keys are due", Timed::All), ("a tenth is due", Timed::Tenth)] {
        let fresh = || {
            let (engine, clock) = filled(keys, timed);
            clock.advance(LATER);
            (engine, clock)
        };
        group.throughput(Throughput::Elements(KEYS as u64));
        group.bench_function(name, |bencher| {
            let purge = |(engine, clock): &mut (Engine, Clock)| engine.purge(clock);
            bencher.iter_batched_ref(fresh, purge, BatchSize::LargeInput);
        });
    }
    // What the sweeper costs a server in which nothing is due: one walk over all shards.
    for (name, timed) in [("nothing has a deadline", Timed::None), ("nothing is due", Timed::All)] {
        let (engine, _) = filled(keys, timed);
        group.throughput(Throughput::Elements(KEYS as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut position = SweepPosition::default();
                while !engine.sweep(&mut position, 0).wrapped {}
                position
            });
        });
    }
    group.finish();
}
