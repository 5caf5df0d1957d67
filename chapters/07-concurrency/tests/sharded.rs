//! What the locks of `Sharded` promise, tried by several threads.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::sync::Barrier;

use chapter_07::Sharded;

const THREADS: usize = 4;
const TURNS: usize = 5_000;

/// Runs `job` on several threads at once.
fn together(job: impl Fn(usize) + Sync) {
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, job) = (&start, &job);
            scope.spawn(move || {
                start.wait();
                job(thread);
            });
        }
    });
}

fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("account:{number}")).collect()
}

#[test]
fn a_key_keeps_its_shard_and_keys_spread_over_all() {
    let sharded: Sharded<usize> = Sharded::default();
    let mut counts = vec![0; sharded.shards()];
    for key in keys(64_000) {
        let shard = sharded.shard_of(key.as_bytes());
        assert_eq!(shard, sharded.shard_of(key.as_bytes()));
        counts[shard] += 1;
    }
    // 1,000 each are expected, give or take 32.
    assert!(counts.iter().all(|count| (750..1250).contains(count)), "{counts:?}");
}

#[test]
fn two_stores_place_the_same_keys_differently() {
    let [a, b] = [Sharded::<()>::default(), Sharded::default()];
    let placed = |sharded: &Sharded<()>| -> Vec<usize> {
        keys(100).iter().map(|key| sharded.shard_of(key.as_bytes())).collect()
    };
    assert_ne!(placed(&a), placed(&b));
}

#[test]
fn no_addition_under_a_write_lock_is_lost() {
    let sharded: Sharded<usize> = Sharded::new(2);
    together(|_| {
        for _ in 0..TURNS {
            sharded.write(b"key", |count| *count += 1);
        }
    });
    assert_eq!(sharded.read(b"key", |count| *count), THREADS * TURNS);
}

#[test]
fn several_keys_change_in_one_step_and_opposite_orders_do_not_wait_for_each_other() {
    // Money moves between accounts; whoever looks at all of them sees the same sum.
    let sharded: Sharded<i64> = Sharded::default();
    let keys = keys(10);
    together(|thread| {
        for turn in 0..TURNS {
            if thread == 0 && turn % 10 == 0 {
                assert_eq!(sharded.read_all().iter().sum::<i64>(), 0);
                continue;
            }
            // Some threads name the two keys in one order, some in the other.
            let pair = [&keys[(thread + turn) % 10], &keys[(7 * thread + 3 * turn) % 10]];
            let mut locked = sharded.write_keys(&pair);
            *locked.get_mut(pair[0].as_bytes()) -= 1;
            *locked.get_mut(pair[1].as_bytes()) += 1;
        }
    });
    assert_eq!(sharded.read_all().iter().sum::<i64>(), 0);
}

#[test]
fn two_keys_of_one_shard_are_locked_once() {
    let sharded: Sharded<usize> = Sharded::new(1);
    let mut locked = sharded.write_keys(&["a", "b", "a"]);
    *locked.get_mut(b"a") += 1;
    *locked.get_mut(b"b") += 1;
    assert_eq!(locked.iter().collect::<Vec<_>>(), [&2]);
}

#[test]
fn readers_share_and_a_writer_waits_for_nobody_it_need_not() {
    let sharded: Sharded<usize> = Sharded::default();
    let shard = sharded.shard_of(b"key");
    let reading = sharded.read_keys(&["key"]);
    assert_eq!(*sharded.read_keys(&["key"]).get(b"key"), 0);
    assert!(sharded.try_write(shard).is_none(), "somebody reads it");
    assert!(sharded.try_write((shard + 1) % 64).is_some(), "nobody uses its neighbour");
    drop(reading);
    assert!(sharded.try_write(shard).is_some());
    assert!(sharded.try_write(64).is_none(), "there is no such shard");
}

#[test]
fn a_downgraded_lock_lets_readers_in_and_keeps_writers_out() {
    let sharded: Sharded<usize> = Sharded::new(4);
    let mut writing = sharded.write_all();
    writing.iter_mut().for_each(|count| *count = 7);
    let reading = writing.downgrade();
    assert_eq!(sharded.read(b"key", |count| *count), 7);
    assert!((0..4).all(|shard| sharded.try_write(shard).is_none()));
    assert_eq!(reading.iter().sum::<usize>(), 28);
}

#[test]
fn at_least_one_shard_is_made() {
    assert_eq!(Sharded::<()>::new(0).shards(), 1);
}
