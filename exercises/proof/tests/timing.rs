//! Which replies of the chapters' transcripts depend on the millisecond: those that come out otherwise when a little time
//! passes before each step, as it does on a server whose clock is its own. `cargo ex check` must not be strict with them.
//!
//! After a change of the transcripts: `INSTA_UPDATE=always cargo test -p exercises-proof --test timing`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;
use std::path::Path;

use transcripts::Version;
use transcripts::chapters::CHAPTERS;
use transcripts::compare::shown;
use transcripts::runner::run;
use transcripts::target::Target;
use transcripts::transcript::{Script, Step};

#[path = "../../../flashkv/tests/support/in_process.rs"]
#[allow(dead_code, unreachable_pub, reason = "made for the tests of flashkv")]
mod in_process;

/// Milliseconds that pass before each step.
const DRIFTS: [u64; 5] = [1, 5, 20, 60, 300];

#[test]
fn the_list_of_replies_that_depend_on_the_millisecond_is_up_to_date() {
    let mut target = in_process::start("timing").unwrap();
    let mut text = String::new();
    for name in CHAPTERS.iter().flat_map(|chapter| chapter.adds) {
        let script = transcripts::script(name).unwrap();
        let lines = timed_lines(&script, &mut *target);
        if !lines.is_empty() {
            let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
            text.push_str(&format!("{name}: {}\n", numbers.join(" ")));
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kit/timing.txt");
    let text =
        format!("# Written by `exercises/proof/tests/timing.rs`, which says what it is.\n{text}");
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        std::fs::write(&file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "kit/timing.txt is not up to date");
}

fn timed_lines(script: &Script, target: &mut dyn Target) -> BTreeSet<usize> {
    let exact = replies(script, target, 0);
    let drifted = DRIFTS.map(|drift| replies(script, target, drift));
    let differs = |index: &usize| drifted.iter().any(|replies| replies[*index] != exact[*index]);
    (0..script.steps.len()).filter(differs).map(|index| script.steps[index].line).collect()
}

/// What counts of the replies, when so much time passes after each step.
fn replies(script: &Script, target: &mut dyn Target, drift: u64) -> Vec<Option<Vec<u8>>> {
    let mut drifting = script.clone();
    drifting.steps =
        script.steps.iter().flat_map(|step| [Step::advance(drift), step.clone()]).collect();
    let replies = run(&drifting, target, Version::Resp2).unwrap();
    let steps = script.steps.iter().zip(replies.into_iter().skip(1).step_by(2));
    steps.map(|(step, reply)| reply.map(|reply| shown(&reply, &step.marks))).collect()
}
