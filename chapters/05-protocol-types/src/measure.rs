//! The number of the chapter: nanoseconds to write one reply, as text that is formatted, as a tree that is built and then
//! encoded, and straight into the buffer.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::protocol::{ProtocolVersion, Reply, RespValue};

/// How long each way is tried, in rounds of which the best counts: others were disturbed.
const ROUND: Duration = Duration::from_millis(30);
const ROUNDS: usize = 10;

/// What the storage holds: a value, and a list of a hundred of them.
const VALUE: &[u8] = b"0123456789abcdef";
const ITEMS: usize = 100;

/// Measures and returns a table.
pub fn run() -> String {
    // A value that the compiler cannot see through, as it could not in a server.
    let value = || black_box(VALUE);
    let items = || (0..ITEMS).map(|_| value());
    // The storage keeps its bytes, so a tree, which owns its parts, holds a copy of them.
    let copy = || RespValue::Bulk(Bytes::copy_from_slice(value()));
    let text = |value: &[u8]| {
        let value = String::from_utf8_lossy(value);
        format!("${}\r\n{value}\r\n", value.len())
    };
    let rows = [
        (
            "a bulk string of 16 bytes",
            time(|out| out.extend_from_slice(text(value()).as_bytes())),
            time(|out| copy().encode(ProtocolVersion::Resp2, out)),
            time(|out| Reply::new(out, ProtocolVersion::Resp2).bulk(value())),
        ),
        (
            "an array of 100 of them",
            time(|out| {
                let items: String = items().map(text).collect();
                out.extend_from_slice(format!("*{ITEMS}\r\n{items}").as_bytes());
            }),
            time(|out| {
                let items = items().map(|_| copy()).collect();
                RespValue::Array(items).encode(ProtocolVersion::Resp2, out);
            }),
            time(|out| {
                let mut reply = Reply::new(out, ProtocolVersion::Resp2);
                reply.array(ITEMS);
                items().for_each(|item| reply.bulk(item));
            }),
        ),
    ];
    let mut table = "nanoseconds to write one reply\n".to_owned();
    let _ = writeln!(table, "{:<27} {:>14} {:>10} {:>10}", "", "naive (format)", "tree", "built");
    for (name, formatted, tree, built) in rows {
        let _ = writeln!(table, "{name:<27} {formatted:>14} {tree:>10} {built:>10}");
    }
    table
}

/// Nanoseconds that one call takes.
fn time(mut write: impl FnMut(&mut Vec<u8>)) -> u128 {
    const CALLS: u32 = 100;
    let mut out = Vec::new();
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let round = Instant::now();
        while round.elapsed() < ROUND {
            let start = Instant::now();
            for _ in 0..CALLS {
                out.clear();
                write(&mut out);
                black_box(&out);
            }
            best = best.min(start.elapsed());
        }
    }
    (best / CALLS).as_nanos()
}
