//! The lists of exercises, from `exercises/exercises.toml`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::page::anchor;

/// Where the exercises are described.
pub const FILE: &str = "exercises/exercises.toml";

/// What the file says.
#[derive(Debug, Default, Deserialize)]
pub struct Catalog {
    #[serde(default, rename = "chapter")]
    chapters: Vec<Chapter>,
    #[serde(default, rename = "exercise")]
    exercises: Vec<Exercise>,
}

/// Which page an exercise belongs to.
#[derive(Debug, Deserialize)]
struct Chapter {
    number: u32,
    document: String,
}

/// One exercise, as far as a list shows it.
#[derive(Debug, Deserialize)]
struct Exercise {
    /// Chapter and number, as in `06.1`.
    id: String,
    title: String,
    level: String,
    minutes: u32,
    /// The heading of its page to read first.
    section: String,
    task: String,
}

impl Exercise {
    fn chapter(&self) -> Option<u32> {
        self.id.split_once('.')?.0.parse().ok()
    }
}

/// The exercises, none if there is no such file yet.
///
/// # Errors
///
/// The file is not understood.
pub fn read(root: &Path) -> Result<Catalog> {
    match fs::read_to_string(root.join(FILE)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Catalog::default()),
        Err(error) => Err(error).context(FILE),
    }
}

fn parse(text: &str) -> Result<Catalog> {
    toml::from_str(text).context(FILE)
}

impl Catalog {
    /// The list for one chapter (`03`), or for all (`all`), on the page `file`.
    pub fn list(&self, wanted: &str, root: &Path, file: &str) -> String {
        let wanted: Option<u32> = wanted.parse().ok();
        let mut text = String::new();
        for chapter in &self.chapters {
            if wanted.is_some_and(|wanted| wanted != chapter.number) {
                continue;
            }
            let own: Vec<_> = self
                .exercises
                .iter()
                .filter(|exercise| exercise.chapter() == Some(chapter.number))
                .collect();
            if own.is_empty() {
                continue;
            }
            let page = if chapter.document == file {
                ""
            } else {
                chapter.document.trim_start_matches("docs/")
            };
            if wanted.is_none() {
                let title = title(root, &chapter.document).unwrap_or_else(|| page.to_owned());
                let _ = writeln!(text, "\n### {title}");
            }
            text.push('\n');
            for exercise in own {
                text.push_str(&item(exercise, page));
            }
        }
        if let (Some(_), false) = (wanted, text.is_empty()) {
            text.push_str("\nStuck? `cargo ex hint NUMBER` gives one hint more each time.\n");
        }
        text
    }
}

fn item(exercise: &Exercise, page: &str) -> String {
    let Exercise { id, title, level, minutes, section, task } = exercise;
    let name = format!("ex{}", id.replace('.', "_"));
    let anchor = anchor(section, &mut HashMap::new());
    format!(
        "- **{id} {title}** ({level}, {minutes} minutes). {task} Edit [`exercises/src/{name}.rs`](../exercises/src/{name}.rs), \
         check it with `cargo test -p exercises --test {name}`; the section to read is [{section}]({page}#{anchor}).\n"
    )
}

/// The title of a page.
fn title(root: &Path, document: &str) -> Option<String> {
    let text = fs::read_to_string(root.join(document)).ok()?;
    text.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"
[[chapter]]
number = 6
document = "docs/06_P.md"

[[chapter]]
number = 7
document = "docs/07_C.md"

[[exercise]]
id = "06.1"
title = "Cut anywhere"
level = "easy"
minutes = 10
section = "The idea"
task = "Cut it."
hints = ["a", "b", "c"]

[[exercise]]
id = "07.1"
title = "Two shards"
level = "hard"
minutes = 20
section = "The code"
task = "Lock both."
"#;

    #[test]
    fn a_chapter_lists_its_own() {
        let listed = parse(SAMPLE).unwrap().list("06", Path::new("/"), "docs/06_P.md");
        assert!(
            listed.contains(
                "- **06.1 Cut anywhere** (easy, 10 minutes). Cut it. \
                 Edit [`exercises/src/ex06_1.rs`](../exercises/src/ex06_1.rs), \
                 check it with `cargo test -p exercises --test ex06_1`; the section to read is [The idea](#the-idea)."
            ),
            "{listed}"
        );
        assert!(!listed.contains("07.1"));
    }

    #[test]
    fn the_index_lists_all_by_chapter() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        fs::write(root.path().join("docs/07_C.md"), "# 07 · Concurrency\n").unwrap();
        let listed = parse(SAMPLE).unwrap().list("all", root.path(), "docs/15_EXERCISES.md");
        assert!(listed.contains("\n### 07 · Concurrency\n\n- **07.1 Two shards**"), "{listed}");
        assert!(listed.contains("[The code](07_C.md#the-code)"), "{listed}");
    }

    #[test]
    fn without_exercises_there_is_no_list() {
        assert_eq!(Catalog::default().list("06", Path::new("/"), "docs/06_P.md"), "");
        assert_eq!(parse(SAMPLE).unwrap().list("08", Path::new("/"), "docs/08_P.md"), "");
        assert!(read(Path::new("/nonexistent")).unwrap().exercises.is_empty());
    }
}
