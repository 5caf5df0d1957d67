//! Every solution passes its check, and every trap fails it with the message that is pinned beside it.
//!
//! After a wanted change: `INSTA_UPDATE=always cargo test -p exercises-proof --test answers`, and read the diff:
//! the messages are what a learner gets to read.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]
#![allow(dead_code, reason = "each check brings the `main` of its own test target")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use exercises::catalog::Catalog;
use exercises::{Check, Outcome, Patience, Style, Verdict, judge, render};

include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// A check and an answer.
struct Case {
    /// Of the exercise: `ex03_1`.
    target: &'static str,
    /// Of the answer's file.
    name: &'static str,
    kind: Kind,
    check: fn(&Check) -> Verdict,
}

/// What an answer is there for.
#[derive(Clone, Copy)]
enum Kind {
    Solution,
    Trap,
}

/// One test, since one check at a time is judged anyway. `EX=ex03_1` looks at one exercise only.
#[test]
fn solutions_pass_and_traps_fail_as_pinned() {
    let catalog = Catalog::load().unwrap();
    let only = std::env::var("EX").unwrap_or_default();
    let mut wrong = Vec::new();
    for case in CASES.iter().filter(|case| case.target.contains(&only)) {
        let exercise = catalog.named(case.target).unwrap();
        // A trap that hangs is waited for, and leaves its thread behind.
        let patience = match case.kind {
            Kind::Solution => Patience::default(),
            Kind::Trap => Patience(Duration::from_secs(10)),
        };
        let outcome = judge(case.check, patience);
        let text = render(&catalog, exercise, &outcome, Style::Plain)
            .replace("after 10 seconds", "after 20 seconds");
        match (case.kind, outcome) {
            (Kind::Solution, Outcome::Passed { .. }) => {}
            (Kind::Trap, Outcome::Failed(_)) => {
                if catch_unwind(AssertUnwindSafe(|| pin(case.name, &text))).is_err() {
                    wrong.push(format!("traps/{}.rs: another message than is pinned", case.name));
                }
            }
            (Kind::Solution, _) => {
                wrong.push(format!("solutions/{}.rs is not ok:\n{text}", case.name));
            }
            (Kind::Trap, _) => wrong.push(format!("traps/{}.rs is not FAILED:\n{text}", case.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn pin(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../traps");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
