//! What the doc tests do not show: edges of time, and many keys from many threads.

use std::time::Duration;

use super::{Db, SetOptions};
use crate::clock::Clock;
use crate::storage::{End, Engine, StorageError};

const MS: Duration = Duration::from_millis(1);

fn with_db(test: impl FnOnce(Db<'_>, Clock)) {
    let engine = Engine::new(2);
    let clock = Clock::manual(1000);
    test(engine.db(0).with_clock(clock.clone()), clock);
}

#[test]
fn lifetimes_are_rounded_up_and_none_is_too_long() {
    with_db(|db, clock| {
        for (ttl, left) in [
            (Duration::from_nanos(1), MS),
            (MS, MS),
            (MS + Duration::from_nanos(1), 2 * MS),
            (Duration::MAX, Duration::from_millis(u64::MAX - 1000)),
        ] {
            assert!(db.set_with("k", "v", SetOptions::default().ttl(ttl)));
            assert_eq!(db.ttl("k"), Ok(Some(left)));
            db.set("k", "v");
            assert!(db.expire("k", ttl));
            assert_eq!(db.ttl("k"), Ok(Some(left)));
        }
        db.expire("k", MS);
        clock.advance(1);
        assert_eq!((db.exists("k"), db.ttl("k")), (true, Ok(Some(Duration::ZERO))));
        clock.advance(1);
        assert_eq!((db.exists("k"), db.ttl("k")), (false, Err(StorageError::NoSuchKey)));
    });
}

#[test]
fn no_time_at_all_is_over_at_once() {
    with_db(|db, _| {
        assert!(db.set_with("k", "v", SetOptions::default().ttl(Duration::ZERO)));
        assert!(!db.exists("k"));
        db.set("k", "v");
        assert!(db.expire("k", Duration::ZERO));
        assert!(!db.exists("k") && !db.expire("k", Duration::ZERO));
    });
}

#[test]
fn set_keeps_or_lifts_the_deadline_and_heeds_the_condition() {
    with_db(|db, _| {
        let options = SetOptions::default();
        assert!(!db.set_with("k", "1", options.if_present()));
        assert!(db.set_with("k", "2", options.ttl(MS)));
        assert!(db.set_with("k", "3", options.if_present().keep_ttl()));
        assert_eq!(db.ttl("k"), Ok(Some(MS)));
        assert!(!db.set_with("k", "4", options.if_absent()));
        assert_eq!(db.get("k"), Ok(Some(b"3".to_vec())));
        assert!(db.persist("k") && !db.persist("k") && !db.persist("other"));
        db.expire("k", MS);
        db.set("k", "5");
        assert_eq!(db.ttl("k"), Ok(None));
    });
}

#[test]
fn a_wrong_type_changes_nothing() {
    with_db(|db, _| {
        db.set("string", "s");
        db.push("list", End::Head, &["a", "b"]).unwrap();
        let wrong = StorageError::WrongType;
        assert_eq!(db.push("string", End::Tail, &["x"]), Err(wrong));
        assert_eq!(db.pop("string", End::Tail), Err(wrong));
        assert_eq!(db.list_len("string"), Err(wrong));
        assert_eq!(db.list_range("string", 0, 1), Err(wrong));
        assert_eq!(db.append("list", "x"), Err(wrong));
        assert_eq!(db.incr("list"), Err(wrong));
        assert_eq!(db.get_range("list", 0, 1), Err(wrong));
        assert_eq!(db.mget(&["string", "list"]), Err(wrong));
        assert_eq!(db.incr("string"), Err(StorageError::NotAnInteger));
        assert_eq!(db.list_range("list", 0, -1), Ok(vec![b"b".to_vec(), b"a".to_vec()]));
    });
}

#[test]
fn databases_are_apart_and_an_index_too_large_is_the_last() {
    let engine = Engine::new(2);
    engine.db(1).set("k", "v");
    assert!(!engine.db(0).exists("k"));
    assert_eq!((engine.db(9).len(), engine.db(9).flush(), engine.db(1).len()), (1, 1, 0));
}

#[test]
fn many_keys_are_set_and_read_as_of_one_moment() {
    let engine = Engine::new(1);
    let names: Vec<String> = (0..40).map(|number| format!("key:{number}")).collect();
    let value = |turn: u32| -> Vec<(&String, String)> {
        names.iter().map(|name| (name, turn.to_string())).collect()
    };
    engine.db(0).mset(&value(0));
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let turns = (0..500).map(move |turn| turn * 2 + writer);
            let (engine, value) = (&engine, &value);
            scope.spawn(move || turns.for_each(|turn| engine.db(0).mset(&value(turn))));
        }
        for _ in 0..500 {
            let values = engine.db(0).mget(&names).unwrap();
            assert!(values.iter().all(|value| value.is_some() && *value == values[0]));
        }
    });
}

#[test]
fn no_increment_is_lost() {
    let engine = Engine::new(1);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1000).all(|_| engine.db(0).incr("k").is_ok()));
        }
    });
    assert_eq!(engine.db(0).incr_by("k", 0), Ok(4000));
}

#[test]
fn a_scan_finds_all_keys() {
    with_db(|db, _| {
        assert_eq!(db.scan().next(), None);
        for number in 0..1000 {
            db.set(format!("{number}"), "v");
        }
        let mut keys: Vec<_> = db.scan().collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 1000);
        assert_eq!(db.keys("*").len(), 1000);
    });
}
