//! Chapters 01 and 07 to 09: what data costs in memory, and what is done with it in time.

use std::collections::HashMap;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use benches::compare::Failure;
use bytes::Bytes;
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::Request;
use chapter_07::Sharded;
use chapter_08::storage::Keyspace;
use chapter_09::{Clock, Sweeper, Ttl};
use flashkv::storage::SweepPosition;
use flashkv::{Clock as FinishedClock, Engine, SetOptions};

use crate::memory::{Data, HOUR, VALUE, bytes_each, each_key, push, push_08, set_09};
use crate::table::{Pair, Table};

const MILLION: usize = 1_000_000;

/// Chapter 01: a `HashMap<String, String>`, and records that lie side by side.
pub(crate) fn a_map_of_texts() -> Result<Table, Failure> {
    // A map of this kind doubles: once just after it has, once just before.
    let after = bytes_each(Data::Strings01, Data::Strings, MILLION)?;
    let before = bytes_each(Data::Strings01, Data::Strings, 1_800_000)?;
    Ok(Table {
        chapter: 1,
        about: "bytes of memory for one key of 10 bytes with a value of 8".into(),
        columns: vec![("1,000,000 keys", after), ("1,800,000 keys", before)],
    })
}

/// Chapter 07: a hash for each layer, and one that all of them use.
pub(crate) fn reads() -> Result<Table, Failure> {
    let (few, many) = (Reads::of(10_000), Reads::of(MILLION));
    few.check()?;
    let columns = vec![
        ("one, of few", few.pair(1, 1)),
        ("one, two threads", few.pair(2, 1)),
        ("list one, of few", few.pair(1, 2)),
        ("one of many", many.pair(1, 1)),
        ("list one of many", many.pair(1, 2)),
        ("ten of few", few.pair(1, 10)),
        ("ten of many", many.pair(1, 10)),
    ];
    Ok(Table { chapter: 7, about: "nanoseconds to read one key of 10,000".into(), columns })
}

/// The same keys in both stores.
struct Reads {
    keys: Vec<String>,
    chapter: Sharded<HashMap<Bytes, Bytes>>,
    flashkv: Engine,
}

impl Reads {
    fn of(count: usize) -> Reads {
        let mut reads =
            Reads { keys: Vec::new(), chapter: Sharded::default(), flashkv: Engine::new(1) };
        each_key(count, |key| {
            let [owned, value] = [key, VALUE].map(|text| Bytes::copy_from_slice(text.as_bytes()));
            reads.chapter.write(key.as_bytes(), |map| map.insert(owned, value));
            reads.flashkv.db(0).set(key, VALUE);
            reads.keys.push(key.to_owned());
        });
        reads
    }

    fn pair(&self, threads: usize, together: usize) -> Pair {
        let each = |nanoseconds: f64| nanoseconds / if together == 2 { 1 } else { together } as f64;
        match together {
            1 => [
                on(threads, &|turn| self.one(turn)),
                on(threads, &|turn| self.several_in_flashkv::<1>(turn)),
            ],
            2 => [
                on(threads, &|turn| self.several::<1>(turn)),
                on(threads, &|turn| self.several_in_flashkv::<1>(turn)),
            ],
            _ => [
                on(threads, &|turn| self.several::<10>(turn)),
                on(threads, &|turn| self.several_in_flashkv::<10>(turn)),
            ],
        }
        .map(each)
    }

    fn check(&self) -> Result<(), Failure> {
        let found = [self.one(0), self.several::<1>(0), self.several_in_flashkv::<1>(0)];
        if found == [VALUE.len(); 3] { Ok(()) } else { Err("a key is not found".into()) }
    }

    fn key(&self, turn: usize) -> &[u8] {
        // A stride that is prime to the number of keys visits them all, in another order than they were made.
        self.keys.get(turn * 7919 % self.keys.len()).map_or(&b""[..], |key| key.as_bytes())
    }

    fn one(&self, turn: usize) -> usize {
        let key = self.key(turn);
        self.chapter.read(key, |map| map.get(key).map_or(0, Bytes::len))
    }

    fn several<const N: usize>(&self, turn: usize) -> usize {
        let keys: [&[u8]; N] = std::array::from_fn(|number| self.key(turn * N + number));
        let maps = self.chapter.read_keys(&keys);
        keys.iter().map(|key| maps.get(key).get(*key).map_or(0, Bytes::len)).sum()
    }

    fn several_in_flashkv<const N: usize>(&self, turn: usize) -> usize {
        let mut keys = std::array::from_fn::<_, N, _>(|number| {
            self.flashkv.key(0, self.key(turn * N + number))
        });
        let view = self.flashkv.read(&mut keys, 0);
        let length = |key| view.string(key).ok().flatten().map_or(0, |string| string.bytes.len());
        keys.iter().map(length).sum()
    }
}

