//! What the tests share besides the transcripts' own crate, which knows neither flashkv nor its commands: flashkv as a
//! target of transcripts, and random scripts.

#![allow(dead_code, reason = "each test crate uses the part it needs")]
#![allow(unreachable_pub, reason = "the same files serve several test crates and tools")]

pub mod generate;

/// The server under test. This line is the switch: `in_process.rs` is flashkv without a socket,
/// `stand_in.rs` a real Redis in its place (to tell a fault of the harness from one of the server).
#[path = "in_process.rs"]
pub mod ours;

use transcripts::reply::Reply;
use transcripts::target::Target;
use transcripts::transcript::Script;
use transcripts::{Error, Version};

/// Every transcript of the repository, sorted by name; fails on the first that does not parse.
pub fn scripts() -> Vec<Script> {
    let scripts = or_fail(transcripts::scripts());
    assert!(!scripts.is_empty(), "no transcripts in {}", transcripts::transcripts_dir().display());
    scripts
}

/// [`transcripts::runner::run`], where a run that cannot be made fails the test.
pub fn run(script: &Script, target: &mut dyn Target, version: Version) -> Vec<Option<Reply>> {
    or_fail(transcripts::runner::run(script, target, version))
}

/// [`transcripts::runner::run_in_batches`], where a run that cannot be made fails the test.
pub fn run_in_batches(
    script: &Script,
    target: &mut dyn Target,
    version: Version,
) -> Vec<Option<Reply>> {
    or_fail(transcripts::runner::run_in_batches(script, target, version))
}

fn or_fail<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
