//! The memory that data takes, in a process that holds nothing else.

use std::fmt::Write as _;
use std::process::Command;

use benches::compare::Failure;
use benches::compare::server::resident;
use chapter_01::store::Store;
use chapter_07::Sharded;
use chapter_08::storage::{self, Condition, Keyspace};
use chapter_09::{Clock, Ttl};
use clap::ValueEnum;
use flashkv::{Clock as FinishedClock, Db, End, Engine, SetOptions};

use crate::table::Pair;

/// The value of every key.
pub(crate) const VALUE: &str = "a value.";
/// Long enough that nothing expires meanwhile.
pub(crate) const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// What to hold, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Data {
    /// Strings in chapter 01's map.
    Strings01,
    /// Strings in chapter 08's keyspaces.
    Strings08,
    /// Strings in chapter 09's engine.
    Strings09,
    /// The same, with deadlines.
    Deadlines09,
    /// Strings in flashkv.
    Strings,
    /// The same, with deadlines.
    Deadlines,
    /// One list in chapter 08's keyspaces.
    List08,
    /// One list in flashkv.
    List,
}

impl Data {
    /// Fills this process with so many of them; returns how many bytes larger it has become.
    pub(crate) fn bytes(self, count: usize) -> u64 {
        let before = resident("self");
        let after = match self {
            Data::Strings01 => {
                let mut store = Store::default();
                each_key(count, |key| store.set(key, VALUE));
                held(&store)
            }
            Data::Strings08 => {
                let store = Sharded::<Keyspace>::default();
                each_key(count, |key| {
                    let set = |keys: &mut Keyspace| {
                        keys.set(key.as_bytes(), VALUE.as_bytes(), Condition::Always)
                    };
                    store.write(key.as_bytes(), set);
                });
                held(&store)
            }
            Data::Strings09 | Data::Deadlines09 => {
                let engine = chapter_09::Engine::new(Clock::manual(0));
                let ttl = match self {
                    Data::Deadlines09 => Ttl::At(HOUR.as_millis() as u64),
                    _ => Ttl::Clear,
                };
                each_key(count, |key| set_09(&engine, key, ttl));
                held(&engine)
            }
            Data::Strings | Data::Deadlines => {
                let engine = Engine::new(1);
                let db = engine.db(0).with_clock(FinishedClock::manual(0));
                let options = match self {
                    Data::Deadlines => SetOptions::default().ttl(HOUR),
                    _ => SetOptions::default(),
                };
                each_key(count, |key| {
                    db.set_with(key, VALUE, options);
                });
                held(&engine)
            }
            Data::List08 => {
                let store = Sharded::default();
                push_08(&store, "list", count);
                held(&store)
            }
            Data::List => {
                let engine = Engine::new(1);
                push(&engine.db(0), "list", count);
                held(&engine)
            }
        };
        after.saturating_sub(before) * 1024
    }
}

/// What the process occupies while `data` is there.
fn held<T>(data: &T) -> u64 {
    let occupied = resident("self");
    std::hint::black_box(data);
    occupied
}

/// Calls `use_key` with so many keys of ten bytes.
pub(crate) fn each_key(count: usize, mut use_key: impl FnMut(&str)) {
    let mut key = String::new();
    for number in 0..count {
        key.clear();
        // Writing to a `String` cannot fail.
        let _ = write!(key, "k:{number:08}");
        use_key(&key);
    }
}

/// SET in chapter 09's engine.
pub(crate) fn set_09(engine: &chapter_09::Engine, key: &str, ttl: Ttl) {
    let mut view = engine.write(&[key]);
    view.shard_mut(key.as_bytes()).set(key.as_bytes(), VALUE.as_bytes(), Condition::Always, ttl);
}

/// Makes a list of so many short strings in chapter 08's keyspaces.
pub(crate) fn push_08(store: &Sharded<Keyspace>, list: &str, count: usize) {
    each_key(count, |element| {
        store.write(list.as_bytes(), |keys| {
            let _ = keys.push(list.as_bytes(), storage::End::Tail, &[element]);
        });
    });
}

/// Makes the same list in flashkv.
pub(crate) fn push(db: &Db<'_>, list: &str, count: usize) {
    each_key(count, |element| {
        // Only a list of this name is there.
        let _ = db.push(list, End::Tail, &[element]);
    });
}

/// Bytes for one of so many, each side in a process of its own.
pub(crate) fn bytes_each(chapter: Data, flashkv: Data, count: usize) -> Result<Pair, Failure> {
    let each = |data| bytes(data, count).map(|bytes| bytes / count as f64);
    Ok([each(chapter)?, each(flashkv)?])
}

fn bytes(data: Data, count: usize) -> Result<f64, Failure> {
    let wrong = |error: &dyn std::fmt::Display| format!("no figure for {data:?}: {error}");
    let myself = std::env::current_exe().map_err(|error| wrong(&error))?;
    let name = data.to_possible_value().map(|value| value.get_name().to_owned());
    let output = Command::new(myself)
        .args(["--hold", &name.unwrap_or_default(), "--count", &count.to_string()])
        .output()
        .map_err(|error| wrong(&error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| wrong(&String::from_utf8_lossy(&output.stderr)))
}