/// Nanoseconds of a read on each of so many threads: of many short runs the best, in which none of them had to wait for a
/// processor.
fn on(threads: usize, read: &(dyn Fn(usize) -> usize + Sync)) -> f64 {
    const RUNS: usize = 60;
    const TURNS: usize = 20_000;
    let barrier = Barrier::new(threads);
    let work = |thread: usize| {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            barrier.wait();
            let start = Instant::now();
            let found: usize = (0..TURNS).map(|turn| read(thread * 2500 + turn)).sum();
            runs.push(start.elapsed());
            std::hint::black_box(found);
        }
        runs
    };
    let runs: Vec<Vec<Duration>> = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            (0..threads).map(|number| scope.spawn(move || work(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect()
    });
    let slowest = |run: usize| runs.iter().filter_map(|runs| runs.get(run)).max();
    let best = (0..RUNS).filter_map(slowest).min().copied().unwrap_or_default();
    best.as_nanos() as f64 / TURNS as f64
}

/// Chapter 08: boxes in maps, and values in the segment's own memory; who frees a long list.
pub(crate) fn keyspace() -> Result<Table, Failure> {
    let strings = bytes_each(Data::Strings08, Data::Strings, MILLION / 2)?;
    let elements = bytes_each(Data::List08, Data::List, MILLION)?;
    let columns = vec![
        ("bytes, a small string", strings),
        ("bytes, a list's element", elements),
        ("ms, DEL of a million", delete_a_million()?),
    ];
    let about =
        "memory of one of 500,000 strings and of one of a million elements, and the time of a DEL";
    Ok(Table { chapter: 8, about: about.into(), columns })
}

/// Milliseconds until DEL of a long list has returned, its locks with it.
fn delete_a_million() -> Result<Pair, Failure> {
    let store = Sharded::<Keyspace>::default();
    let engine = Engine::new(1);
    let del = Request::new(["DEL", "big"]).ok_or("a request has a name")?;
    let mut best = [f64::INFINITY; 2];
    for _ in 0..3 {
        push_08(&store, "big", MILLION);
        push(&engine.db(0), "big", MILLION);
        let mut out = Vec::new();
        let chapter = time(|| {
            chapter_08::commands::run(
                &store,
                &del,
                &mut Reply::new(&mut out, ProtocolVersion::Resp2),
            );
            out == b":1\r\n"
        });
        let flashkv = time(|| engine.db(0).delete("big"));
        let [Some(chapter), Some(flashkv)] = [chapter, flashkv] else {
            return Err("there is nothing to delete".into());
        };
        best = [best[0].min(chapter), best[1].min(flashkv)];
    }
    Ok(best)
}

/// Milliseconds that it takes, if it is done.
fn time(job: impl FnOnce() -> bool) -> Option<f64> {
    let start = Instant::now();
    let done = job();
    let time = start.elapsed().as_secs_f64() * 1e3;
    done.then_some(time)
}

/// Chapter 09: samples of a second dictionary, and deadlines in the entries of segments that know their soonest one.
pub(crate) fn deadlines() -> Result<Table, Failure> {
    let half = MILLION / 2;
    let with = bytes_each(Data::Deadlines09, Data::Deadlines, half)?;
    let without = bytes_each(Data::Strings09, Data::Strings, half)?;
    let (chapter, flashkv) = (sweep_09(), sweep()?);
    Ok(Table {
        chapter: 9,
        about: format!(
            "rounds of the sweeper, and their work, until {EXPIRED} expired keys among a million are gone; memory"
        ),
        columns: vec![
            ("rounds", [chapter.0, flashkv.0]),
            ("ms of work", [chapter.1, flashkv.1]),
            ("bytes, a deadline", [with[0] - without[0], with[1] - without[1]]),
        ],
    })
}

/// Keys that expire among those that do not yet.
const EXPIRED: usize = 100;
const SECOND: Duration = Duration::from_secs(1);

fn sweep_09() -> (f64, f64) {
    let clock = Clock::manual(0);
    let engine = chapter_09::Engine::new(clock.clone());
    each_key(MILLION, |key| set_09(&engine, key, Ttl::At(HOUR.as_millis() as u64)));
    each_key(EXPIRED, |key| set_09(&engine, key, Ttl::At(1)));
    clock.advance(SECOND.as_millis() as u64);
    let (mut sweeper, mut rounds, mut spent) = (Sweeper::default(), 0.0, Duration::ZERO);
    while engine.held() > MILLION - EXPIRED {
        let start = Instant::now();
        sweeper.round(&engine, clock.now_ms(), || true);
        spent += start.elapsed();
        rounds += 1.0;
    }
    (rounds, spent.as_secs_f64() * 1e3)
}

fn sweep() -> Result<(f64, f64), Failure> {
    let clock = FinishedClock::manual(0);
    let engine = Engine::new(1);
    let db = engine.db(0).with_clock(clock.clone());
    let set = |key: &str, ttl| db.set_with(key, VALUE, SetOptions::default().ttl(ttl));
    each_key(MILLION, |key| drop(set(key, HOUR)));
    each_key(EXPIRED, |key| drop(set(key, Duration::from_millis(1))));
    clock.advance(SECOND.as_millis() as u64);
    let (mut position, mut expired) = (SweepPosition::default(), 0);
    let start = Instant::now();
    loop {
        let swept = engine.sweep(&mut position, clock.now_ms());
        expired += swept.expired;
        if swept.wrapped {
            break;
        }
    }
    let spent = start.elapsed().as_secs_f64() * 1e3;
    // What a server's sweeper calls a round is one such walk.
    if expired == EXPIRED { Ok((1.0, spent)) } else { Err(format!("{expired} keys in a round")) }
}
