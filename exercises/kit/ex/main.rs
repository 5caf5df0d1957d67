//! `cargo ex`: the exercises' list, hints and solutions, a watcher, and the check of a learner's own server. It
//! includes no exercise and no chapter, so it works whatever state those are in.

mod compare_servers;
mod hints;
mod listing;
mod reset;
mod solution;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use exercises::Style;
use exercises::catalog::Catalog;

use workspace::Workspace;

/// The exercises of the course.
#[derive(Debug, Parser)]
#[command(name = "cargo ex", bin_name = "cargo ex", arg_required_else_help = false)]
#[command(
    after_help = "An exercise is named by chapter and number: 06.1, 6.1 and ex06_1 are the same.\n\
    One is checked with: cargo test -p exercises --test ex06_1"
)]
struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show all exercises and how far you are (the default)
    List,
    /// Show the first exercise that is not solved
    Next,
    /// Show a hint; the next one each time
    Hint {
        /// The exercise, such as 06.1
        exercise: String,
    },
    /// Check an exercise again each time you save; without a name, the next one that is not solved
    Watch {
        /// The exercise, such as 06.1
        exercise: Option<String>,
    },
    /// Show the reference solution; asks first if you have not solved it
    Solution {
        /// The exercise, such as 06.1
        exercise: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Put an exercise's file back as it was; yours is kept under target/ex
    Reset {
        /// The exercise, such as 06.1
        exercise: String,
    },
    /// Play the course's transcripts to a server, in any language, chapter by chapter
    Check(compare_servers::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{} {error}", Style::of_stdout().bad("error:"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, String> {
    let style = Style::of_stdout();
    let catalog = Catalog::load()?;
    let workspace = Workspace::here();
    match arguments.action.unwrap_or(Action::List) {
        Action::List => listing::list(&catalog, &workspace, style)?,
        Action::Next => listing::next(&catalog, &workspace, style)?,
        Action::Hint { exercise } => {
            hints::show(catalog.named(&exercise)?, &workspace, style)?;
        }
        Action::Watch { exercise } => {
            let exercise = exercise.map(|name| catalog.named(&name)).transpose()?;
            watch::watch(&catalog, &workspace, exercise, style)?;
        }
        Action::Solution { exercise, yes } => {
            solution::show(catalog.named(&exercise)?, &workspace, yes, style)?;
        }
        Action::Reset { exercise } => reset::reset(catalog.named(&exercise)?, &workspace)?,
        Action::Check(arguments) => return compare_servers::check(&arguments, style),
    }
    Ok(ExitCode::SUCCESS)
}
