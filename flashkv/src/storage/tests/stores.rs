//! A key is in at most one store, whatever is done to it and to its neighbours.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::list::List;
use super::*;

#[derive(Debug, Clone)]
enum Op {
    Set(usize, Ttl, usize),
    Push(usize),
    Pop(usize),
    Remove(usize),
    Expire(usize, Option<Millis>),
    Rename(usize, usize, IfTaken),
    Copy(usize, usize, IfTaken),
    Wait(Millis),
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    String(Vec<u8>),
    List(usize),
}

const KEYS: usize = 40;

fn ops() -> impl Strategy<Value = Op> {
    let key = || 0..KEYS;
    let soon = || 0..60_u64;
    let ttls = prop_oneof![Just(Ttl::Clear), Just(Ttl::Keep), soon().prop_map(Ttl::At)];
    let lengths = prop::sample::select(vec![0, 5, 40, 512, 513]);
    let if_taken = || prop_oneof![Just(IfTaken::Replace), Just(IfTaken::Refuse)];
    prop_oneof![
        6 => (key(), ttls, lengths).prop_map(|(key, ttl, len)| Op::Set(key, ttl, len)),
        4 => key().prop_map(Op::Push),
        2 => key().prop_map(Op::Pop),
        1 => key().prop_map(Op::Remove),
        4 => (key(), prop::option::of(soon())).prop_map(|(key, at)| Op::Expire(key, at)),
        4 => (key(), key(), if_taken()).prop_map(|(from, to, taken)| Op::Rename(from, to, taken)),
        2 => (key(), key(), if_taken()).prop_map(|(from, to, taken)| Op::Copy(from, to, taken)),
        1 => (0..30_u64).prop_map(Op::Wait),
    ]
}

/// What should be there. Deadlines in operations count from now.
#[derive(Debug, Default)]
struct Model {
    now: Millis,
    entries: BTreeMap<usize, (Value, Option<Millis>)>,
}

impl Model {
    fn apply(&mut self, engine: &Engine, names: &[Vec<u8>], op: Op) {
        let now = self.now;
        match op {
            Op::Set(key, ttl, len) => {
                let (ttl, deadline) = match ttl {
                    Ttl::At(soon) => (Ttl::At(now + soon), Some(now + soon)),
                    Ttl::Keep => (ttl, self.entries.get(&key).and_then(|(_, deadline)| *deadline)),
                    Ttl::Clear => (ttl, None),
                };
                let value = vec![b'a' + (now % 26) as u8; len];
                set(engine, &names[key], &value, ttl, now);
                self.entries.insert(key, (Value::String(value), deadline));
            }
            Op::Push(key) => {
                let keys = &mut [engine.key(0, &names[key])];
                let values = std::iter::once(&b"element"[..]);
                let pushed =
                    engine.write(keys, now).push(&keys[0], End::Tail, values, IfMissing::Create);
                let entry = self.entries.entry(key).or_insert((Value::List(0), None));
                match &mut entry.0 {
                    Value::List(len) => {
                        *len += 1;
                        assert_eq!(pushed, Ok(*len));
                    }
                    Value::String(_) => assert!(pushed.is_err()),
                }
            }
            Op::Pop(key) => {
                let keys = &mut [engine.key(0, &names[key])];
                let popped = engine.write(keys, now).pop(&keys[0], End::Head, 1, |_| {});
                match self.entries.get_mut(&key) {
                    None => assert_eq!(popped, Ok(None)),
                    Some((Value::String(_), _)) => assert!(popped.is_err()),
                    Some((Value::List(len), _)) => {
                        assert_eq!(popped, Ok(Some(1)));
                        *len -= 1;
                        if *len == 0 {
                            self.entries.remove(&key);
                        }
                    }
                }
            }
            Op::Remove(key) => {
                let removed = remove(engine, &names[key], now);
                assert_eq!(removed, self.entries.remove(&key).is_some());
            }
            Op::Expire(key, soon) => {
                let deadline = soon.map(|soon| now + soon);
                let keys = &mut [engine.key(0, &names[key])];
                let found = engine.write(keys, now).set_deadline(&keys[0], deadline);
                assert_eq!(found, self.entries.contains_key(&key));
                if soon == Some(0) {
                    self.entries.remove(&key);
                } else if let Some(entry) = self.entries.get_mut(&key) {
                    entry.1 = deadline;
                }
            }
            Op::Rename(from, to, if_taken) => {
                let keys = &mut [engine.key(0, &names[from]), engine.key(0, &names[to])];
                let renamed = engine.write(keys, now).rename(&keys[0], &keys[1], if_taken);
                let refused = if_taken == IfTaken::Refuse && self.entries.contains_key(&to);
                assert_eq!(renamed.ok(), self.entries.get(&from).map(|_| !refused));
                if !refused && let Some(entry) = self.entries.remove(&from) {
                    self.entries.insert(to, entry);
                }
            }
            Op::Copy(from, to, if_taken) if from != to => {
                let keys = &mut [engine.key(0, &names[from]), engine.key(0, &names[to])];
                let copied = engine.write(keys, now).copy(&keys[0], &keys[1], if_taken);
                let refused = if_taken == IfTaken::Refuse && self.entries.contains_key(&to);
                assert_eq!(copied, self.entries.contains_key(&from) && !refused);
                if copied {
                    self.entries.insert(to, self.entries[&from].clone());
                }
            }
            Op::Copy(..) => {}
            Op::Wait(ms) => {
                self.now += ms;
                self.entries.retain(|_, entry| entry.1.is_none_or(|deadline| deadline >= self.now));
            }
        }
    }

