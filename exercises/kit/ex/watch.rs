//! `cargo ex watch`: checks an exercise again each time its file is saved.
//!
//! It looks at the files' times four times a second: that works on every system and file system, with every editor's
//! way of saving, and costs next to nothing for some dozens of files.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use exercises::Style;
use exercises::catalog::{Catalog, Exercise, Id};

use crate::listing::{first_open, ids};
use crate::workspace::{Output, State, Workspace};

const PAUSE: Duration = Duration::from_millis(250);

/// Checks an exercise, or else the first that is not solved, and then each one that is saved, until Ctrl-C.
pub(crate) fn watch(
    catalog: &Catalog,
    workspace: &Workspace,
    exercise: Option<&Exercise>,
    style: Style,
) -> Result<(), String> {
    let mut saved = times(catalog, workspace);
    let first = match exercise {
        Some(exercise) => Some(exercise),
        None => first_open(catalog, &workspace.states(&ids(catalog))?),
    };
    let Some(mut exercise) = first else {
        println!("{}", style.good("All solved."));
        return Ok(());
    };
    loop {
        clear();
        if workspace.check(exercise.id, Output::Shown)? == State::Solved {
            match next_after(catalog, workspace, exercise.id)? {
                Some(Exercise { id, title, .. }) => {
                    println!("\nnext: {}", style.title(&format!("{id}  {title}")));
                    println!("      exercises/src/{}.rs", id.target());
                }
                None => println!("\n{}", style.good("All solved.")),
            }
        }
        println!("\n{}", style.faint("watching exercises/src; Ctrl-C ends it"));
        exercise = wait_for_save(catalog, workspace, &mut saved);
    }
}

/// The first that is not solved from here on, or else from the start.
fn next_after<'a>(
    catalog: &'a Catalog,
    workspace: &Workspace,
    id: Id,
) -> Result<Option<&'a Exercise>, String> {
    let states = workspace.states(&ids(catalog))?;
    let is_open = |exercise: &&Exercise| states.get(&exercise.id) != Some(&State::Solved);
    let after = catalog.exercises.iter().filter(|exercise| exercise.id > id).find(is_open);
    Ok(after.or_else(|| first_open(catalog, &states)))
}

fn wait_for_save<'a>(
    catalog: &'a Catalog,
    workspace: &Workspace,
    saved: &mut BTreeMap<Id, SystemTime>,
) -> &'a Exercise {
    loop {
        thread::sleep(PAUSE);
        let now = times(catalog, workspace);
        let changed = catalog
            .exercises
            .iter()
            .find(|exercise| now.get(&exercise.id) != saved.get(&exercise.id));
        // For a moment there may be no file: some editors save by putting another in its place.
        if let Some(exercise) = changed.filter(|exercise| now.contains_key(&exercise.id)) {
            *saved = now;
            return exercise;
        }
    }
}

fn times(catalog: &Catalog, workspace: &Workspace) -> BTreeMap<Id, SystemTime> {
    let time = |exercise: &Exercise| {
        let file: PathBuf = workspace.root.join(exercise.file());
        file.metadata().and_then(|metadata| metadata.modified()).ok()
    };
    catalog.exercises.iter().filter_map(|exercise| Some((exercise.id, time(exercise)?))).collect()
}

/// So that what is on the screen is about the last save; not into a file or a pipe.
fn clear() {
    if std::io::stdout().is_terminal() {
        print!("\x1b[2J\x1b[3J\x1b[H");
    }
}
