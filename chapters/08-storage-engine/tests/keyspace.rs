//! Operations on one shard's data.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use chapter_08::storage::{
    Condition, End, Keyspace, Kind, StorageError, Value, absolute_index, absolute_range, matches,
};

fn list(keys: &Keyspace, key: &[u8]) -> Vec<String> {
    let list = keys.list(key).unwrap();
    list.into_iter().flatten().map(|item| String::from_utf8(item.clone()).unwrap()).collect()
}

fn pushed(key: &[u8], values: &str) -> Keyspace {
    let mut keys = Keyspace::default();
    let values: Vec<&str> = values.split(' ').collect();
    assert_eq!(keys.push(key, End::Tail, &values), Ok(values.len()));
    keys
}

#[test]
fn set_looks_at_its_condition_and_replaces_any_type() {
    let mut keys = Keyspace::default();
    assert!(!keys.set(b"k", b"v", Condition::IfPresent));
    assert!(keys.set(b"k", b"v", Condition::IfAbsent));
    assert!(!keys.set(b"k", b"w", Condition::IfAbsent));
    assert!(keys.set(b"k", b"w", Condition::IfPresent));
    assert_eq!(keys.string(b"k"), Ok(Some(&b"w"[..])));
    let mut keys = pushed(b"l", "a");
    assert!(!keys.set(b"l", b"v", Condition::IfAbsent));
    assert!(keys.set(b"l", b"v", Condition::Always));
    assert_eq!((keys.kind(b"l"), keys.len()), (Some(Kind::String), 1));
}

#[test]
fn incr_counts_and_refuses_what_it_cannot_count() {
    let mut keys = Keyspace::default();
    assert_eq!(keys.incr_by(b"n", 1), Ok(1));
    assert_eq!(keys.incr_by(b"n", -11), Ok(-10));
    assert_eq!(keys.string(b"n"), Ok(Some(&b"-10"[..])));
    for (value, error) in [
        (&b"9223372036854775807"[..], StorageError::Overflow),
        (b"9223372036854775808", StorageError::NotAnInteger),
        (b"007", StorageError::NotAnInteger),
        (b"+1", StorageError::NotAnInteger),
        (b" 1", StorageError::NotAnInteger),
        (b"-0", StorageError::NotAnInteger),
        (b"", StorageError::NotAnInteger),
    ] {
        keys.set(b"n", value, Condition::Always);
        assert_eq!(keys.incr_by(b"n", 1), Err(error), "{}", value.escape_ascii());
        assert_eq!(keys.string(b"n"), Ok(Some(value)));
    }
}

#[test]
fn append_makes_a_string_or_lengthens_it() {
    let mut keys = Keyspace::default();
    assert_eq!(keys.append(b"s", b""), Ok(0));
    assert!(keys.contains(b"s"));
    assert_eq!(keys.append(b"s", b"ab"), Ok(2));
    assert_eq!(keys.append(b"s", b"\0"), Ok(3));
    assert_eq!(keys.string(b"s"), Ok(Some(&b"ab\0"[..])));
}

#[test]
fn lists_are_pushed_and_popped_at_both_ends() {
    let mut keys = pushed(b"l", "b c");
    assert_eq!(keys.push(b"l", End::Head, &["a", "z"]), Ok(4));
    assert_eq!(list(&keys, b"l"), ["z", "a", "b", "c"]);
    assert_eq!(keys.pop(b"l", End::Head, 1), Ok(Some(vec![b"z".to_vec()])));
    assert_eq!(keys.pop(b"l", End::Tail, 0), Ok(Some(vec![])));
    let rest = [b"c".to_vec(), b"b".to_vec(), b"a".to_vec()];
    assert_eq!(keys.pop(b"l", End::Tail, 9), Ok(Some(rest.to_vec())));
    assert_eq!(keys.pop(b"l", End::Tail, 9), Ok(None));
    assert_eq!(keys.push::<&str>(b"l", End::Tail, &[]), Ok(0));
}

#[test]
fn an_empty_list_is_no_key() {
    let mut keys = pushed(b"l", "a");
    assert_eq!(keys.pop(b"l", End::Head, 1), Ok(Some(vec![b"a".to_vec()])));
    assert_eq!((keys.kind(b"l"), keys.len(), keys.is_empty()), (None, 0, true));
    let mut keys = pushed(b"l", "a a");
    assert_eq!(keys.list_remove(b"l", b"a", usize::MAX, End::Head), Ok(2));
    assert!(!keys.contains(b"l"));
}

