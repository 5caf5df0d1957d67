//! Deadlines, with a clock moved by hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use chapter_08::storage::{Condition, End, StorageError};
use chapter_09::{Clock, DeadlineCondition, Engine, IfTaken, Millis, Ttl};

const NOW: Millis = 1_700_000_000_000;

fn engine() -> (Engine, Clock) {
    let clock = Clock::manual(NOW);
    (Engine::new(clock.clone()), clock)
}

fn set(engine: &Engine, key: &str, ttl: Ttl) {
    let mut view = engine.write(&[key]);
    assert!(view.shard_mut(key.as_bytes()).set(key.as_bytes(), b"v", Condition::Always, ttl));
}

fn exists(engine: &Engine, key: &str) -> bool {
    engine.read(&[key]).shard(key.as_bytes()).keyspace().contains(key.as_bytes())
}

fn deadline(engine: &Engine, key: &str) -> Option<Millis> {
    engine.read(&[key]).shard(key.as_bytes()).deadline(key.as_bytes())
}

#[test]
fn a_key_lives_up_to_its_deadline_and_not_a_millisecond_longer() {
    let (engine, clock) = engine();
    set(&engine, "k", Ttl::At(NOW + 100));
    clock.advance(100);
    assert!(exists(&engine, "k"));
    clock.advance(1);
    assert_eq!((engine.held(), engine.len()), (1, 0));
    assert!(!exists(&engine, "k"));
    assert_eq!(engine.held(), 0, "the read that found it expired removed it");
}

#[test]
fn an_expired_key_is_absent_for_every_kind_of_access() {
    let (engine, clock) = engine();
    for key in ["read", "write", "both"] {
        set(&engine, key, Ttl::At(NOW));
    }
    set(&engine, "alive", Ttl::Clear);
    clock.advance(1);
    assert!(!engine.read(&["read", "alive"]).shard(b"read").keyspace().contains(b"read"));
    let mut seen = Vec::new();
    engine.for_each_key(|key| seen.push(key.to_vec()));
    assert_eq!(seen, [b"alive"]);
    let mut view = engine.write(&["write", "alive"]);
    assert!(view.shard_mut(b"write").set(b"write", b"new", Condition::IfAbsent, Ttl::Keep));
    assert_eq!(view.shard(b"write").deadline(b"write"), None, "a new key, not the old one");
    assert_eq!(view.shard_mut(b"alive").remove(b"none"), None);
    drop(view);
    assert_eq!(engine.write(&["both"]).rename(b"both", b"both", IfTaken::Replace), {
        Err(StorageError::NoSuchKey)
    });
}

#[test]
fn set_lifts_keeps_or_gives_a_deadline() {
    let (engine, _) = engine();
    set(&engine, "k", Ttl::At(NOW + 5));
    set(&engine, "k", Ttl::Keep);
    assert_eq!(deadline(&engine, "k"), Some(NOW + 5));
    set(&engine, "k", Ttl::Clear);
    assert_eq!(deadline(&engine, "k"), None);
    set(&engine, "k", Ttl::At(NOW + 5));
    let mut view = engine.write(&["k"]);
    let shard = view.shard_mut(b"k");
    assert!(!shard.set(b"k", b"w", Condition::IfAbsent, Ttl::At(NOW + 9)));
    assert_eq!(shard.deadline(b"k"), Some(NOW + 5), "what was not done changed nothing");
}

#[test]
fn expire_follows_its_condition() {
    use DeadlineCondition::*;
    // The old deadline is none, or NOW + 5; the new one is NOW + 3, 5 or 7.
    let tried = |condition| {
        [None, Some(NOW + 5)].map(|old| {
            [3, 5, 7].map(|new| {
                let (engine, _) = engine();
                set(&engine, "k", old.map_or(Ttl::Clear, Ttl::At));
                let mut view = engine.write(&["k"]);
                let done = view.shard_mut(b"k").expire(b"k", NOW + new, condition, NOW);
                let expected = if done { Some(NOW + new) } else { old };
                assert_eq!(view.shard(b"k").deadline(b"k"), expected);
                done
            })
        })
    };
    assert_eq!(tried(Always), [[true; 3], [true; 3]]);
    assert_eq!(tried(IfNone), [[true; 3], [false; 3]]);
    assert_eq!(tried(IfAny), [[false; 3], [true; 3]]);
    assert_eq!(tried(IfLater), [[false; 3], [false, false, true]]);
    assert_eq!(tried(IfEarlier), [[true; 3], [true, false, false]]);
    assert_eq!(tried(IfAnyAndEarlier), [[false; 3], [true, false, false]]);
}

