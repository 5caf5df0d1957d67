//! Every transcript, run in process with an injected clock, in RESP2 and in RESP3: the exact bytes of each
//! reply are pinned as snapshots.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test --test transcripts`, and read the diff.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use support::{ours, run, scripts};
use transcripts::transcript::Action;
use transcripts::{Version, snapshot, snapshots_dir};

/// Commands that have no way to fail, with the reason.
const NEVER_FAILS: &[(&str, &str)] = &[
    ("quit", "takes any arguments and says OK"),
    ("info", "an unknown section is an empty one"),
    ("command|docs", "leaves out the commands that it does not know"),
    ("command|info", "answers null for a command that it does not know"),
    ("lolwut", "draws whatever it is told"),
];

/// Commands that no script can see succeed, with the reason.
const NEVER_SUCCEEDS: &[(&str, &str)] = &[
    ("config|rewrite", "there is no configuration file"),
    ("shutdown", "it ends the server and does not reply"),
];

#[test]
fn replies_are_as_pinned() {
    let Some(mut target) = ours::start("replies_are_as_pinned") else { return };
    let mut failed = Vec::new();
    for script in scripts() {
        for version in Version::BOTH {
            let replies = run(&script, &mut *target, version);
            let rendered = snapshot::render(&script, &replies);
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path("snapshots");
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.set_snapshot_suffix(version.suffix());
            // The first snapshot that differs must not hide the others.
            let name = snapshot::name(&script);
            let pinned = || settings.bind(|| insta::assert_snapshot!(name.as_str(), rendered));
            if catch_unwind(AssertUnwindSafe(pinned)).is_err() {
                failed.push(format!("{name}@{}", version.suffix()));
            }
        }
    }
    assert!(failed.is_empty(), "{} snapshots differ: {failed:#?}", failed.len());
}

#[test]
fn every_snapshot_has_its_transcript() {
    let wanted: BTreeSet<String> = scripts()
        .iter()
        .flat_map(|script| {
            Version::BOTH
                .map(|version| format!("{}@{}.snap", snapshot::name(script), version.suffix()))
        })
        .collect();
    let Ok(files) = std::fs::read_dir(snapshots_dir()) else { return };
    let found = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let stale: Vec<_> =
        found.filter(|name| name.ends_with(".snap") && !wanted.contains(name)).collect();
    assert!(stale.is_empty(), "snapshots without a transcript, to be deleted: {stale:#?}");
}

#[test]
fn every_command_is_seen_to_succeed_and_to_fail() {
    let names: BTreeSet<String> = ours::command_names().into_iter().collect();
    let Some(mut target) = ours::start("every_command_is_seen_to_succeed_and_to_fail") else {
        return;
    };
    let mut seen: BTreeMap<String, Outcomes> = BTreeMap::new();
    for script in scripts() {
        let replies = run(&script, &mut *target, Version::Resp2);
        for (step, reply) in script.steps.iter().zip(&replies) {
            let (Action::Request(words), Some(reply)) = (&step.action, reply) else { continue };
            for name in names_of(words, &names) {
                let outcomes = seen.entry(name).or_default();
                // No reply at all is how CLIENT REPLY OFF succeeds.
                if reply.is_error() {
                    outcomes.failed = true;
                } else {
                    outcomes.succeeded = true;
                }
            }
        }
    }
    let mut missing = Vec::new();
    for name in &names {
        let excused = |list: &[(&str, &str)]| list.iter().any(|(excused, _)| excused == name);
        match seen.get(name) {
            None => missing.push(format!("{name}: in no transcript")),
            Some(outcomes) => {
                if !outcomes.succeeded && !excused(NEVER_SUCCEEDS) {
                    missing.push(format!("{name}: no transcript in which it succeeds"));
                }
                if !outcomes.failed && !excused(NEVER_FAILS) {
                    missing.push(format!("{name}: no transcript in which it fails"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "transcripts are missing: {missing:#?}");
}

/// What has been seen of a command.
#[derive(Default)]
struct Outcomes {
    succeeded: bool,
    failed: bool,
}

/// A request's command and, if it is one with subcommands, its subcommand, as the table names them.
fn names_of(words: &[Vec<u8>], names: &BTreeSet<String>) -> Vec<String> {
    let lower = |word: &Vec<u8>| String::from_utf8_lossy(word).to_ascii_lowercase();
    let command = words.first().map(lower).unwrap_or_default();
    let subcommand = words.get(1).map(|word| format!("{command}|{}", lower(word)));
    subcommand.filter(|name| names.contains(name)).into_iter().chain([command]).collect()
}
