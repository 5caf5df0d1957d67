//! The lists of exercises, from `exercises/exercises.toml`.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Where the exercises are described.
pub const FILE: &str = "exercises/exercises.toml";

#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(default)]
    exercise: Vec<Exercise>,
}

/// One exercise, as far as a list shows it.
#[derive(Debug, Clone, Deserialize)]
pub struct Exercise {
    /// Such as `06.1`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The chapter it belongs to.
    pub chapter: u32,
    /// How long it takes.
    pub minutes: u32,
    /// `easy`, `medium` or `hard`.
    pub level: String,
}

/// The exercises, none if there is no such file yet.
///
/// # Errors
///
/// The file is not understood.
pub fn read(root: &Path) -> Result<Vec<Exercise>> {
    match fs::read_to_string(root.join(FILE)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).context(FILE),
    }
}

fn parse(text: &str) -> Result<Vec<Exercise>> {
    let file: File = toml::from_str(text).context(FILE)?;
    Ok(file.exercise)
}

/// The list of one chapter (`03`), or of all (`all`). `up` leads from the page to the root.
pub fn list(exercises: &[Exercise], wanted: &str, up: &str) -> String {
    let chapter: Option<u32> = wanted.parse().ok();
    let chosen: Vec<_> = exercises
        .iter()
        .filter(|exercise| chapter.is_none_or(|chapter| exercise.chapter == chapter))
        .collect();
    if chosen.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n| Exercise | Level | Minutes | Edit | Check |\n| --- | --- | ---: | --- | --- |\n",
    );
    for Exercise { id, title, minutes, level, .. } in chosen {
        let name = format!("ex{}", id.replace('.', "_"));
        let _ = writeln!(
            text,
            "| {id} {title} | {level} | {minutes} | [`{name}.rs`]({up}exercises/src/{name}.rs) | `cargo test -p exercises --test {name}` |"
        );
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
[[exercise]]
id = "06.1"
title = "Cut anywhere"
chapter = 6
minutes = 10
level = "easy"
hints = ["a", "b", "c"]

[[exercise]]
id = "07.1"
title = "Two shards"
chapter = 7
minutes = 20
level = "hard"
"#;

    #[test]
    fn a_chapter_lists_its_own() {
        let exercises = parse(FILE).unwrap();
        let listed = list(&exercises, "06", "../");
        assert!(
            listed.contains(
                "| 06.1 Cut anywhere | easy | 10 | [`ex06_1.rs`](../exercises/src/ex06_1.rs) | \
                 `cargo test -p exercises --test ex06_1` |"
            ),
            "{listed}"
        );
        assert!(!listed.contains("07.1"));
        assert!(list(&exercises, "all", "../").contains("07.1"));
    }

    #[test]
    fn without_exercises_there_is_no_table() {
        assert_eq!(list(&[], "06", "../"), "");
        assert!(read(Path::new("/nonexistent")).unwrap().is_empty());
    }
}
