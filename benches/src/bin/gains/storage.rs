//! Chapters 01 and 07 to 09: what data costs in memory, and what is done with it in time.

use std::collections::HashMap;
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
use crate::table::{Pair, Table, nanoseconds};

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
    const KEYS: usize = 10_000;
    let mut keys = Vec::new();
    let sharded = Sharded::<HashMap<Bytes, Bytes>>::default();
    let engine = Engine::new(1);
    each_key(KEYS, |key| {
        let [owned, value] = [key, VALUE].map(|text| Bytes::copy_from_slice(text.as_bytes()));
        sharded.write(key.as_bytes(), |map| map.insert(owned, value));
        engine.db(0).set(key, VALUE);
        keys.push(Bytes::copy_from_slice(key.as_bytes()));
    });
    // A stride that is prime to the number of keys visits them all, in another order than they were made.
    let key = |turn: usize| keys.get(turn * 7919 % KEYS).map_or(&b""[..], |key| key);
    let one = |turn| sharded.read(key(turn), |map| map.get(key(turn)).map_or(0, Bytes::len));
    let columns = vec![
        ("one key", pair(one, |turn| in_flashkv(&engine, [key(turn)]))?),
        (
            "a list of one",
            pair(
                |turn| in_chapter(&sharded, [key(turn)]),
                |turn| in_flashkv(&engine, [key(turn)]),
            )?,
        ),
        ("a list of ten", {
            let ten = |turn| std::array::from_fn::<_, 10, _>(|number| key(turn * 10 + number));
            pair(|turn| in_chapter(&sharded, ten(turn)), |turn| in_flashkv(&engine, ten(turn)))?
        }),
    ];
    let about = "nanoseconds to lock keys and read them, of 10,000 that there are";
    Ok(Table { chapter: 7, about: about.into(), columns })
}

/// Reads keys that are locked together; returns how many bytes there are.
fn in_chapter<const N: usize>(sharded: &Sharded<HashMap<Bytes, Bytes>>, keys: [&[u8]; N]) -> usize {
    let maps = sharded.read_keys(&keys);
    keys.iter().map(|key| maps.get(key).get(*key).map_or(0, Bytes::len)).sum()
}

fn in_flashkv<const N: usize>(engine: &Engine, keys: [&[u8]; N]) -> usize {
    let mut keys = keys.map(|key| engine.key(0, key));
    let view = engine.read(&mut keys, 0);
    let length = |key| view.string(key).ok().flatten().map_or(0, |string| string.bytes.len());
    keys.iter().map(length).sum()
}

/// Nanoseconds of a read of each kind, if they find the same.
fn pair(
    chapter: impl Fn(usize) -> usize,
    flashkv: impl Fn(usize) -> usize,
) -> Result<Pair, Failure> {
    const TURNS: usize = 5_000;
    let all = |read: &dyn Fn(usize) -> usize| (0..TURNS).map(read).sum::<usize>();
    if all(&chapter) != all(&flashkv) {
        return Err("a key is not found".into());
    }
    let turns = |read: &dyn Fn(usize) -> usize| {
        std::hint::black_box(all(read));
        TURNS
    };
    Ok(nanoseconds(|| turns(&chapter), || turns(&flashkv)))
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
    let set = |key: &str, ttl| {
        db.set_with(key, VALUE, SetOptions::default().ttl(ttl));
    };
    each_key(MILLION, |key| set(key, HOUR));
    each_key(EXPIRED, |key| set(key, Duration::from_millis(1)));
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
