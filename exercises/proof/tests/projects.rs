//! The transcripts of the long projects: a real Redis replies what is pinned.
//!
//! After a change of them: `INSTA_UPDATE=always cargo test -p exercises-proof --test projects`, and read the diff.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use std::io::Write;

use exercises::servers::{self, Goal, Options};
use exercises::{Style, projects};
use flashkv::{Config, Server};
use support::Redis;
use transcripts::runner::run;
use transcripts::tcp::Remote;
use transcripts::{Version, snapshot};

fn check(options: &Options) -> (bool, String) {
    let mut out = Vec::new();
    let passed = servers::check(options, Style::Plain, &mut out).unwrap();
    (passed, String::from_utf8(out).unwrap())
}

#[test]
fn redis_replies_what_is_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    // For the append-only file; the other projects do not notice.
    let options = ["--appendonly", "yes", "--appendfsync", "no", "--dir", dir];
    let Some(redis) = Redis::start(&options) else {
        // Not eprintln!, which is hidden when a test passes.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED redis_replies_what_is_pinned: no redis-server");
        return;
    };
    let is_pinning = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    let only = std::env::var("PROJECT").unwrap_or_default();
    for project in projects::names().unwrap().iter().filter(|name| name.contains(&only)) {
        if is_pinning {
            pin(project, &redis);
        }
        let goal = Goal::Project(project.clone());
        let address = redis.address;
        // What the project before it left behind.
        let (passed, text) =
            check(&Options { address, goal, versus: None, patient: false, flush: true });
        assert!(passed, "{text}");
        assert!(!text.contains("Not played to the end"), "{text}");
    }
}

fn pin(project: &str, redis: &Redis) {
    for (script, path) in projects::scripts(project).unwrap() {
        let replies = run(&script, &mut Remote::new(redis.address), Version::Resp2).unwrap();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = path.file_stem().unwrap().to_str().unwrap();
        settings.bind(|| insta::assert_snapshot!(name, snapshot::render(&script, &replies)));
    }
}

#[test]
fn every_stage_has_a_number_in_turn_and_its_replies() {
    for project in projects::names().unwrap() {
        for (index, (script, pinned)) in projects::scripts(&project).unwrap().iter().enumerate() {
            assert!(
                script.name.starts_with(&format!("{project}/{}-", index + 1)),
                "{}",
                script.name
            );
            assert_eq!(snapshot::read(script, pinned).unwrap().len(), script.steps.len());
        }
    }
}

#[test]
fn a_server_without_the_commands_is_told_at_the_first_stage() {
    let server = Server::bind(Config { port: 0, threads: Some(1), ..Config::default() }).unwrap();
    let goal = Goal::Project("hashes".to_owned());
    let address = server.address();
    let (passed, text) =
        check(&Options { address, goal, versus: None, patient: false, flush: false });
    assert!(!passed);
    insta::assert_snapshot!("no_hashes", text);
}

#[test]
fn a_wrong_name_gets_the_right_ones() {
    let goal = Goal::Project("hash".to_owned());
    let address = "127.0.0.1:1".parse().unwrap();
    let options = Options { address, goal, versus: None, patient: false, flush: false };
    let error = servers::check(&options, Style::Plain, &mut Vec::new()).unwrap_err();
    assert!(error.starts_with("there is no project `hash`. There are append-only, "), "{error}");
}
