//! Runs one hot path a known number of times, so that its instructions can be counted: `.ci/instructions`.
//!
//! `hot_paths NAME LAPS` prepares the same data and the same requests whatever LAPS is, so that the difference between
//! one lap and several is the path alone. `hot_paths` prints the names, and how many requests a lap has.

use std::process::ExitCode;

use benches::requests::{VALUE, append, key};
use flashkv::connection::Wire;
use flashkv::{Clock, Config, Shared};

/// Laps that may be asked for; the data suffices for so many.
const LAPS: usize = 5;
/// Keys that exist. Many, so that the hash's seed, which differs from process to process, hardly matters.
const KEYS: usize = 12_800;
/// Lists that exist.
const LISTS: usize = 100;

/// A path: one request many times, with other keys.
struct Path {
    name: &'static str,
    /// Requests in one piece of input. Fewer if they take long: a batch ends after some time, and time is nothing to
    /// count on under callgrind.
    batch: usize,
    /// Requests in a lap.
    requests: usize,
    /// What is there before.
    before: Before,
    /// Appends the request of that number, counted over all laps.
    request: fn(usize, &mut Vec<u8>),
}

/// The data that a path finds.
#[derive(Clone, Copy)]
enum Before {
    Strings,
    Counters,
    /// Lists of so many elements.
    Lists(usize),
}

const PATHS: [Path; 9] = [
    Path {
        name: "get_hit",
        batch: 64,
        requests: KEYS,
        before: Before::Strings,
        request: |number, out| append(&[b"GET", string(number).as_bytes()], out),
    },
    Path {
        name: "get_miss",
        batch: 64,
        requests: KEYS,
        before: Before::Strings,
        request: |number, out| append(&[b"GET", key(KEYS + number).as_bytes()], out),
    },
    Path {
        name: "set_overwrite",
        batch: 64,
        requests: KEYS,
        before: Before::Strings,
        request: |number, out| append(&[b"SET", string(number).as_bytes(), VALUE], out),
    },
    Path {
        name: "set_new",
        batch: 64,
        requests: KEYS,
        before: Before::Strings,
        request: |number, out| append(&[b"SET", key(KEYS + number).as_bytes(), VALUE], out),
    },
    Path {
        name: "incr",
        batch: 64,
        requests: KEYS,
        before: Before::Counters,
        request: |number, out| append(&[b"INCR", string(number).as_bytes()], out),
    },
    Path {
        name: "lpush",
        batch: 64,
        requests: KEYS,
        before: Before::Lists(100),
        request: |number, out| append(&[b"LPUSH", list(number).as_bytes(), VALUE], out),
    },
    Path {
        name: "lpop",
        batch: 64,
        requests: KEYS,
        before: Before::Lists(LAPS * KEYS / LISTS + 100),
        request: |number, out| append(&[b"LPOP", list(number).as_bytes()], out),
    },
    Path {
        name: "lrange_100",
        batch: 8,
        requests: KEYS / 10,
        before: Before::Lists(100),
        request: |number, out| append(&[b"LRANGE", list(number).as_bytes(), b"0", b"99"], out),
    },
    Path {
        name: "mset_10",
        batch: 8,
        requests: KEYS / 10,
        before: Before::Strings,
        request: |number, out| {
            let keys: Vec<String> = (0..10).map(|offset| string(number * 10 + offset)).collect();
            let mut words: Vec<&[u8]> = vec![b"MSET"];
            words.extend(keys.iter().flat_map(|key| [key.as_bytes(), VALUE]));
            append(&words, out);
        },
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = match arguments.as_slice() {
        [] => {
            PATHS.iter().for_each(|path| println!("{} {}", path.name, path.requests));
            return ExitCode::SUCCESS;
        }
        [name, laps] => PATHS.iter().find(|path| path.name == name).zip(laps.parse().ok()),
        _ => None,
    };
    match asked {
        Some((path, laps @ 0..=LAPS)) => path.run(laps),
        _ => {
            eprintln!("usage: hot_paths [NAME LAPS], with at most {LAPS} laps");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

impl Path {
    fn run(&self, laps: usize) {
        // Two workers whatever the machine: with one, groups of commands are run in another way.
        let config = Config { threads: Some(2), ..Config::default() };
        let shared = Shared::new(config, Clock::manual(1_700_000_000_000));
        let mut wire = Wire::new(&shared);
        // Under callgrind anything may seem slow.
        send(&mut wire, b"CONFIG SET slowlog-log-slower-than -1\r\n");
        self.before.fill(&mut wire);
        let batches: Vec<Vec<u8>> = (0..LAPS * self.requests)
            .step_by(self.batch)
            .map(|first| {
                let mut batch = Vec::new();
                (first..first + self.batch).for_each(|number| (self.request)(number, &mut batch));
                batch
            })
            .collect();
        for batch in batches.iter().take(laps * self.requests / self.batch) {
            send(&mut wire, batch);
        }
        // Freeing takes longer the more there is: not part of the path.
        std::mem::forget((shared, wire, batches));
    }
}

impl Before {
    fn fill(self, wire: &mut Wire) {
        let mut batch = Vec::new();
        match self {
            Before::Strings | Before::Counters => {
                let value: &[u8] = if matches!(self, Before::Counters) { b"1000" } else { VALUE };
                for number in 0..KEYS {
                    append(&[b"SET", string(number).as_bytes(), value], &mut batch);
                }
            }
            Before::Lists(elements) => {
                for number in 0..LISTS * elements {
                    append(&[b"RPUSH", list(number).as_bytes(), VALUE], &mut batch);
                }
            }
        }
        send(wire, &batch);
    }
}

/// Sends, and makes sure that what is counted is not how fast flashkv says no.
fn send(wire: &mut Wire, bytes: &[u8]) {
    let replies = wire.send(bytes);
    assert!(matches!(replies.first(), Some(b'+' | b':' | b'$' | b'*')), "an error, or nothing");
}

/// A key that holds a string, if there are strings. The order is not that of insertion.
fn string(number: usize) -> String {
    // 7919 shares no factor with `KEYS`: every key has its turn in a lap.
    key(number * 7919 % KEYS)
}

/// A key that holds a list, if there are lists.
fn list(number: usize) -> String {
    key(number % LISTS)
}
