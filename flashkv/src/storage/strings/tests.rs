//! Strings in a locked view: encodings, deadlines, limits.

use super::*;
use crate::storage::{Engine, View};

const NOW: Millis = 1_000_000;

/// Runs `work` on the key `k` of an engine whose strings have at most 1,000 bytes.
fn on<T>(engine: &Engine, work: impl FnOnce(&mut View<'_>, &Key<'_>) -> T) -> T {
    engine.set_max_string(1000);
    let mut keys = [engine.key(0, b"k")];
    let mut view = engine.write(&mut keys, NOW);
    work(&mut view, &keys[0])
}

fn value(engine: &Engine) -> Option<Vec<u8>> {
    on(engine, |view, key| view.string(key).unwrap().map(|string| string.bytes.to_vec()))
}

fn set(engine: &Engine, value: &[u8], ttl: Ttl) {
    on(engine, |view, key| assert!(view.set(key, value, Condition::Always, ttl)));
}

#[test]
fn a_sum_outside_the_range_leaves_the_value_as_it_was() {
    let engine = Engine::new(1);
    for (old, delta) in [(i64::MAX, 1), (i64::MIN, -1), (-2, i64::MIN), (1, i64::MAX)] {
        set(&engine, old.to_string().as_bytes(), Ttl::Clear);
        let result = on(&engine, |view, key| {
            let result = view.incr_by(key, delta);
            assert_eq!(view.tally().changes, 0);
            result
        });
        assert_eq!(result, Err(StorageError::Overflow));
        assert_eq!(value(&engine), Some(old.to_string().into_bytes()));
    }
}

#[test]
fn counting_keeps_the_deadline_and_setting_lifts_it() {
    let engine = Engine::new(1);
    set(&engine, b"9", Ttl::At(NOW + 5));
    assert_eq!(on(&engine, |view, key| view.incr_by(key, 1)), Ok(10));
    assert_eq!(on(&engine, |view, key| view.deadline(key)), Some(Some(NOW + 5)));
    set(&engine, b"9", Ttl::Keep);
    assert_eq!(on(&engine, |view, key| view.deadline(key)), Some(Some(NOW + 5)));
    set(&engine, b"9", Ttl::Clear);
    assert_eq!(on(&engine, |view, key| view.deadline(key)), Some(None));
}

#[test]
fn a_string_does_not_grow_past_the_limit() {
    let engine = Engine::new(1);
    set(&engine, &[b'x'; 999], Ttl::Clear);
    assert_eq!(on(&engine, |view, key| view.append(key, b"y")), Ok(1000));
    assert_eq!(on(&engine, |view, key| view.append(key, b"z")), Err(StorageError::TooLong));
    let at = |offset| on(&engine, |view, key| view.set_range(key, offset, b"z"));
    assert_eq!(at(999), Ok(1000));
    assert_eq!(at(1000), Err(StorageError::TooLong));
    assert_eq!(at(usize::MAX), Err(StorageError::TooLong));
    assert_eq!(value(&engine).unwrap()[998..], *b"xz");
}

#[test]
fn a_range_set_past_the_end_is_padded_with_zero_bytes() {
    let engine = Engine::new(1);
    assert_eq!(on(&engine, |view, key| view.set_range(key, 2, b"ab")), Ok(4));
    assert_eq!(on(&engine, |view, key| view.set_range(key, 600, b"c")), Ok(601));
    let mut expected = b"\0\0ab".to_vec();
    expected.resize(600, 0);
    expected.push(b'c');
    assert_eq!(value(&engine), Some(expected));
}

#[test]
fn an_empty_patch_makes_no_key() {
    let engine = Engine::new(1);
    assert_eq!(on(&engine, |view, key| view.set_range(key, usize::MAX, b"")), Ok(0));
    assert_eq!(value(&engine), None);
}

#[test]
fn a_key_past_its_deadline_counts_as_absent() {
    let engine = Engine::new(1);
    set(&engine, b"41", Ttl::At(NOW - 1));
    assert!(!on(&engine, |view, key| view.set(key, b"1", Condition::IfPresent, Ttl::Keep)));
    set(&engine, b"41", Ttl::At(NOW - 1));
    assert_eq!(on(&engine, |view, key| view.incr_by(key, 1)), Ok(1));
    assert_eq!(on(&engine, |view, key| view.deadline(key)), Some(None));
}

#[test]
fn substrings_are_cut_as_in_redis() {
    let cases: [(i64, i64, &[u8]); 14] = [
        (0, 2, b"abc"),
        (0, -1, b"abcdef"),
        (-3, -1, b"def"),
        (5, 5, b"f"),
        (4, 100, b"ef"),
        (6, 9, b""),
        (3, 1, b""),
        (-1, -3, b""),
        (-1, 0, b""),
        (0, -100, b"a"),
        (-100, -90, b"a"),
        (i64::MIN, i64::MIN, b"a"),
        (i64::MIN, i64::MAX, b"abcdef"),
        (i64::MAX, i64::MAX, b""),
    ];
    for (start, end, expected) in cases {
        assert_eq!(substring(b"abcdef", start, end), expected, "{start} {end}");
        assert_eq!(substring(b"", start, end), b"");
    }
}
