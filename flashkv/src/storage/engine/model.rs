//! The engine's locking under shuttle, which runs its threads one at a time and picks who goes on at every lock: a
//! deadlock or a torn view that real threads hardly ever meet is found by the order that leads to it.
//!
//! Built only with `--cfg shuttle`: see `.ci/model`. The locks are shuttle's, all else is the engine's own code; so what
//! is not seen here is what parking_lot does between two steps, and memory orderings.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::Arc;

use shuttle::thread;

use super::super::keys::IfTaken;
use super::super::shard::Millis;
use super::super::strings::{Condition, Ttl};
use super::super::walk::SweepPosition;
use super::*;

const NOW: Millis = 1_000;

/// Tries orders drawn at random, and orders with few switches at the worst places, which find what takes many steps of
/// one thread between two of another.
fn explore(model: impl Fn() + Send + Sync + Clone + 'static) {
    const ORDERS: usize = 3_000;
    const SWITCHES: usize = 3;
    shuttle::check_random(model.clone(), ORDERS);
    shuttle::check_pct(model, ORDERS, SWITCHES);
}

/// What one thread of a model does.
type Part = Box<dyn FnOnce(&Engine) + Send>;

/// Runs the parts of a model, each in a thread, and waits for them.
fn together(engine: &Arc<Engine>, parts: Vec<Part>) {
    let threads: Vec<_> = parts
        .into_iter()
        .map(|part| {
            let engine = Arc::clone(engine);
            thread::spawn(move || part(&engine))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// A part that does something a few times.
fn part(times: usize, act: impl Fn(&Engine) + Send + 'static) -> Part {
    Box::new(move |engine| (0..times).for_each(|_| act(engine)))
}

/// A name in each shard, in the order of the shards: the hash differs from process to process, the model must not.
fn names(engine: &Engine) -> Vec<String> {
    let in_shard = |shard: usize| {
        (0..)
            .map(|n: u32| n.to_string())
            .find(|name| engine.key(0, name.as_bytes()).hash.shard() == shard)
    };
    (0..SHARDS).map(|shard| in_shard(shard).unwrap()).collect()
}

type Place<'a> = (usize, &'a str);

fn keys<'a>(engine: &Engine, places: &[Place<'a>]) -> Vec<Key<'a>> {
    places.iter().map(|(database, name)| engine.key(*database, name.as_bytes())).collect()
}

/// MSET.
fn set_all(engine: &Engine, places: &[Place<'_>], value: &str, ttl: Ttl) {
    let mut keys = keys(engine, places);
    let mut view = engine.write(&mut keys, NOW);
    for key in &keys {
        view.set(key, value.as_bytes(), Condition::Always, ttl);
    }
}

/// MGET.
fn get_all(engine: &Engine, places: &[Place<'_>]) -> Vec<Option<String>> {
    let mut keys = keys(engine, places);
    let view = engine.read(&mut keys, NOW);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    keys.iter().map(|key| view.string(key).unwrap().map(|string| text(string.bytes))).collect()
}

fn rename(engine: &Engine, from: Place<'_>, to: Place<'_>) {
    let mut keys = keys(engine, &[from, to]);
    let mut view = engine.write(&mut keys, NOW);
    // What the others have moved away is not there.
    let _ = view.rename(&keys[0], &keys[1], IfTaken::Replace);
}

fn assert_all_equal(values: &[Option<String>]) {
    assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "half of a write: {values:?}");
}

/// The names of all shards in a database, in the order in which they are locked, or in the opposite one.
fn ascending(database: usize, names: &[String]) -> Vec<Place<'_>> {
    names.iter().map(|name| (database, name.as_str())).collect()
}

fn descending(database: usize, names: &[String]) -> Vec<Place<'_>> {
    names.iter().rev().map(|name| (database, name.as_str())).collect()
}

#[test]
fn a_write_to_many_shards_is_seen_whole() {
    explore(|| {
        let engine = Arc::new(Engine::new(1));
        let writer = |value: &'static str, order: fn(usize, &[String]) -> Vec<Place<'_>>| {
            part(2, move |engine| {
                set_all(engine, &order(0, &names(engine)), value, Ttl::Clear);
            })
        };
        let reader = |order: fn(usize, &[String]) -> Vec<Place<'_>>| {
            part(2, move |engine| assert_all_equal(&get_all(engine, &order(0, &names(engine)))))
        };
        together(
            &engine,
            vec![
                writer("a", ascending),
                writer("b", descending),
                reader(ascending),
                reader(descending),
            ],
        );
    });
}