    fn compare(&self, engine: &Engine, names: &[Vec<u8>]) {
        assert_eq!(engine.len(0, self.now), self.entries.len());
        for (number, name) in names.iter().enumerate() {
            let keys = &mut [engine.key(0, name)];
            let view = engine.read(keys, self.now);
            let found = view.kind(&keys[0]).map(|kind| match kind {
                Kind::String => {
                    Value::String(view.string(&keys[0]).unwrap().unwrap().bytes.to_vec())
                }
                Kind::List => Value::List(view.list(&keys[0]).unwrap().map_or(0, List::len)),
            });
            let expected = self.entries.get(&number);
            assert_eq!(found.as_ref(), expected.map(|(value, _)| value));
            assert_eq!(view.deadline(&keys[0]), expected.map(|(_, deadline)| *deadline));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_key_is_in_one_store(ops in prop::collection::vec(ops(), 1..150)) {
        let engine = Engine::new(1);
        let names = neighbours(&engine, KEYS);
        let mut model = Model::default();
        for op in ops {
            model.apply(&engine, &names, op);
            model.compare(&engine, &names);
            check(&engine);
        }
    }
}

/// Keys of one shard, half of which expire at 5, paired with the other half.
fn expired_and_live(engine: &Engine) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut expired = neighbours(engine, 600);
    let live = expired.split_off(300);
    for (old, new) in expired.iter().zip(&live) {
        set(engine, old, b"expired", Ttl::At(5), 0);
        set(engine, new, new, Ttl::Clear, 0);
    }
    expired.into_iter().zip(live).collect()
}

// Where the keys lie differs from engine to engine, and not all are close enough to disturb each other: hence several.

#[test]
fn renaming_onto_an_expired_neighbour_moves_the_right_value() {
    for engine in [(); 5].map(|()| Engine::new(1)) {
        for (old, new) in expired_and_live(&engine) {
            let keys = &mut [engine.key(0, &new), engine.key(0, &old)];
            let renamed = engine.write(keys, 10).rename(&keys[0], &keys[1], IfTaken::Replace);
            assert_eq!(renamed, Ok(true));
            assert_eq!(get(&engine, &old, 10), Some(new));
        }
        assert_eq!(stored(&engine), 300);
    }
}

#[test]
fn copying_onto_an_expired_neighbour_copies_the_right_value() {
    for engine in [(); 5].map(|()| Engine::new(1)) {
        for (old, new) in expired_and_live(&engine) {
            let keys = &mut [engine.key(0, &new), engine.key(0, &old)];
            assert!(engine.write(keys, 10).copy(&keys[0], &keys[1], IfTaken::Refuse));
            assert_eq!(get(&engine, &old, 10), Some(new));
        }
    }
}

#[test]
fn a_flush_empties_one_database_or_all_and_returns_the_memory() {
    let engine = Engine::new(2);
    for number in 0..3000 {
        let name = format!("{number}");
        set(&engine, name.as_bytes(), &[b'v'; 600], Ttl::Clear, 0);
        push(&engine, format!("list:{number}").as_bytes(), b"element", 0);
    }
    engine.swap(0, 1);
    set(&engine, b"left", b"alone", Ttl::Clear, 0);
    assert_eq!((engine.len(0, 0), engine.len(1, 0)), (1, 6000));
    assert_eq!(engine.flush(1), 6000);
    assert_eq!((engine.len(0, 0), engine.len(1, 0)), (1, 0));
    assert_eq!(engine.flush_all(), 1);
    assert_eq!(engine.memory(), 0);
    assert_eq!(engine.flush(7), 0, "there is no such database");
}

/// Asserts what a 16-byte key with a 32-byte value costs, with up to a million and a half of them.
fn assert_cost(ttl: Ttl, limit: f64) {
    let engine = Engine::new(1);
    let sizes = [20_000, 50_000, 100_000, 200_000, 400_000, 1_000_000, 1_500_000];
    let mut number = 0;
    for size in sizes {
        while number < size {
            set(&engine, format!("key:{number:012}").as_bytes(), &[b'v'; 32], ttl, 0);
            number += 1;
        }
        let cost = engine.memory() as f64 / f64::from(size);
        println!("{size} keys, {ttl:?}: {cost:.1} bytes each");
        assert!(cost <= limit, "{cost} bytes each with {size} keys");
    }
    assert_eq!(engine.flush_all(), 1_500_000);
    assert_eq!(engine.memory(), 0);
}

#[test]
fn a_small_string_costs_at_most_85_bytes() {
    assert_cost(Ttl::Clear, 85.0);
}

#[test]
fn a_small_string_with_a_deadline_costs_at_most_93_bytes() {
    assert_cost(Ttl::At(1 << 40), 93.0);
}

#[test]
fn removing_every_key_returns_the_memory() {
    let engine = Engine::new(1);
    for number in 0..100_000 {
        set(&engine, format!("key:{number}").as_bytes(), &[b'v'; 32], Ttl::Clear, 0);
    }
    for number in 0..100_000 {
        assert!(remove(&engine, format!("key:{number}").as_bytes(), 0));
    }
    assert_eq!(engine.memory(), 0);
}
