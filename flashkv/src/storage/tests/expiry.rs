//! Deadlines: what has passed is invisible at once, to everything.

use super::super::walk::KeyCount;
use super::*;

#[test]
fn a_key_is_there_at_its_deadline_and_gone_after_it() {
    let engine = Engine::new(1);
    set(&engine, b"k", b"v", Ttl::At(100), 0);
    assert_eq!(get(&engine, b"k", 100).as_deref(), Some(&b"v"[..]));
    assert_eq!((engine.len(0, 100), engine.is_empty(0, 100)), (1, false));
    assert_eq!(get(&engine, b"k", 101), None);
    assert_eq!((engine.len(0, 101), engine.is_empty(0, 101)), (0, true));
    engine.for_each_key(0, 101, |_| panic!("it has expired"));
    assert_eq!(stored(&engine), 1, "reads leave it to the sweeper");
    assert!(!remove(&engine, b"k", 101));
    assert_eq!(stored(&engine), 0, "a write does not");
}

#[test]
fn a_write_that_meets_an_expired_key_counts_it() {
    let engine = Engine::new(1);
    set(&engine, b"k", b"v", Ttl::At(100), 0);
    let keys = &mut [engine.key(0, b"k")];
    let mut view = engine.write(keys, 200);
    assert!(!view.set(&keys[0], b"w", Condition::IfPresent, Ttl::Clear));
    assert_eq!((view.tally().expired, view.tally().changes), (1, 0));
}

#[test]
fn an_expired_list_does_not_come_back_with_a_push() {
    let engine = Engine::new(1);
    push(&engine, b"k", b"old", 0);
    expire(&engine, b"k", 10, 0);
    push(&engine, b"k", b"new", 11);
    let keys = &mut [engine.key(0, b"k")];
    let view = engine.read(keys, 11);
    assert_eq!(view.list(&keys[0]).unwrap().unwrap().iter().collect::<Vec<_>>(), [b"new"]);
    assert_eq!(view.deadline(&keys[0]), Some(None));
}

#[test]
fn keys_deadlines_and_time_left_are_counted_over_both_stores() {
    let engine = Engine::new(2);
    assert_eq!(engine.key_count(0, 0), KeyCount::default());
    set(&engine, b"for ever", b"v", Ttl::Clear, 0);
    set(&engine, b"string", b"v", Ttl::At(1000), 0);
    set(&engine, b"expired", b"v", Ttl::At(99), 0);
    push(&engine, b"list", b"v", 0);
    expire(&engine, b"list", 3000, 0);
    let expected = KeyCount { keys: 3, expires: 2, average_ttl: 1900 };
    assert_eq!(engine.key_count(0, 100), expected);
    assert_eq!(engine.key_count(1, 100), KeyCount::default());
}

#[test]
fn many_deadlines_are_counted_exactly_and_their_mean_is_estimated() {
    let engine = Engine::new(1);
    for number in 0..150_000_u64 {
        set(&engine, &number.to_be_bytes(), b"v", Ttl::At(1000 + number % 1000), 0);
    }
    let count = engine.key_count(0, 1100);
    assert_eq!((count.keys, count.expires), (135_000, 135_000));
    assert!((440..=460).contains(&count.average_ttl), "{count:?}");
}
