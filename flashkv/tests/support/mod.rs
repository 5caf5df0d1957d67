//! What every test that speaks to a server shares: transcripts, the servers they run against, and the
//! comparison of two runs. Nothing here knows a command; it knows bytes, time and connections.
//!
//! ```text
//! transcripts/*.txt --parse--> Script --run--> replies --compare--> differences
//!                              ^                 ^
//!             generate (random)                  a Target: flashkv in process, redis-server, any address
//! ```

#![allow(dead_code, reason = "each test crate uses the part it needs")]
#![allow(unreachable_pub, reason = "the same files serve several test crates and tools")]

pub mod compare;
pub mod generate;
pub mod quoting;
pub mod real_redis;
pub mod reply;
pub mod runner;
pub mod target;
pub mod tcp;
pub mod transcript;

/// The server under test. This line is the switch: `in_process.rs` is flashkv without a socket,
/// `stand_in.rs` a real Redis in its place (to tell a fault of the harness from one of the server).
#[path = "in_process.rs"]
pub mod ours;

use std::fmt;
use std::path::{Path, PathBuf};

use transcript::Script;

/// The injected clock at the start of every script, in milliseconds: far from today, so that a real clock
/// read by mistake shows.
pub const T0: u64 = 1_900_000_000_000;

/// The protocol version a run speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Resp2,
    Resp3,
}

impl Version {
    pub const BOTH: [Version; 2] = [Version::Resp2, Version::Resp3];

    /// As it stands in a snapshot's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Version::Resp2 => "resp2",
            Version::Resp3 => "resp3",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Version::Resp2 => "RESP2",
            Version::Resp3 => "RESP3",
        })
    }
}

/// Every transcript of the repository, sorted by name; fails on the first that does not parse.
pub fn scripts() -> Vec<Script> {
    let root = tests_dir().join("transcripts");
    let mut scripts = Vec::new();
    for family in sorted_entries(&root) {
        for file in sorted_entries(&family) {
            if file.extension().is_some_and(|extension| extension == "txt") {
                let name = file.strip_prefix(&root).unwrap().with_extension("");
                let text = std::fs::read_to_string(&file).unwrap();
                let name = name.to_str().expect("transcripts have plain names");
                scripts.push(Script::parse(name, &text).unwrap_or_else(|error| panic!("{error}")));
            }
        }
    }
    assert!(!scripts.is_empty(), "no transcripts in {}", root.display());
    scripts
}

/// `flashkv/tests`.
pub fn tests_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    if !folder.is_dir() {
        return Vec::new();
    }
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
