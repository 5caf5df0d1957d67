//! `cargo ex list` and `cargo ex next`. It knows how far a learner is only from what the checks say now.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use exercises::catalog::{Catalog, Exercise, Id};
use exercises::{Style, labelled};

use crate::workspace::{State, Workspace};

/// Characters of the progress bar.
const BAR: usize = 40;

/// Prints all exercises with their states.
pub(crate) fn list(catalog: &Catalog, workspace: &Workspace, style: Style) -> Result<(), String> {
    let states = workspace.states(&ids(catalog))?;
    print!("{}", render(catalog, &states, style));
    Ok(())
}

/// Prints the first exercise that is not solved.
pub(crate) fn next(catalog: &Catalog, workspace: &Workspace, style: Style) -> Result<(), String> {
    let states = workspace.states(&ids(catalog))?;
    print!("{}", describe_next(catalog, &states, style));
    Ok(())
}

/// The first exercise that is not solved.
pub(crate) fn first_open<'a>(
    catalog: &'a Catalog,
    states: &BTreeMap<Id, State>,
) -> Option<&'a Exercise> {
    catalog.exercises.iter().find(|exercise| states.get(&exercise.id) != Some(&State::Solved))
}

/// All of them.
pub(crate) fn ids(catalog: &Catalog) -> Vec<Id> {
    catalog.exercises.iter().map(|exercise| exercise.id).collect()
}

fn describe_next(catalog: &Catalog, states: &BTreeMap<Id, State>, style: Style) -> String {
    let Some(exercise) = first_open(catalog, states) else {
        return format!(
            "{} The long projects are in docs/15_EXERCISES.md.\n",
            style.good("All solved.")
        );
    };
    let Exercise { id, title, level, minutes, section, task, .. } = exercise;
    let state = states.get(id).copied().unwrap_or(State::Todo);
    let document = catalog.document(*id).unwrap_or("docs");
    let effort = style.faint(&format!("({level}, about {minutes} minutes)"));
    let title = style.title(&format!("{id}  {title}"));
    let mut text = format!("{}    {title}  {effort}\n", mark(state, style));
    for (label, value) in [
        ("task", task.clone()),
        ("open", exercise.file()),
        ("read", format!("{document}, section \"{section}\"")),
        ("check", exercise.command()),
        ("hint", format!("cargo ex hint {id}")),
    ] {
        text.push_str(&labelled(label, &value, style));
    }
    text
}

fn render(catalog: &Catalog, states: &BTreeMap<Id, State>, style: Style) -> String {
    let total = catalog.exercises.len();
    let solved = states.values().filter(|state| **state == State::Solved).count();
    let full = (BAR * solved).checked_div(total).unwrap_or(0);
    let bar = format!("[{}{}]", "#".repeat(full), "-".repeat(BAR - full));
    let mut text = format!("{}  {solved} of {total} solved\n", style.good(&bar));
    let widest = catalog.exercises.iter().map(|exercise| exercise.title.chars().count()).max();
    for (chapter, exercises) in catalog.by_chapter() {
        let document = exercises.first().and_then(|exercise| catalog.document(exercise.id));
        let document = document.unwrap_or_default();
        // A string is never unwritable.
        let _ = writeln!(text, "\n{}", style.title(&format!("chapter {chapter:02}  {document}")));
        for Exercise { id, title, level, minutes, .. } in exercises {
            let state = states.get(id).copied().unwrap_or(State::Todo);
            let width = widest.unwrap_or(0);
            let level = level.to_string();
            let _ = writeln!(
                text,
                "  {id}  {title:<width$}  {level:<6}  {minutes:>3} min  {}",
                mark(state, style)
            );
        }
    }
    if solved < total {
        text.push_str("\nGo on with `cargo ex next`.\n");
    }
    text
}

fn mark(state: State, style: Style) -> String {
    match state {
        State::Solved => style.good("ok"),
        State::Todo => style.open("TODO"),
        State::Failed => style.bad("FAILED"),
        State::Broken => style.bad("DOES NOT COMPILE"),
    }
}