#[test]
fn list_remove_takes_the_first_ones_from_either_end() {
    let removed = |count, from| {
        let mut keys = pushed(b"l", "a b a c a b a");
        let removed = keys.list_remove(b"l", b"a", count, from).unwrap();
        (removed, list(&keys, b"l").concat())
    };
    assert_eq!(removed(2, End::Head), (2, "bcaba".into()));
    assert_eq!(removed(2, End::Tail), (2, "abacb".into()));
    assert_eq!(removed(9, End::Tail), (4, "bcb".into()));
    assert_eq!(removed(0, End::Head), (0, "abacaba".into()));
    assert_eq!(Keyspace::default().list_remove(b"l", b"a", 1, End::Head), Ok(0));
}

#[test]
fn list_set_says_what_is_missing() {
    let mut keys = pushed(b"l", "a b c");
    assert_eq!(keys.list_set(b"l", -1, b"z"), Ok(()));
    assert_eq!(keys.list_set(b"l", 0, b"y"), Ok(()));
    assert_eq!(list(&keys, b"l"), ["y", "b", "z"]);
    for index in [3, -4, i64::MIN, i64::MAX] {
        assert_eq!(keys.list_set(b"l", index, b"x"), Err(StorageError::IndexOutOfRange));
    }
    assert_eq!(keys.list_set(b"none", 0, b"x"), Err(StorageError::NoSuchKey));
}

#[test]
fn indexes_may_count_from_the_end_and_ranges_are_cut() {
    assert_eq!([0, 2, 3, -1, -3, -4].map(|at| absolute_index(at, 3)), {
        [Some(0), Some(2), None, Some(2), Some(0), None]
    });
    for (start, stop, expected) in [
        (0, -1, 0..3),
        (1, 1, 1..2),
        (-2, 9, 1..3),
        (i64::MIN, i64::MAX, 0..3),
        (2, 1, 2..2),
        (5, 9, 3..3),
        (0, -9, 0..0),
        (i64::MAX, i64::MIN, 3..3),
    ] {
        assert_eq!(absolute_range(start, stop, 3), expected, "{start} {stop}");
        assert!(absolute_range(start, stop, 0).is_empty());
    }
}

#[test]
fn an_operation_of_another_type_is_refused_and_changes_nothing() {
    let mut keys = pushed(b"l", "a");
    keys.set(b"s", b"1", Condition::Always);
    let wrong = StorageError::WrongType;
    assert_eq!(keys.string(b"l"), Err(wrong));
    assert_eq!(keys.incr_by(b"l", 1), Err(wrong));
    assert_eq!(keys.append(b"l", b"x"), Err(wrong));
    assert_eq!(keys.list(b"s"), Err(wrong));
    assert_eq!(keys.push(b"s", End::Head, &["x"]), Err(wrong));
    assert_eq!(keys.pop(b"s", End::Head, 1), Err(wrong));
    assert_eq!(keys.list_set(b"s", 0, b"x"), Err(wrong));
    assert_eq!(keys.list_remove(b"s", b"1", 1, End::Head), Err(wrong));
    assert_eq!((list(&keys, b"l"), keys.string(b"s")), (vec!["a".into()], Ok(Some(&b"1"[..]))));
}

#[test]
fn put_and_remove_move_values_of_any_type() {
    let mut keys = pushed(b"l", "a b");
    let value = keys.remove(b"l").unwrap();
    assert_eq!(keys.put(b"s", Value::String(b"old".to_vec())), None);
    assert_eq!(keys.put(b"s", value), Some(Value::String(b"old".to_vec())));
    assert_eq!((list(&keys, b"s").concat(), keys.len()), ("ab".into(), 1));
    keys.put(b"t", Value::String(vec![]));
    let mut names: Vec<&[u8]> = keys.keys().collect();
    names.sort_unstable();
    assert_eq!(names, [b"s", b"t"]);
    assert_eq!(keys.remove(b"none"), None);
}

#[test]
fn patterns_match_as_redis_does() {
    for (pattern, text, expected) in [
        ("*", "anything", true),
        ("*", "", false),
        ("", "", true),
        ("h?llo", "hello", true),
        ("h?llo", "hllo", false),
        ("h*llo", "hllo", true),
        ("h*l*o", "hello", true),
        ("h*l*z", "hello", false),
        ("h[ae]llo", "hallo", true),
        ("h[^e]llo", "hello", false),
        ("h[^e]llo", "hbllo", true),
        ("h[c-a]llo", "hbllo", true),
        ("h[a-c", "hb", true),
        ("h\\*", "h*", true),
        ("h\\*", "hx", false),
        ("h\\", "h\\", true),
        ("[\\]]", "]", true),
        ("[]", "]", false),
        ("a*", "ba", false),
        ("*a", "aab", false),
        ("a", "ab", false),
        ("ab", "a", false),
    ] {
        assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
    }
    // Many stars cost no more than pattern times text: this would never end if each were retried.
    assert!(!matches("*a".repeat(50).as_bytes(), "a".repeat(49).as_bytes()));
}
