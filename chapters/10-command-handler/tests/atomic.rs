//! A row's keys are locked together: nobody sees half of a command.

#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::thread;

use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::Request;
use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;

const ROUNDS: usize = 2_000;

fn ask(engine: &Engine, line: &str) -> String {
    let words = Request::new(line.split(' ').map(|word| word.as_bytes().to_vec())).unwrap();
    let mut out = Vec::new();
    dispatch(engine, &words, &mut Reply::new(&mut out, ProtocolVersion::Resp2));
    String::from_utf8(out).unwrap()
}

#[test]
fn mget_never_sees_half_of_an_mset() {
    let engine = Engine::new(Clock::System);
    ask(&engine, "MSET a 0 b 0 c 0");
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=ROUNDS {
                // The keys in another order than they are read: the locks are taken in their own.
                ask(&engine, &format!("MSET c {round} a {round} b {round}"));
            }
        });
        for _ in 0..ROUNDS {
            let reply = ask(&engine, "MGET a b c");
            let values: Vec<&str> = reply.lines().skip(2).step_by(2).collect();
            let [a, b, c] = values.try_into().unwrap();
            assert!(a == b && b == c, "{reply}");
        }
    });
}

#[test]
fn a_renamed_key_always_has_one_name() {
    let engine = Engine::new(Clock::System);
    ask(&engine, "SET a 1");
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                ask(&engine, "RENAME a b");
                ask(&engine, "RENAME b a");
            }
        });
        for _ in 0..ROUNDS {
            assert_eq!(ask(&engine, "EXISTS a b"), ":1\r\n");
        }
    });
}

#[test]
fn one_of_many_gets_the_lock() {
    let engine = Engine::new(Clock::System);
    let winners = thread::scope(|scope| {
        let clients: Vec<_> =
            (0..8).map(|_| scope.spawn(|| ask(&engine, "SETNX lock me"))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(winners.iter().filter(|reply| *reply == ":1\r\n").count(), 1);
}
