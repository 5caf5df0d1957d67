//! `cargo ex hint`: one hint more each time. How many were shown is kept under `target`: to lose it costs nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use exercises::Style;
use exercises::catalog::{Exercise, Id};

use crate::workspace::Workspace;

/// Prints the next hint; after the last, all of them.
pub(crate) fn show(exercise: &Exercise, workspace: &Workspace, style: Style) -> Result<(), String> {
    let memory = workspace.memory.join("hints");
    let mut shown = read(&memory);
    let before = shown.get(&exercise.id).copied().unwrap_or(0);
    print!("{}", render(exercise, before, style));
    shown.insert(exercise.id, (before + 1).min(exercise.hints.len()));
    write(&memory, &shown).map_err(|error| format!("cannot keep {}: {error}", memory.display()))
}

fn render(exercise: &Exercise, before: usize, style: Style) -> String {
    let Exercise { id, title, hints, .. } = exercise;
    let all = hints.len();
    let mut text = format!("{}\n", style.title(&format!("{id}  {title}")));
    for (index, hint) in hints.iter().enumerate() {
        let number = index + 1;
        // After the last one they all come again.
        if before == index || before >= all {
            let label = style.open(&format!("hint {number} of {all}"));
            text.push_str(&format!("\n{label}\n{}\n", exercises::indented(hint)));
        }
    }
    if before + 1 < all {
        text.push_str(&format!("\nOnce more for the next: cargo ex hint {id}\n"));
    } else {
        text.push_str(&format!(
            "\nThere is no further hint. The check says what it does: {}\n\
             A solution, when you have had enough: cargo ex solution {id}\n",
            exercise.check_file()
        ));
    }
    text
}

/// Lines such as `06.1 2`. What cannot be read counts as nothing shown.
fn read(memory: &Path) -> BTreeMap<Id, usize> {
    let text = fs::read_to_string(memory).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(id, shown)| Some((id.parse().ok()?, shown.parse().ok()?)))
        .collect()
}

fn write(memory: &Path, shown: &BTreeMap<Id, usize>) -> std::io::Result<()> {
    if let Some(folder) = memory.parent() {
        fs::create_dir_all(folder)?;
    }
    let lines: Vec<String> = shown.iter().map(|(id, shown)| format!("{id} {shown}\n")).collect();
    fs::write(memory, lines.concat())
}
