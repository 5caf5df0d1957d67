//! `cargo ex solution`: the reference, to somebody who has solved the exercise or says that they want it.

use std::fs;
use std::io::{self, IsTerminal, Write};

use exercises::Style;
use exercises::catalog::Exercise;

use crate::workspace::{Output, State, Workspace};

/// Prints the solution, if it is wanted.
pub(crate) fn show(
    exercise: &Exercise,
    workspace: &Workspace,
    yes: bool,
    style: Style,
) -> Result<(), String> {
    if !yes
        && workspace.check(exercise.id, Output::Dropped)? != State::Solved
        && !is_wanted(exercise)?
    {
        println!("Not shown. There is `cargo ex hint {}`.", exercise.id);
        return Ok(());
    }
    let file = exercise.solution_file();
    let text = fs::read_to_string(workspace.root.join(&file))
        .map_err(|error| format!("cannot read {file}: {error}"))?;
    println!("{}\n\n{}", style.faint(&file), text.trim_end());
    Ok(())
}

fn is_wanted(exercise: &Exercise) -> Result<bool, String> {
    let id = exercise.id;
    if !io::stdin().is_terminal() {
        return Err(format!("{id} is not solved yet; with --yes its solution is shown anyway"));
    }
    print!("You have not solved {id} yet. Show the solution? [y/N] ");
    let mut answer = String::new();
    io::stdout()
        .flush()
        .and_then(|()| io::stdin().read_line(&mut answer))
        .map_err(|error| format!("cannot ask: {error}"))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
