//! Nothing a client sends may crash, hang, bloat or desynchronize the server.
//!
//! Each case speaks to a server of its own over a real socket, and checks four things: what comes back, byte for byte, or
//! that the connection is closed; the next reply on the connection, if it stays open; that other clients, old and new,
//! are answered; and that the memory of the process has stayed within bounds. Cases run one at a time, so that the memory
//! is their own.
//!
//! What one connection can do is written as rows: what is sent, what comes back. The same rows are played to a real Redis
//! where one is installed; a row on which the two differ says why.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]
#![allow(unreachable_pub, reason = "a test crate has no outside")]

mod announcements;
mod arguments;
mod crowds;
mod framing;
mod lines;
mod operator;
mod passwords;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod unread;

use transcripts::quoting::escape;
use transcripts::real_redis::RealRedis;
use transcripts::reply::End;
use transcripts::target::Target;
use transcripts::transcript::encode;

use stage::{Case, PING, PONG, Then};

/// Every case that is a row, by name.
fn rows() -> Vec<(&'static str, Case)> {
    [framing::rows(), lines::rows(), arguments::rows(), passwords::rows()].concat()
}

#[test]
fn redis_answers_every_row_alike() {
    let Some(mut redis) = RealRedis::start_or_skip("redis_answers_every_row_alike") else { return };
    // What this test holds must not count as what a case made the server hold.
    let _turn = stage::turn();
    let mut different = Vec::new();
    for (name, case) in rows() {
        if case.unlike_redis.is_some() {
            continue;
        }
        redis.reset().unwrap();
        let mut operator = redis.open().unwrap();
        for line in &case.before {
            operator.exchange(&encode(&line.split(' ').collect::<Vec<_>>()));
        }
        let mut wire = redis.open().unwrap();
        let (mut send, mut reply) = (case.send.clone(), case.reply.clone());
        if case.then == Then::Open {
            send.extend_from_slice(PING);
            reply.extend_from_slice(PONG);
        }
        let theirs = wire.collect(&send);
        let closes = theirs.end == End::Closed;
        if theirs.bytes != reply || closes != (case.then == Then::Closed) {
            let (theirs, ours) = (escape(&theirs.bytes), escape(&reply));
            different.push(format!("{name}:\n  redis: {theirs} closes={closes}\n  ours:  {ours}"));
        }
        // Whatever a row set, the next one's connections must get in.
        operator.exchange(&encode(&["CONFIG", "SET", "requirepass", ""]));
    }
    assert!(different.is_empty(), "{} rows differ:\n{}", different.len(), different.join("\n"));
}
