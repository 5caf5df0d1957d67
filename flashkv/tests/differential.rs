//! The server against a real Redis: every transcript, and random sequences of commands, byte for byte.
//!
//! - `FLASHKV_DIFFERENTIAL_SEQUENCES=N` runs N random sequences instead of a few hundred;
//! - `FLASHKV_DIFFERENTIAL_SEED=S` starts them at seed S (sequence i has seed S + i, so the seed that a
//!   failure names, with N = 1, replays just that one).
//! - `FLASHKV_TRANSCRIPTS=PART` compares only the transcripts whose name contains PART.
//!
//! Without a redis-server 7.0 the tests say that they were skipped; under `CI` they fail.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::time::Instant;

use support::generate::{self, drawn};
use support::{ours, run, run_in_batches, scripts};
use transcripts::Version;
use transcripts::compare::Tally;
use transcripts::real_redis::RealRedis;
use transcripts::target::Target;
use transcripts::transcript::{Script, encode};

/// Random sequences by default: a few seconds' worth.
const SEQUENCES: u64 = 300;

/// Differing sequences after which it is time to go and mend something.
const ENOUGH: usize = 5;

#[test]
fn transcripts_are_answered_like_redis() {
    let Some(mut redis) = RealRedis::start_or_skip("transcripts_are_answered_like_redis") else {
        return;
    };
    let Some(mut ours) = ours::start("transcripts_are_answered_like_redis") else { return };
    let mut scripts = scripts();
    if let Ok(part) = std::env::var("FLASHKV_TRANSCRIPTS") {
        scripts.retain(|script| script.name.contains(&part));
    }
    let mut tally = Tally::default();
    for script in &scripts {
        for version in Version::BOTH {
            let theirs = run(script, &mut redis, version);
            let replies = run(script, &mut *ours, version);
            tally.add(script, version, &replies, &theirs);
        }
    }
    println!("{} transcripts in RESP2 and RESP3: {tally}", scripts.len());
    let report: Vec<String> = tally.differences.iter().map(ToString::to_string).collect();
    assert!(report.is_empty(), "not answered like Redis: {tally}\n\n{}\n", report.join("\n\n"));
}

#[test]
fn random_sequences_are_answered_like_redis() {
    let Some(mut redis) = RealRedis::start_or_skip("random_sequences_are_answered_like_redis")
    else {
        return;
    };
    let Some(mut ours) = ours::start("random_sequences_are_answered_like_redis") else { return };
    let first = from_environment("FLASHKV_DIFFERENTIAL_SEED", 0);
    let sequences = from_environment("FLASHKV_DIFFERENTIAL_SEQUENCES", SEQUENCES);

    let started = Instant::now();
    let mut tally = Tally::default();
    let mut commands = 0;
    let mut reports = Vec::new();
    for seed in (0..sequences).map(|index| first.wrapping_add(index)) {
        let script = generate::script(seed);
        // By the seed, not by the index, so that one sequence alone runs as it did among the others.
        let version = Version::BOTH[usize::from(seed % 2 == 1)];
        commands += drawn(&script);
        if compare(&script, version, &mut *ours, &mut redis, &mut tally) > 0 {
            reports.push(shrunk(seed, script, version, &tally, &mut *ours, &mut redis));
            if reports.len() == ENOUGH {
                break;
            }
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{commands} random commands, and what they left behind, from seed {first} on, \
         in {seconds:.1} s: {tally}"
    );
    assert!(reports.is_empty(), "not answered like Redis:\n\n{}", reports.join("\n"));
}

/// Globbing has corners that command sequences seldom reach, so keys and patterns are drawn from the letters that mean
/// something in a pattern.
#[test]
fn random_patterns_match_like_redis() {
    const PATTERNS: u64 = 2_000;
    let Some(mut redis) = RealRedis::start_or_skip("random_patterns_match_like_redis") else {
        return;
    };
    let Some(mut ours) = ours::start("random_patterns_match_like_redis") else { return };
    let seed = from_environment("FLASHKV_DIFFERENTIAL_SEED", 0);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut text = |longest: usize| -> Vec<u8> {
        let letters = b"aab*?[]^-\\\x00\xff";
        (0..random.usize(0..=longest)).map(|_| letters[random.usize(0..letters.len())]).collect()
    };
    let (mut theirs, mut mine) = (redis.open().unwrap(), ours.open().unwrap());
    for _ in 0..300 {
        let set = encode(&[b"SET".to_vec(), text(5), b"x".to_vec()]);
        theirs.exchange(&set);
        mine.exchange(&set);
    }
    let mut different = Vec::new();
    for _ in 0..from_environment("FLASHKV_DIFFERENTIAL_SEQUENCES", PATTERNS).max(PATTERNS) {
        let pattern = text(8);
        for request in [
            vec![b"KEYS".to_vec(), pattern.clone()],
            [&b"SCAN"[..], b"0", b"COUNT", b"1000", b"MATCH", &pattern]
                .map(<[u8]>::to_vec)
                .to_vec(),
        ] {
            let request = encode(&request);
            if theirs.exchange(&request).sorted() != mine.exchange(&request).sorted() {
                different.push(pattern.escape_ascii().to_string());
            }
        }
    }
    assert!(
        different.is_empty(),
        "seed {seed}: {} patterns differ: {different:?}",
        different.len()
    );
}

/// Runs a random sequence on both sides and returns the number of differences.
fn compare(
    script: &Script,
    version: Version,
    ours: &mut dyn Target,
    redis: &mut dyn Target,
    tally: &mut Tally,
) -> usize {
    let theirs = run_in_batches(script, redis, version);
    let replies = run_in_batches(script, ours, version);
    tally.add(script, version, &replies, &theirs)
}

/// The last sequence of the tally, made as short as it gets, as a transcript to keep.
fn shrunk(
    seed: u64,
    script: Script,
    version: Version,
    tally: &Tally,
    ours: &mut dyn Target,
    redis: &mut dyn Target,
) -> String {
    let first = tally.differences.iter().find(|difference| difference.script == script.name);
    let first = first.expect("the sequence differs").step;
    let mut fails =
        |script: &Script| compare(script, version, ours, redis, &mut Tally::default()) > 0;
    let script = generate::shrink(script, first, &mut fails);
    let mut tally = Tally::default();
    compare(&script, version, ours, redis, &mut tally);
    let report: Vec<String> = tally.differences.iter().map(ToString::to_string).collect();
    format!(
        "# seed {seed}, {version}; a transcript to keep as transcripts/regressions/NAME.txt:\n{}\n{}\n",
        script.to_text(),
        report.join("\n")
    )
}

fn from_environment(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => default,
    }
}