#[test]
fn a_deadline_that_has_come_removes_the_key_and_one_without_a_key_is_not_kept() {
    let (engine, _) = engine();
    set(&engine, "k", Ttl::Clear);
    let mut view = engine.write(&["k"]);
    let shard = view.shard_mut(b"k");
    assert!(shard.expire(b"k", NOW, DeadlineCondition::Always, NOW));
    assert!(!shard.keyspace().contains(b"k"));
    assert!(!shard.expire(b"k", NOW + 5, DeadlineCondition::Always, NOW));
    assert_eq!(shard.deadline(b"k"), None);
    assert!(!shard.persist(b"k"));
}

#[test]
fn persist_lifts_a_deadline_once() {
    let (engine, clock) = engine();
    set(&engine, "k", Ttl::At(NOW + 5));
    let persisted = || engine.write(&["k"]).shard_mut(b"k").persist(b"k");
    assert!(persisted());
    assert!(!persisted());
    clock.advance(6);
    assert!(exists(&engine, "k"));
}

#[test]
fn a_list_that_is_emptied_takes_its_deadline_with_it() {
    let (engine, _) = engine();
    let mut view = engine.write(&["l"]);
    let shard = view.shard_mut(b"l");
    shard.edit(b"l", |keys| keys.push(b"l", End::Tail, &["a"])).unwrap();
    assert!(shard.expire(b"l", NOW + 5, DeadlineCondition::Always, NOW));
    shard.edit(b"l", |keys| keys.push(b"l", End::Tail, &["b"])).unwrap();
    assert_eq!(shard.deadline(b"l"), Some(NOW + 5), "a list that is left keeps it");
    shard.edit(b"l", |keys| keys.pop(b"l", End::Tail, 2)).unwrap();
    shard.edit(b"l", |keys| keys.push(b"l", End::Tail, &["c"])).unwrap();
    assert_eq!(shard.deadline(b"l"), None, "a new list");
}

#[test]
fn rename_takes_the_deadline_along_and_replaces_the_target_s() {
    let (engine, _) = engine();
    set(&engine, "from", Ttl::At(NOW + 5));
    set(&engine, "to", Ttl::At(NOW + 9));
    let mut view = engine.write(&["from", "to"]);
    assert_eq!(view.rename(b"from", b"to", IfTaken::Refuse), Ok(false));
    assert_eq!(view.rename(b"from", b"to", IfTaken::Replace), Ok(true));
    assert_eq!(view.rename(b"to", b"to", IfTaken::Replace), Ok(true));
    assert_eq!(view.rename(b"to", b"to", IfTaken::Refuse), Ok(false));
    assert_eq!(view.rename(b"from", b"to", IfTaken::Replace), Err(StorageError::NoSuchKey));
    drop(view);
    assert_eq!((deadline(&engine, "to"), engine.held()), (Some(NOW + 5), 1));
}

#[test]
fn clear_removes_keys_and_deadlines() {
    let (engine, _) = engine();
    (0..1000).for_each(|number| set(&engine, &format!("key:{number}"), Ttl::At(NOW + 5)));
    engine.clear();
    assert_eq!((engine.held(), engine.is_empty()), (0, true));
    set(&engine, "key:1", Ttl::Keep);
    assert_eq!(deadline(&engine, "key:1"), None);
}

#[test]
fn many_threads_see_a_key_or_its_successor_but_never_an_expired_one() {
    let (engine, clock) = engine();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..3_000 {
                    let view = engine.read(&["k", "other"]);
                    let shard = view.shard(b"k");
                    assert!(!shard.is_expired(b"k", view.now()));
                    assert_eq!(shard.deadline(b"k").is_some(), shard.keyspace().contains(b"k"));
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..3_000 {
                set(&engine, "k", Ttl::At(clock.now_ms() + 1));
                clock.advance(1);
            }
        });
    });
}

#[test]
fn only_a_manual_clock_can_be_moved() {
    let clock = Clock::System;
    let before = clock.now_ms();
    clock.advance(1_000_000_000);
    assert!((before..before + 500_000_000).contains(&clock.now_ms()));
}
