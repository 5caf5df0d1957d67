//! SCAN's promise: a key that is there from the first call to the last is returned, here even exactly once.

use std::collections::BTreeMap;

use super::*;

/// Scans to the end, calling `between` after each call; returns how often each key was returned.
fn scan_all(
    engine: &Engine,
    count: usize,
    now: Millis,
    mut between: impl FnMut(usize),
) -> BTreeMap<Vec<u8>, usize> {
    let mut seen = BTreeMap::new();
    let mut cursor = 0;
    for call in 0.. {
        let before = cursor;
        let mut returned = 0;
        cursor = engine.scan(0, cursor, count, now, |key, _| {
            *seen.entry(key.to_vec()).or_default() += 1;
            returned += 1;
        });
        // More only if hashes are equal, which these keys' are not.
        assert!(returned <= count.max(1), "{returned} keys for a count of {count}");
        if cursor == 0 {
            return seen;
        }
        assert!(cursor > before, "the cursor did not move on");
        assert_eq!(returned, count.max(1), "fewer than asked for, though not at the end");
        between(call);
    }
    seen
}

fn name(family: &str, number: usize) -> Vec<u8> {
    format!("{family}:{number}").into_bytes()
}

#[test]
fn keys_that_stay_are_returned_once_while_others_come_and_go() {
    let engine = Engine::new(1);
    let stay = 2000;
    for number in 0..stay {
        set(&engine, &name("stays", number), b"v", Ttl::Clear, 0);
        push(&engine, &name("stays-list", number), b"v", 0);
        set(&engine, &name("goes", number), b"v", Ttl::Clear, 0);
    }
    let splits = |engine: &Engine| {
        let shards = engine.databases[0].shards.iter();
        shards.map(|shard| shard.0.read().strings.segments().len()).sum::<usize>()
    };
    let before = splits(&engine);
    let seen = scan_all(&engine, 100, 0, |call| {
        // Not for ever: keys that come faster than they are returned would keep a scan from ending.
        for number in 0..if call < 60 { 1500 } else { 0 } {
            set(&engine, &name("comes", call * 1500 + number), b"v", Ttl::Clear, 0);
        }
        for number in 0..20 {
            remove(&engine, &name("goes", call * 20 + number), 0);
            // The type may change: the key is still there.
            push_instead(&engine, &name("stays", call * 20 + number));
        }
    });
    assert!(splits(&engine) > before + 10, "nothing was split meanwhile");
    for number in 0..stay {
        assert_eq!(seen.get(&name("stays", number)), Some(&1));
        assert_eq!(seen.get(&name("stays-list", number)), Some(&1));
    }
    assert!(seen.values().all(|times| *times == 1));
}

/// Turns a string into a list.
fn push_instead(engine: &Engine, key: &[u8]) {
    let keys = &mut [engine.key(0, key)];
    let mut view = engine.write(keys, 0);
    if view.remove(&keys[0]) {
        let values = std::iter::once(&b"v"[..]);
        view.push(&keys[0], End::Head, values, IfMissing::Create).unwrap();
    }
}

#[test]
fn every_count_returns_every_key() {
    let engine = Engine::new(1);
    assert!(scan_all(&engine, 10, 0, |_| ()).is_empty());
    for number in 0..500 {
        set(&engine, &name("string", number), b"v", Ttl::Clear, 0);
        push(&engine, &name("list", number), b"v", 0);
    }
    for count in [0, 1, 7, 999, 1000, 1001, usize::MAX] {
        assert_eq!(scan_all(&engine, count, 0, |_| ()).len(), 1000, "with a count of {count}");
    }
}

#[test]
fn a_scan_tells_kinds_and_leaves_out_what_has_expired() {
    let engine = Engine::new(1);
    set(&engine, b"string", b"v", Ttl::Clear, 0);
    push(&engine, b"list", b"v", 0);
    set(&engine, b"expired", b"v", Ttl::At(5), 0);
    set(&engine, b"just alive", b"v", Ttl::At(6), 0);
    let mut seen = Vec::new();
    assert_eq!(engine.scan(0, 0, 100, 6, |key, kind| seen.push((key.to_vec(), kind))), 0);
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [("just alive", Kind::String), ("list", Kind::List), ("string", Kind::String)];
    assert_eq!(seen, expected.map(|(key, kind)| (key.as_bytes().to_vec(), kind)));
}

#[test]
fn made_up_cursors_end() {
    let engine = Engine::new(1);
    for number in 0..100 {
        set(&engine, &name("string", number), b"v", Ttl::Clear, 0);
    }
    for cursor in [1, u64::from(u32::MAX), 63 << 32 | 0xffff_ffff, 64 << 32, u64::MAX] {
        let mut at = cursor;
        for _ in 0..200 {
            at = engine.scan(0, at, 1, 0, |_, _| ());
            if at == 0 {
                break;
            }
        }
        assert_eq!(at, 0, "from {cursor}");
    }
    assert_eq!(engine.scan(5, 0, 10, 0, |_, _| panic!("there is no such database")), 0);
}

#[test]
fn each_key_is_picked_at_random_now_and_then() {
    let engine = Engine::new(1);
    assert_eq!(engine.random_key(0, 0), None);
    for number in 0..20 {
        set(&engine, &name("string", number), b"v", Ttl::Clear, 0);
        push(&engine, &name("list", number), b"v", 0);
        set(&engine, &name("expired", number), b"v", Ttl::At(5), 0);
    }
    let mut picked = BTreeMap::<Vec<u8>, usize>::new();
    for _ in 0..8000 {
        *picked.entry(engine.random_key(0, 10).unwrap()).or_default() += 1;
    }
    assert_eq!(picked.len(), 40, "each, and no expired one");
    // 200 each are expected.
    assert!(picked.values().all(|times| (50..=500).contains(times)), "{picked:?}");
}

#[test]
fn the_only_live_key_among_many_expired_ones_is_picked() {
    let engine = Engine::new(1);
    for number in 0..3000 {
        set(&engine, &name("expired", number), b"v", Ttl::At(5), 0);
    }
    assert_eq!(engine.random_key(0, 10), None);
    set(&engine, b"live", b"v", Ttl::Clear, 10);
    assert_eq!(engine.random_key(0, 10).as_deref(), Some(&b"live"[..]));
}
