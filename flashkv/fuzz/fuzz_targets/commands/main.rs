//! Sequences of commands through a connection without a socket, on a clock that stands still unless told: every reply,
//! and all that is left in the end, is what a plain map gives.

#![no_main]

mod model;
mod words;

use std::collections::BTreeSet;

use arbitrary::Arbitrary;
use flashkv::connection::Wire;
use flashkv::protocol::RespValue;
use flashkv::protocol::decode::{Decoder, Limits};
use flashkv::storage::SweepPosition;
use flashkv::{Clock, Config, Shared};
use libfuzzer_sys::fuzz_target;

use model::{Model, Value, array, bulk};
use words::{Op, request};

/// When a sequence begins, in milliseconds.
const T0: u64 = 1_900_000_000_000;

#[derive(Arbitrary, Debug)]
struct Input {
    /// The roots of the lengths in which requests are sent, in turn.
    pieces: Vec<u8>,
    ops: Vec<Op>,
}

/// Requests that are sent together, and the replies expected.
#[derive(Default)]
struct Pipeline<'a> {
    ops: Vec<&'a Op>,
    requests: Vec<u8>,
    replies: Vec<u8>,
}

impl Pipeline<'_> {
    fn send(&mut self, wire: &mut Wire, lengths: &mut dyn Iterator<Item = usize>) {
        let (mut replies, mut rest) = (Vec::new(), self.requests.as_slice());
        while !rest.is_empty() {
            // Not in too many pieces, however long it is.
            let least = self.requests.len().div_ceil(200);
            let length = lengths.next().unwrap_or(usize::MAX).max(least).min(rest.len());
            let (piece, after) = rest.split_at(length);
            replies.extend(wire.send(piece));
            rest = after;
        }
        assert!(
            replies == self.replies,
            "{:?}\nreplied  {}\nexpected {}",
            self.ops,
            replies.escape_ascii(),
            self.replies.escape_ascii()
        );
        *self = Pipeline::default();
    }
}

fuzz_target!(|input: Input| {
    let clock = Clock::manual(T0);
    let config = Config { databases: 1, threads: Some(1), ..Config::default() };
    let shared = Shared::new(config, clock.clone());
    let mut wire = Wire::new(&shared);
    let mut model = Model { now: T0.cast_signed(), entries: Default::default() };
    let mut sweeper = SweepPosition::default();
    let mut lengths = input.pieces.iter().chain([&255]).cycle().map(|root| {
        let root = usize::from(*root);
        root * root + 1
    });

    let mut pipeline = Pipeline::default();
    for op in &input.ops {
        if let Some(request) = op.request() {
            pipeline.ops.push(op);
            pipeline.requests.extend(request);
            pipeline.replies.extend(model.run(op));
            continue;
        }
        pipeline.send(&mut wire, &mut lengths);
        match op {
            Op::Advance(ms) => {
                clock.advance((*ms).into());
                model.now += i64::from(*ms);
            }
            Op::Sweep(steps) => (0..*steps).for_each(|_| {
                shared.engine.sweep(&mut sweeper, clock.now_ms());
            }),
            _ => unreachable!("the others are requests"),
        }
    }
    pipeline.send(&mut wire, &mut lengths);
    model.settle();
    check_all(&mut wire, &model);
});

/// Compares everything that is there.
fn check_all(wire: &mut Wire, model: &Model) {
    let expected: BTreeSet<&Vec<u8>> = model.entries.keys().collect();
    // Many keys in larger steps.
    let scanned = scan(wire, 3 + expected.len() / 200);
    assert!(scanned.iter().collect::<BTreeSet<_>>() == expected, "SCAN finds every key");
    assert_eq!(scanned.len(), expected.len(), "no key is there twice");
    let (mut requests, mut replies) = (Vec::new(), Vec::new());
    for (key, entry) in &model.entries {
        match &entry.value {
            Value::String(bytes) => {
                requests.extend(request(&[b"GET", key.as_slice()]));
                replies.extend(bulk(bytes));
            }
            Value::List(list) => {
                requests.extend(request(&[b"LRANGE", key.as_slice(), b"0", b"-1"]));
                replies.extend(array(list.iter()));
            }
        }
        let ttl = entry.deadline.map_or(-1, |deadline| deadline - model.now);
        requests.extend(request(&[b"PTTL", key.as_slice()]));
        replies.extend(format!(":{ttl}\r\n").into_bytes());
    }
    assert!(wire.send(&requests) == replies, "what is left is {:?}", model.entries);
}

fn scan(wire: &mut Wire, count: usize) -> Vec<Vec<u8>> {
    let count = count.to_string().into_bytes();
    let (mut keys, mut cursor) = (Vec::new(), b"0".to_vec());
    loop {
        let reply = wire.send(&request(&[b"SCAN", cursor.as_slice(), b"COUNT", &count]));
        let decoded = Decoder::new(Limits::default()).decode(&reply);
        let Ok(Some((RespValue::Array(parts), _))) = decoded else { panic!("SCAN's reply") };
        let Ok([RespValue::Bulk(next), RespValue::Array(found)]) = <[_; 2]>::try_from(parts) else {
            panic!("SCAN's parts")
        };
        keys.extend(found.into_iter().map(|key| match key {
            RespValue::Bulk(key) => key,
            other => panic!("no key: {other:?}"),
        }));
        if next == b"0" {
            return keys;
        }
        cursor = next;
    }
}
