//! The pure parts as they are, and the task on paused time: none of these sleeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{LONGEST, Round, SHORTEST, next_interval, round, run};
use crate::clock::Clock;
use crate::commands::shared::Shared;
use crate::config::Config;
use crate::storage::{Condition, Engine, SweepPosition, Ttl};

const NOW: u64 = 1_000_000;

fn set(engine: &Engine, number: usize, ttl: Ttl) {
    let name = format!("key:{number}");
    let keys = &mut [engine.key(0, name.as_bytes())];
    engine.write(keys, NOW).set(&keys[0], b"value", Condition::Always, ttl);
}

fn server() -> (Arc<Shared>, Clock) {
    let clock = Clock::manual(NOW);
    (Shared::new(Config::default(), clock.clone()), clock)
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[test]
fn the_interval_follows_the_share_of_expired_keys() {
    let ms = Duration::from_millis;
    let done = |examined, expired| Round { examined, expired, busy: 0, finished: true };
    for (current, round, next) in [
        // Nothing to do: seldom, but never less than once a second.
        (ms(400), done(0, 0), ms(800)),
        (ms(800), done(0, 0), LONGEST),
        (LONGEST, done(0, 0), LONGEST),
        // Much of what was looked at had expired.
        (ms(800), done(100, 26), ms(400)),
        (ms(150), done(100, 100), SHORTEST),
        (SHORTEST, done(100, 100), SHORTEST),
        // Some had.
        (ms(400), done(100, 25), ms(400)),
        (ms(400), done(100, 11), ms(400)),
        // Few had: the looking costs more than it frees.
        (ms(400), done(100, 10), ms(800)),
        // More is left to do, and worth it.
        (LONGEST, Round { finished: false, ..done(100, 90) }, SHORTEST),
        (ms(400), Round { finished: false, ..done(100, 1) }, ms(800)),
        // A shard that was locked is not left alone for long.
        (ms(400), Round { busy: 1, ..done(0, 0) }, ms(200)),
    ] {
        assert_eq!(next_interval(current, &round), next, "after {current:?} and {round:?}");
    }
}

#[test]
fn a_round_goes_on_where_the_budget_of_the_one_before_ran_out() {
    let engine = Engine::new(2);
    for number in 0..3000 {
        let ttl = if number % 3 == 0 { Ttl::At(NOW - 1) } else { Ttl::At(NOW) };
        set(&engine, number, ttl);
    }
    let mut position = SweepPosition::default();
    let mut sum = Round::default();
    let mut rounds = 0;
    while !sum.finished {
        let mut steps = 0;
        let done = round(&engine, &mut position, NOW, || {
            steps += 1;
            steps <= 10
        });
        sum += done;
        rounds += 1;
    }
    assert!(rounds > 10, "two databases of 64 shards are more than ten rounds of ten steps");
    assert_eq!(sum, Round { examined: 3000, expired: 1000, busy: 0, finished: true });
    let again = round(&engine, &mut position, NOW, || true);
    assert_eq!(again, Round { finished: true, ..Round::default() });
}

#[test]
fn a_round_without_a_budget_does_nothing() {
    let engine = Engine::new(1);
    set(&engine, 0, Ttl::At(NOW - 1));
    let mut position = SweepPosition::default();
    assert_eq!(round(&engine, &mut position, NOW, || false), Round::default());
    assert_eq!(position, SweepPosition::default());
}

#[tokio::test(start_paused = true)]
async fn keys_that_nobody_touches_are_gone_within_two_seconds_of_their_deadline() {
    let (shared, clock) = server();
    for number in 0..20_000 {
        set(&shared.engine, number, Ttl::At(NOW + 5000));
    }
    let sweeper = tokio::spawn(run(Arc::clone(&shared)));
    let full = shared.engine.memory();
    clock.advance(5000);
    tokio::time::sleep(Duration::from_millis(5000)).await;
    assert_eq!(shared.engine.memory(), full, "at their deadline they are still there");
    clock.advance(1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(shared.engine.memory(), 0);
    let counters = &shared.metrics.sweeper;
    assert_eq!((load(&counters.expired), load(&counters.examined)), (20_000, 20_000));
    assert!(load(&counters.busy_us) > 0);
    assert!(!sweeper.is_finished());
}

#[tokio::test(start_paused = true)]
async fn the_task_ends_at_once_when_the_server_stops() {
    let (shared, _) = server();
    let sweeper = tokio::spawn(run(Arc::clone(&shared)));
    tokio::time::sleep(Duration::from_millis(1234)).await;
    let asked = tokio::time::Instant::now();
    shared.request_stop();
    sweeper.await.expect("it ends by itself");
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_swept_while_active_expiry_is_off() {
    let (shared, _) = server();
    set(&shared.engine, 0, Ttl::At(NOW - 1));
    shared.set_active_expiry(false);
    tokio::spawn(run(Arc::clone(&shared)));
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(load(&shared.metrics.sweeper.rounds), 0);
    assert_ne!(shared.engine.memory(), 0);
    shared.set_active_expiry(true);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(shared.engine.memory(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_server_is_looked_at_once_a_second() {
    let (shared, _) = server();
    for number in 0..1000 {
        set(&shared.engine, number, Ttl::At(NOW + 3_600_000));
    }
    tokio::spawn(run(Arc::clone(&shared)));
    tokio::time::sleep(Duration::from_millis(60_500)).await;
    let counters = &shared.metrics.sweeper;
    assert_eq!((load(&counters.rounds), load(&counters.cut_short)), (60, 0));
    assert_eq!((load(&counters.interval_ms), load(&counters.examined)), (1000, 0));
}

#[tokio::test(start_paused = true)]
async fn rounds_come_more_often_while_keys_expire_and_less_often_after() {
    let (shared, clock) = server();
    for number in 0..20_000 {
        set(&shared.engine, number, Ttl::At(NOW + number as u64 / 4));
    }
    tokio::spawn(run(Arc::clone(&shared)));
    let counters = &shared.metrics.sweeper;
    let mut shortest = u64::MAX;
    for _ in 0..50 {
        clock.advance(100);
        tokio::time::sleep(Duration::from_millis(100)).await;
        shortest = shortest.min(load(&counters.interval_ms));
    }
    assert!(shortest < 1000, "{shortest}");
    clock.advance(100);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!((load(&counters.expired), load(&counters.interval_ms)), (20_000, 1000));
}
