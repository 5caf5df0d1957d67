//! The sweeper: a round is a function of the time that it is given.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::Arc;
use std::time::Duration;

use chapter_08::storage::Condition;
use chapter_09::sweeper::next_interval;
use chapter_09::{Clock, Engine, Millis, Round, Sweeper, Ttl};

const NOW: Millis = 1_700_000_000_000;
const LONGEST: Duration = Duration::from_secs(1);
const SHORTEST: Duration = Duration::from_millis(100);

fn engine_with(keys: usize, ttl: impl Fn(usize) -> Ttl) -> Engine {
    let engine = Engine::new(Clock::manual(NOW));
    for number in 0..keys {
        let key = format!("key:{number}");
        let mut view = engine.write(&[&key]);
        view.shard_mut(key.as_bytes()).set(key.as_bytes(), b"v", Condition::Always, ttl(number));
    }
    engine
}

#[test]
fn one_round_removes_everything_when_everything_has_expired() {
    let engine = engine_with(50_000, |_| Ttl::At(NOW));
    let done = Sweeper::default().round(&engine, NOW + 1, || true);
    assert_eq!(done, Round { examined: 50_000, expired: 50_000, busy: 0, finished: true });
    assert_eq!(engine.held(), 0);
}

#[test]
fn keys_that_live_are_left_and_only_sampled() {
    let engine = engine_with(100_000, |_| Ttl::At(NOW + 1));
    let done = Sweeper::default().round(&engine, NOW + 1, || true);
    assert_eq!((done.expired, done.busy, done.finished), (0, 0, true));
    assert!((1..50_000).contains(&done.examined), "a sample of each shard: {done:?}");
    assert_eq!(engine.len(), 100_000);
}

#[test]
fn keys_without_a_deadline_cost_nothing() {
    let engine = engine_with(10_000, |_| Ttl::Clear);
    let done = Sweeper::default().round(&engine, NOW + 1, || true);
    assert_eq!(done, Round { finished: true, ..Round::default() });
}

#[test]
fn rounds_get_to_every_key_though_few_of_the_sampled_have_expired() {
    let engine = engine_with(100_000, |number| match number % 10 {
        0 => Ttl::At(NOW),
        _ => Ttl::At(NOW + 60_000),
    });
    let mut sweeper = Sweeper::default();
    let mut removed = 0;
    for _ in 0..30 {
        removed += sweeper.round(&engine, NOW + 1, || true).expired;
    }
    assert_eq!((removed, engine.held()), (10_000, 90_000));
}

#[test]
fn a_round_that_runs_out_of_budget_goes_on_where_it_stopped() {
    let engine = engine_with(20_000, |_| Ttl::At(NOW));
    let mut sweeper = Sweeper::default();
    let mut total = Round::default();
    let mut rounds = 0;
    while !total.finished {
        let mut steps = 10;
        total += sweeper.round(&engine, NOW + 1, || {
            steps -= 1;
            steps >= 0
        });
        rounds += 1;
    }
    assert_eq!((total.expired, engine.held()), (20_000, 0));
    assert!(rounds > 5, "{rounds}");
}

#[test]
fn a_shard_that_is_in_use_is_passed_over() {
    let engine = engine_with(10_000, |_| Ttl::At(NOW + 5));
    let held = engine.read(&["key:1"]);
    let done = Sweeper::default().round(&engine, NOW + 6, || true);
    assert!(done.busy >= 1 && done.finished, "{done:?}");
    drop(held);
    let left = engine.held();
    assert_eq!(done.expired + left, 10_000);
    assert_eq!(Sweeper::default().round(&engine, NOW + 6, || true).expired, left);
}

#[test]
fn the_pace_follows_the_share_of_expired_keys() {
    let after = |current, examined, expired, busy, finished| {
        next_interval(current, &Round { examined, expired, busy, finished })
    };
    let half = LONGEST / 2;
    assert_eq!(after(half, 100, 26, 0, true), half / 2);
    assert_eq!(after(half, 100, 25, 0, true), half);
    assert_eq!(after(half, 100, 10, 0, true), LONGEST);
    assert_eq!(after(half, 0, 0, 0, true), LONGEST);
    assert_eq!(after(half, 0, 0, 1, true), half / 2, "somebody was in the way");
    assert_eq!(after(LONGEST, 100, 100, 0, false), SHORTEST, "there was more to do");
    assert_eq!(after(SHORTEST, 100, 100, 0, true), SHORTEST);
    assert_eq!(after(LONGEST, 100, 0, 0, true), LONGEST);
}

#[test]
fn sweeping_beside_readers_and_writers_removes_exactly_what_has_expired() {
    let engine = engine_with(20_000, |number| match number % 2 {
        0 => Ttl::At(NOW),
        _ => Ttl::Clear,
    });
    engine.clock().advance(1);
    std::thread::scope(|scope| {
        for first in 0..2 {
            let engine = &engine;
            scope.spawn(move || {
                for number in (first..20_000).step_by(2) {
                    let key = format!("key:{number}");
                    let view = engine.read(&[&key]);
                    let live = view.shard(key.as_bytes()).keyspace().contains(key.as_bytes());
                    assert_eq!(live, number % 2 == 1);
                }
            });
        }
        scope.spawn(|| {
            let mut sweeper = Sweeper::default();
            for _ in 0..20 {
                sweeper.round(&engine, NOW + 1, || true);
            }
        });
    });
    assert_eq!((engine.held(), engine.len()), (10_000, 10_000));
}

/// Time stands still here but for what the tasks sleep, and costs nothing.
#[tokio::test(start_paused = true)]
async fn the_task_sweeps_within_a_second_and_stops_when_told() {
    let engine = Arc::new(engine_with(1_000, |_| Ttl::At(NOW)));
    engine.clock().advance(1);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(Sweeper::run(Arc::clone(&engine), async {
        let _ = stopped.await;
    }));
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(engine.held(), 1_000, "the first round is yet to come");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(engine.held(), 0);
    stop.send(()).unwrap();
    let total = task.await.unwrap();
    assert_eq!(total.expired, 1_000);
}
