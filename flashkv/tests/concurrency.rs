//! Many clients at once: each command is one step, whatever the others do. The clients are threads with in-process
//! connections, so the commands really run in parallel, on the same engine as over TCP.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use flashkv::connection::Wire;
use flashkv::{Clock, Config, Shared};

const CLIENTS: usize = 8;

fn shared() -> Arc<Shared> {
    // Several workers: their commands take their own locks.
    let config = Config { threads: Some(4), ..Config::default() };
    Shared::new(config, Clock::manual(1_900_000_000_000))
}

/// Runs a closure in as many threads as there are clients, started together, and returns what each returned.
fn together<R: Send>(shared: &Arc<Shared>, client: impl Fn(usize, Wire) -> R + Sync) -> Vec<R> {
    let start = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS)
            .map(|index| {
                let (start, client) = (&start, &client);
                scope.spawn(move || {
                    let wire = Wire::new(shared);
                    start.wait();
                    client(index, wire)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn text(wire: &mut Wire, request: &str) -> String {
    String::from_utf8(wire.send(format!("{request}\r\n").as_bytes())).unwrap()
}

#[test]
fn setnx_has_one_winner_each_time() {
    let shared = shared();
    for round in 0..500 {
        let wins = together(&shared, |index, mut wire| {
            text(&mut wire, &format!("SETNX lock:{round} {index}")) == ":1\r\n"
        });
        assert_eq!(wins.into_iter().filter(|won| *won).count(), 1, "round {round}");
    }
}

#[test]
fn no_increment_is_lost() {
    const EACH: usize = 5_000;
    let shared = shared();
    together(&shared, |_, mut wire| (0..EACH).for_each(|_| drop(wire.send(b"INCR counter\r\n"))));
    let mut wire = Wire::new(&shared);
    let digits = (CLIENTS * EACH).to_string();
    assert_eq!(text(&mut wire, "GET counter"), format!("${}\r\n{digits}\r\n", digits.len()));
}

#[test]
fn mget_never_sees_half_an_mset() {
    let shared = shared();
    // Enough keys that they lie in many shards.
    let keys: Vec<String> = (0..20).map(|key| format!("key:{key}")).collect();
    Wire::new(&shared).send(
        format!("MSET {}\r\n", keys.iter().map(|key| format!("{key} x ")).collect::<String>())
            .as_bytes(),
    );
    let writing = AtomicUsize::new(CLIENTS / 2);
    let seen = together(&shared, |index, mut wire| {
        let mut seen = BTreeSet::new();
        if index % 2 == 0 {
            for round in 0..1_000 {
                let pairs: String =
                    keys.iter().map(|key| format!("{key} {index}-{round} ")).collect();
                assert_eq!(text(&mut wire, &format!("MSET {pairs}")), "+OK\r\n");
            }
            writing.fetch_sub(1, Ordering::Relaxed);
        } else {
            let request = format!("MGET {}", keys.join(" "));
            while writing.load(Ordering::Relaxed) > 0 {
                let reply = text(&mut wire, &request);
                let values: BTreeSet<&str> = reply.lines().skip(2).step_by(2).collect();
                assert_eq!(values.len(), 1, "values of two writes in one reply: {values:?}");
                seen.extend(values.into_iter().map(str::to_owned));
            }
        }
        seen
    });
    assert!(seen.iter().any(|seen| !seen.is_empty()), "somebody read while others wrote");
}

#[test]
fn a_renamed_key_is_always_somewhere() {
    let shared = shared();
    Wire::new(&shared).send(b"SET here value\r\n");
    let done = AtomicBool::new(false);
    together(&shared, |index, mut wire| {
        if index == 0 {
            for _ in 0..5_000 {
                assert_eq!(text(&mut wire, "RENAME here there"), "+OK\r\n");
                assert_eq!(text(&mut wire, "RENAME there here"), "+OK\r\n");
            }
            done.store(true, Ordering::Relaxed);
        } else {
            while !done.load(Ordering::Relaxed) {
                assert_eq!(text(&mut wire, "EXISTS here there"), ":1\r\n");
            }
        }
    });
}

#[test]
fn what_is_pushed_is_popped_once() {
    const EACH: usize = 2_000;
    let shared = shared();
    let popped = together(&shared, |index, mut wire| {
        let mut popped = Vec::new();
        for number in 0..EACH {
            let end = if number % 2 == 0 { 'L' } else { 'R' };
            wire.send(format!("{end}PUSH queue {index}:{number}\r\n").as_bytes());
            let end = if number % 3 == 0 { 'L' } else { 'R' };
            let reply = text(&mut wire, &format!("{end}POP queue"));
            popped.extend(reply.lines().nth(1).map(str::to_owned));
        }
        popped
    });
    let popped: Vec<String> = popped.into_iter().flatten().collect();
    let distinct: BTreeSet<&String> = popped.iter().collect();
    assert_eq!(
        popped.len(),
        CLIENTS * EACH,
        "each client pushes before it pops, so no pop finds the list empty"
    );
    assert_eq!(distinct.len(), popped.len(), "an element was popped twice");
    assert_eq!(text(&mut Wire::new(&shared), "EXISTS queue"), ":0\r\n");
}

#[test]
fn elements_moved_between_lists_are_neither_lost_nor_doubled() {
    let shared = shared();
    Wire::new(&shared).send(b"RPUSH a 1 2 3 4 5 6 7 8 9 10\r\n");
    together(&shared, |index, mut wire| {
        let (from, to) = if index % 2 == 0 { ("a", "b") } else { ("b", "a") };
        for _ in 0..2_000 {
            wire.send(format!("LMOVE {from} {to} LEFT RIGHT\r\n").as_bytes());
        }
    });
    let mut wire = Wire::new(&shared);
    let all = text(&mut wire, "LRANGE a 0 -1") + &text(&mut wire, "LRANGE b 0 -1");
    let mut elements: Vec<u32> = all.lines().filter_map(|line| line.parse().ok()).collect();
    elements.sort_unstable();
    assert_eq!(elements, (1..=10).collect::<Vec<u32>>());
}

#[test]
fn commands_on_many_shards_in_any_order_never_wait_for_each_other() {
    let shared = shared();
    // Each client names the same keys in an order of its own, among commands that lock whole databases.
    together(&shared, |index, mut wire| {
        let mut keys: Vec<String> = (0..30).map(|key| format!("k{key}")).collect();
        keys.rotate_left(index * 3);
        if index % 2 == 1 {
            keys.reverse();
        }
        let pairs: String = keys.iter().map(|key| format!("{key} v ")).collect();
        for round in 0..300 {
            wire.send(format!("MSET {pairs}\r\nDEL {}\r\n", keys.join(" ")).as_bytes());
            match round % 10 {
                0 => drop(wire.send(b"SWAPDB 0 1\r\n")),
                3 => drop(wire.send(b"COPY k1 k2 DB 1 REPLACE\r\n")),
                5 => drop(wire.send(b"FLUSHALL\r\n")),
                7 => drop(wire.send(b"KEYS *\r\nDBSIZE\r\n")),
                _ => {}
            }
        }
    });
}
