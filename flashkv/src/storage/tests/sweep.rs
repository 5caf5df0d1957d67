//! The sweeper's steps: exactly what has expired goes, a segment at a time, and nobody waits.

use super::super::hash::SHARDS;
use super::super::walk::{SweepPosition, Swept};
use super::*;

/// Steps until a walk over everything ends.
fn walk(engine: &Engine, now: Millis) -> Vec<Swept> {
    let mut at = SweepPosition::default();
    let mut steps = Vec::new();
    loop {
        let swept = engine.sweep(&mut at, now);
        steps.push(swept);
        if swept.wrapped {
            assert_eq!(at, SweepPosition::default());
            return steps;
        }
    }
}

fn sum(steps: &[Swept]) -> (usize, usize) {
    steps.iter().fold((0, 0), |sum, step| (sum.0 + step.examined, sum.1 + step.expired))
}

#[test]
fn a_walk_removes_exactly_what_has_expired_in_bounded_steps() {
    let engine = Engine::new(3);
    let count = 100_000;
    for number in 0..count {
        let ttl = match number % 4 {
            0 => Ttl::At(50),
            1 => Ttl::At(100),
            2 => Ttl::At(5000),
            _ => Ttl::Clear,
        };
        set(&engine, &number.to_string().into_bytes(), b"v", ttl, 0);
        if number % 50 == 0 {
            let list = format!("list:{number}").into_bytes();
            push(&engine, &list, b"v", 0);
            expire(&engine, &list, 60, 0);
        }
    }
    engine.swap(0, 2);
    let before = stored(&engine);
    let steps = walk(&engine, 100);
    assert_eq!(sum(&steps).1, count / 4 + count / 50, "at its deadline a key is still there");
    assert_eq!(stored(&engine), before - sum(&steps).1);
    assert!(steps.iter().all(|step| step.examined < 800), "a step is no more than a segment");
    check(&engine);
    let again = walk(&engine, 100);
    assert_eq!((sum(&again), again.len()), ((0, 0), 3 * SHARDS), "nothing is due any more");
}

#[test]
fn segments_without_a_due_deadline_are_not_looked_at() {
    let engine = Engine::new(1);
    for number in 0..20_000 {
        let ttl = if number % 2 == 0 { Ttl::Clear } else { Ttl::At(1000 + number) };
        set(&engine, &number.to_string().into_bytes(), b"v", ttl, 0);
    }
    assert_eq!(sum(&walk(&engine, 1001)), (0, 0));
    let segment = sum(&walk(&engine, 1002));
    assert_eq!(segment.1, 1);
    assert!(segment.0 < 800, "only its own segment: {segment:?}");
}

#[test]
fn lists_are_swept_in_the_same_walk_as_the_last_strings() {
    let engine = Engine::new(1);
    for number in 0..3000 {
        set(&engine, &number.to_string().into_bytes(), b"v", Ttl::At(10), 0);
        let list = format!("list:{number}").into_bytes();
        push(&engine, &list, b"v", 0);
        expire(&engine, &list, 10, 0);
    }
    assert_eq!(sum(&walk(&engine, 20)).1, 6000);
    assert_eq!((stored(&engine), engine.memory()), (0, 0));
}

#[test]
fn a_locked_shard_is_passed_over() {
    let engine = Engine::new(1);
    let names = neighbours(&engine, 2);
    set(&engine, &names[0], b"v", Ttl::At(10), 0);
    for read in [true, false] {
        let keys = &mut [engine.key(0, &names[1])];
        let steps = if read {
            let _held = engine.read(keys, 20);
            walk(&engine, 20)
        } else {
            let _held = engine.write(keys, 20);
            walk(&engine, 20)
        };
        assert_eq!(steps.len(), SHARDS);
        assert_eq!(steps.iter().filter(|step| step.busy).count(), 1);
    }
    assert_eq!(stored(&engine), 1);
    let steps = walk(&engine, 20);
    assert_eq!(sum(&steps), (1, 1));
    assert!(steps.iter().all(|step| !step.busy));
}

#[test]
fn a_position_of_another_engine_is_harmless() {
    let (large, small) = (Engine::new(9), Engine::new(1));
    let mut at = SweepPosition::default();
    while !large.sweep(&mut at, 0).wrapped {
        let mut elsewhere = at;
        small.sweep(&mut elsewhere, 0);
    }
}
