//! Transcripts of Redis commands: readable scripts of requests, what plays them to a server, and what compares the
//! replies with those that are pinned, or with those of another server. Nothing here knows a command, or any of our
//! servers; it knows bytes, time and connections.
//!
//! ```text
//! transcripts/*.txt --parse--> Script --Player--> replies --compare--> differences
//!                                         ^                  ^
//!          a Target: any address, redis-server, in process   pinned in snapshots/*.snap, or another Target
//! ```
//!
//! - [`script`] and [`scripts`] read transcripts; [`chapters`] says which chapter of the course they belong to;
//! - [`check::check`] holds a server against the snapshots of the finished one, [`check::check_against`] against a
//!   second server; [`check::check_chapter`] does so for all the transcripts of a chapter;
//! - [`tcp::Remote`] is any server at an address, [`real_redis::RealRedis`] a redis-server with an injected clock;
//! - [`compare::Tally`] collects the differences of many runs.

use std::fmt;
use std::path::{Path, PathBuf};

pub mod chapters;
pub mod check;
pub mod compare;
mod error;
pub mod quoting;
pub mod real_redis;
pub mod reply;
pub mod runner;
pub mod snapshot;
pub mod target;
pub mod tcp;
pub mod transcript;

pub use error::Error;
use transcript::Script;

/// The injected clock at the start of every script, in milliseconds since 1970: far from today, so that a real clock
/// read by mistake shows.
pub const T0: u64 = 1_900_000_000_000;

/// The protocol version a run speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// What a connection starts with.
    Resp2,
    /// What it speaks after HELLO 3.
    Resp3,
}

impl Version {
    /// Both of them.
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

/// The folder of the transcripts: a folder for each family, in it a file for each script.
pub fn transcripts_dir() -> PathBuf {
    tests_dir().join("transcripts")
}

/// The folder of the finished server's snapshots: one for each transcript and protocol version.
pub fn snapshots_dir() -> PathBuf {
    tests_dir().join("snapshots")
}

/// `flashkv/tests`, where both of them are.
fn tests_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests")
}

/// One transcript by its name, such as `strings/set`.
pub fn script(name: &str) -> Result<Script, Error> {
    read_script(name, &transcripts_dir().join(name).with_extension("txt"))
}

/// Every transcript, sorted by name; fails on the first that does not parse.
pub fn scripts() -> Result<Vec<Script>, Error> {
    let root = transcripts_dir();
    let mut scripts = Vec::new();
    for family in sorted_entries(&root)?.iter().filter(|entry| entry.is_dir()) {
        for file in sorted_entries(family)? {
            if file.extension().is_some_and(|extension| extension == "txt") {
                let stem =
                    |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
                let name = [stem(family), stem(&file)].into_iter().flatten().collect::<Vec<_>>();
                scripts.push(read_script(&name.join("/"), &file)?);
            }
        }
    }
    Ok(scripts)
}

fn read_script(name: &str, file: &Path) -> Result<Script, Error> {
    Script::parse(name, &error::read(file)?)
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()).map_err(failed))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}
