//! Every row of the command table against a real Redis: what COMMAND INFO and COMMAND DOCS say of it, byte for byte.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use support::{ours, run};
use transcripts::Version;
use transcripts::quoting::escape;
use transcripts::real_redis::RealRedis;
use transcripts::target::Target;
use transcripts::transcript::{Marks, Script, Step};

/// Subcommands that came with Redis 7.2, and that client libraries of today use.
const NEWER: &[&str] = &["client|no-touch", "client|setinfo"];

#[test]
fn rows_are_those_of_redis() {
    let Some(mut redis) = RealRedis::start_or_skip("rows_are_those_of_redis") else { return };
    let Some(mut server) = ours::start("rows_are_those_of_redis") else { return };
    let names = ours::command_names();
    let mut different = Vec::new();
    for name in names.iter().filter(|name| !NEWER.contains(&name.as_str())) {
        let container = format!("{name}|");
        let holds = names.iter().any(|name| name.starts_with(&container));
        for version in Version::BOTH {
            for question in ["INFO", "DOCS"] {
                let mut told = [&mut *server as &mut dyn Target, &mut redis]
                    .map(|target| ask(target, version, &["COMMAND", question, name]));
                if holds {
                    // Which subcommands there are, and in what order, is each server's own affair.
                    told = told.map(|reply| up_to(&reply, &container));
                }
                if told[0] != told[1] {
                    let [ours, theirs] = told.map(|reply| escape(&reply));
                    different.push(format!(
                        "{question} {name}, {version}:\n  redis: {theirs}\n  ours:  {ours}"
                    ));
                }
            }
        }
    }
    assert!(different.is_empty(), "{} rows differ:\n{}", different.len(), different.join("\n"));
}

fn ask(target: &mut dyn Target, version: Version, words: &[&str]) -> Vec<u8> {
    let words = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    let script = Script { name: "row".into(), steps: vec![Step::request(words, Marks::default())] };
    run(&script, target, version)[0].take().expect("a request is answered").bytes
}

/// The reply before its first subcommand and what announces that.
fn up_to(reply: &[u8], container: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(reply);
    let (before, _) = text.split_once(container).expect("the container has subcommands");
    let mut lines: Vec<&str> = before.lines().collect();
    // The length of the name, the length of the row (or `subcommands`), the number of subcommands.
    lines.truncate(lines.len() - 3);
    lines.concat().into_bytes()
}
