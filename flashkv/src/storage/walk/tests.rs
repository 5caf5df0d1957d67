//! Walks over databases with keys in both stores, many segments and few.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeMap;

use super::*;
use crate::storage::segment::NewValue;
use crate::storage::{Condition, End, IfMissing, Ttl};

const NOW: Millis = 1000;

/// Strings, lists, and expired strings, so many of each.
fn engine(each: usize) -> Engine {
    let engine = Engine::new(1);
    for n in 0..each {
        let names = [format!("string{n}"), format!("list{n}"), format!("gone{n}")];
        let mut keys = names.each_ref().map(|name| engine.key(0, name.as_bytes()));
        let mut view = engine.write(&mut keys, 0);
        view.set(&keys[0], b"v", Condition::Always, Ttl::Clear);
        view.push(&keys[1], End::Tail, std::iter::once(&b"v"[..]), IfMissing::Create).unwrap();
        view.set(&keys[2], b"v", Condition::Always, Ttl::At(NOW - 1));
    }
    engine
}

#[test]
fn scan_visits_every_live_key_once_whatever_the_count() {
    for each in [0, 1, 30, 20_000] {
        let engine = engine(each);
        for count in [1, 7, 10, 1000, usize::MAX] {
            if each > 1000 && count == 1 {
                continue;
            }
            let mut seen: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
            let mut cursor = 0;
            loop {
                let mut here = 0;
                cursor = engine.scan(0, cursor, count, NOW, |key, kind| {
                    assert_eq!(kind == Kind::List, key.starts_with(b"list"));
                    *seen.entry(key.to_vec()).or_default() += 1;
                    here += 1;
                });
                // Only keys with equal hash prefixes may exceed the count; these keys are too few for many of those.
                assert!(here <= count.saturating_add(2));
                if cursor == 0 {
                    break;
                }
            }
            assert_eq!(seen.len(), 2 * each, "COUNT {count}");
            assert!(seen.values().all(|times| *times == 1), "COUNT {count}");
        }
    }
}

/// Found by the fuzz target `commands`: when the last key that fitted into a step had the prefix of the one before it, the
/// rest of its segment was passed over.
#[test]
fn scan_misses_nothing_behind_keys_with_equal_prefixes() {
    let prefixes = [1, 2, 2, 3, 4, 4, 4, 5, Prefix::MAX, Prefix::MAX];
    let engine = Engine::new(1);
    {
        let mut shard = engine.database(0).unwrap().shards[0].0.write();
        for (name, prefix) in prefixes.into_iter().enumerate() {
            let name = name.to_string();
            shard.strings.insert(prefix, name.as_bytes(), 0, None, NewValue::Inside(b"v"));
        }
    }
    for count in 1..=prefixes.len() {
        let (mut seen, mut cursor) = (Vec::new(), 0);
        loop {
            cursor = engine.scan(0, cursor, count, NOW, |key, _| seen.push(key.to_vec()));
            if cursor == 0 {
                break;
            }
        }
        seen.sort();
        let all: Vec<_> = (0..prefixes.len()).map(|name| name.to_string().into_bytes()).collect();
        assert_eq!(seen, all, "COUNT {count}");
    }
}

#[test]
fn an_invented_cursor_ends_the_walk_or_goes_on_with_it() {
    let engine = engine(100);
    for cursor in [1, u64::from(Prefix::MAX), 1 << 32, 63 << 32, 64 << 32, 1 << 63, u64::MAX] {
        let mut visited = 0;
        let next = engine.scan(0, cursor, usize::MAX, NOW, |_, _| visited += 1);
        assert_eq!(next, 0);
        assert!(visited <= 200);
    }
}

#[test]
fn random_key_finds_the_one_live_key_among_expired_ones() {
    let engine = engine(1);
    for _ in 0..100 {
        let key = engine.random_key(0, NOW).unwrap();
        assert!(key == b"string0" || key == b"list0");
    }
    assert_eq!(Engine::new(1).random_key(0, NOW), None);
}

#[test]
fn for_each_key_visits_live_keys_only() {
    let mut seen = 0;
    engine(500).for_each_key(0, NOW, |key| {
        assert!(!key.starts_with(b"gone"));
        seen += 1;
    });
    assert_eq!(seen, 1000);
}
