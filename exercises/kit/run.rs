//! The `main` of every check. It knows what cargo and its likes pass to a test, and how a process ends.

use std::process::ExitCode;

use crate::catalog::{Catalog, Exercise, Id};
use crate::check::{Check, Verdict};
use crate::judge::{Outcome, Patience, judge};
use crate::report::render;
use crate::style::Style;

/// Exit code of an exercise that is still to do, where the caller asked for it with `--outcome`.
pub const TODO: u8 = 3;

/// Runs the check of exercise `id` and says how it went: exit code 0 for ok and for TODO, 1 for FAILED.
///
/// With `--outcome`, TODO has an exit code of its own, [`TODO`]: for `cargo ex`.
pub fn run(id: &str, check: fn(&Check) -> Verdict) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let catalog = match Catalog::load() {
        Ok(catalog) => catalog,
        Err(error) => return broken(&error),
    };
    let exercise = match id.parse::<Id>().map(|id| catalog.find(id)) {
        Ok(Some(exercise)) => exercise,
        Ok(None) => return broken(&format!("exercises.toml does not know exercise {id}")),
        Err(error) => return broken(&error),
    };
    // What cargo-nextest asks a test before it runs it.
    if has("--list") {
        if !has("--ignored") {
            println!("check: test");
        }
        return ExitCode::SUCCESS;
    }
    if !is_wanted(exercise, &arguments) {
        return ExitCode::SUCCESS;
    }
    let outcome = judge(check, Patience::default());
    print!("{}", render(&catalog, exercise, &outcome, Style::of_stdout()));
    match outcome {
        Outcome::Passed { .. } => ExitCode::SUCCESS,
        Outcome::Todo(_) if has("--outcome") => ExitCode::from(TODO),
        Outcome::Todo(_) => ExitCode::SUCCESS,
        Outcome::Failed(_) => ExitCode::FAILURE,
    }
}

/// `cargo test --workspace some_name` gives the name to every test target.
fn is_wanted(exercise: &Exercise, arguments: &[String]) -> bool {
    let names = [exercise.id.target(), exercise.id.to_string(), "check".to_owned()];
    let mut filters = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    filters.peek().is_none() || filters.any(|filter| names.iter().any(|name| name.contains(filter)))
}

fn broken(error: &str) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}