#[test]
fn a_renamed_key_is_always_in_one_place() {
    explore(|| {
        let engine = Arc::new(Engine::new(1));
        let names = names(&engine);
        let (low, high) = (names[0].clone(), names[SHARDS - 1].clone());
        set_all(&engine, &[(0, &low)], "value", Ttl::Clear);
        let mover = |from: &str, to: &str| {
            let (from, to) = (from.to_owned(), to.to_owned());
            part(3, move |engine| rename(engine, (0, &from), (0, &to)))
        };
        let reader = |first: &str, second: &str| {
            let (first, second) = (first.to_owned(), second.to_owned());
            part(3, move |engine| {
                let found = get_all(engine, &[(0, &first), (0, &second)]);
                assert_eq!(found.iter().flatten().count(), 1, "{found:?}");
            })
        };
        together(
            &engine,
            vec![mover(&low, &high), mover(&high, &low), reader(&low, &high), reader(&high, &low)],
        );
    });
}

#[test]
fn emptying_all_databases_is_one_step() {
    explore(|| {
        let engine = Arc::new(Engine::new(2));
        let everywhere = |engine: &Engine, act: &dyn Fn(&[Place<'_>])| {
            let names = names(engine);
            act(&[descending(1, &names), ascending(0, &names)].concat());
        };
        together(
            &engine,
            vec![
                part(2, move |engine| {
                    everywhere(engine, &|places| set_all(engine, places, "value", Ttl::Clear));
                }),
                part(2, |engine| {
                    engine.flush_all();
                }),
                part(2, move |engine| {
                    everywhere(engine, &|places| assert_all_equal(&get_all(engine, places)));
                }),
                part(2, |engine| {
                    let keys = engine.len(0, NOW);
                    assert!(keys == 0 || keys == SHARDS, "{keys} keys");
                }),
            ],
        );
    });
}

#[test]
fn swapping_databases_is_one_step_in_either_order() {
    explore(|| {
        let engine = Arc::new(Engine::new(2));
        let names = names(&engine);
        set_all(&engine, &ascending(0, &names), "value", Ttl::Clear);
        let (low, high) = (names[0].clone(), names[SHARDS - 1].clone());
        let reader = part(3, move |engine| {
            let found = get_all(engine, &[(1, &high), (0, &low), (0, &high), (1, &low)]);
            assert_eq!((&found[0], &found[1]), (&found[3], &found[2]), "a database half swapped");
            assert_eq!(found.iter().flatten().count(), 2, "{found:?}");
        });
        together(
            &engine,
            vec![
                part(2, |engine| engine.swap(0, 1)),
                part(2, |engine| engine.swap(1, 0)),
                reader,
                part(1, |engine| assert!([0, SHARDS].contains(&engine.len(0, NOW)))),
            ],
        );
    });
}

#[test]
fn the_sweeper_waits_for_nobody_and_takes_only_what_has_expired() {
    explore(|| {
        let engine = Arc::new(Engine::new(1));
        let names = names(&engine);
        set_all(&engine, &ascending(0, &names), "old", Ttl::At(NOW - 1));
        together(
            &engine,
            vec![
                part(1, |engine| {
                    let mut at = SweepPosition::default();
                    (0..3 * SHARDS).for_each(|_| {
                        engine.sweep(&mut at, NOW);
                    });
                }),
                part(2, |engine| {
                    let names = self::names(engine);
                    set_all(engine, &descending(0, &names), "new", Ttl::At(NOW));
                }),
                part(2, |engine| {
                    let values = get_all(engine, &ascending(0, &self::names(engine)));
                    assert_all_equal(&values);
                    assert_ne!(values[0].as_deref(), Some("old"), "its deadline has passed");
                }),
                part(1, |engine| {
                    engine.scan(0, 0, 2, NOW, |_, _| {});
                    engine.for_each_key(0, NOW, |_| {});
                }),
            ],
        );
        assert_eq!(engine.len(0, NOW), SHARDS, "what was set again is kept");
    });
}

#[test]
fn all_that_locks_at_once() {
    explore(|| {
        let engine = Arc::new(Engine::new(2));
        together(
            &engine,
            vec![
                part(1, |engine| {
                    let names = names(engine);
                    let (low, high) = (&names[0], &names[SHARDS - 1]);
                    set_all(engine, &[(1, low), (0, high), (1, high)], "x", Ttl::At(NOW - 1));
                    rename(engine, (1, high), (0, low));
                }),
                part(1, |engine| {
                    let names = names(engine);
                    rename(engine, (0, &names[0]), (1, &names[SHARDS - 1]));
                    engine.flush(1);
                }),
                part(1, |engine| {
                    engine.flush_all();
                    engine.swap(1, 0);
                }),
                part(1, |engine| {
                    engine.sweep(&mut SweepPosition::default(), NOW);
                    engine.random_key(0, NOW);
                    engine.key_count(1, NOW);
                    engine.memory();
                }),
            ],
        );
    });
}
