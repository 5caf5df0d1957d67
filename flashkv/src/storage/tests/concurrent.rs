//! Many threads at once: locks are taken in one order, so all come to an end, and each operation is seen whole.

use super::super::walk::SweepPosition;
use super::*;

const KEYS: usize = 24;

fn name(number: usize) -> Vec<u8> {
    format!("key:{number}").into_bytes()
}

/// One thread's share of work on keys that all threads use.
fn work(engine: &Engine, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut at = SweepPosition::default();
    for now in 0..3000 {
        let names: Vec<Vec<u8>> = (0..3).map(|_| name(random.usize(..KEYS))).collect();
        let mut keys: Vec<_> =
            names.iter().map(|name| engine.key(random.usize(..2), name)).collect();
        match random.usize(..12) {
            0..4 => {
                let mut view = engine.write(&mut keys, now);
                for key in &keys {
                    let ttl = if random.bool() { Ttl::At(now + 20) } else { Ttl::Clear };
                    view.set(key, b"v", Condition::Always, ttl);
                }
            }
            4 | 5 => {
                let mut view = engine.write(&mut keys, now);
                let _ = view.rename(&keys[0], &keys[1], IfTaken::Replace);
                let _ = view.move_element(&keys[1], End::Head, &keys[2], End::Tail);
            }
            6 => {
                let values = std::iter::repeat_n(&b"v"[..], 3);
                let mut view = engine.write(&mut keys, now);
                let _ = view.push(&keys[0], End::Tail, values, IfMissing::Create);
            }
            7 => drop(engine.read(&mut keys, now).string(&keys[2])),
            8 => drop(engine.sweep(&mut at, now)),
            9 => drop(engine.scan(random.usize(..2), 0, 10, now, |_, _| ())),
            10 => drop((engine.len(0, now), engine.random_key(1, now), engine.memory())),
            _ if random.usize(..20) == 0 => drop(engine.flush_all()),
            _ => engine.swap(random.usize(..2), random.usize(..2)),
        }
    }
}

#[test]
fn operations_on_many_shards_never_wait_for_each_other_in_a_circle() {
    let engine = Engine::new(2);
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let engine = &engine;
            scope.spawn(move || work(engine, seed));
        }
    });
    check(&engine);
}

#[test]
fn a_key_on_the_move_is_always_in_exactly_one_place() {
    let engine = Engine::new(1);
    set(&engine, b"here", b"v", Ttl::Clear, 0);
    std::thread::scope(|scope| {
        let mover = scope.spawn(|| {
            for turn in 0..5000 {
                let mut keys = [engine.key(0, b"here"), engine.key(0, b"there")];
                let mut view = engine.write(&mut keys, 0);
                let [a, b] = &keys;
                let (from, to) = if turn % 2 == 0 { (a, b) } else { (b, a) };
                assert_eq!(view.rename(from, to, IfTaken::Refuse), Ok(true));
            }
        });
        while !mover.is_finished() {
            let mut keys = [engine.key(0, b"here"), engine.key(0, b"there")];
            let view = engine.read(&mut keys, 0);
            let found = keys.iter().filter(|key| view.kind(key).is_some()).count();
            assert_eq!(found, 1);
            drop(view);
            assert_eq!(engine.len(0, 0), 1);
        }
    });
}
