//! What must be there for each exercise, and what a learner gets for a name that is not quite right.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use exercises::catalog::Catalog;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn stems(folder: &str, ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(root().join("exercises").join(folder)).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == ending));
    wanted.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_exercise_has_its_files_and_every_file_its_exercise() {
    let catalog = Catalog::load().unwrap();
    let targets: BTreeSet<String> =
        catalog.exercises.iter().map(|exercise| exercise.id.target()).collect();
    for folder in ["src", "solutions", "tests"] {
        assert_eq!(stems(folder, "rs"), targets, "exercises/{folder}");
    }
    let manifest = fs::read_to_string(root().join("exercises/Cargo.toml")).unwrap();
    for target in &targets {
        let entry = format!("[[test]]\nname = \"{target}\"\nharness = false\n");
        assert!(manifest.contains(&entry), "exercises/Cargo.toml lacks\n{entry}");
    }
}

#[test]
fn every_exercise_has_two_traps_and_every_trap_its_message() {
    let catalog = Catalog::load().unwrap();
    let traps = stems("traps", "rs");
    assert_eq!(traps, stems("traps", "snap"), "traps, and messages of traps");
    for exercise in &catalog.exercises {
        let prefix = format!("{}_", exercise.id.target());
        let own = traps.iter().filter(|trap| trap.starts_with(&prefix)).count();
        assert!(own >= 2, "{} has {own} traps", exercise.id);
    }
}

#[test]
fn every_check_takes_its_own_answer_and_runs_as_its_own_exercise() {
    for exercise in Catalog::load().unwrap().exercises {
        let target = exercise.id.target();
        let check = fs::read_to_string(root().join(exercise.check_file())).unwrap();
        for needed in [
            format!("\"../solutions/{target}.rs\""),
            format!("\"../src/{target}.rs\""),
            format!("exercises::run(\"{}\", check)", exercise.id),
        ] {
            assert!(check.contains(&needed), "{} lacks {needed}", exercise.check_file());
        }
    }
}

#[test]
fn what_a_learner_is_told_is_there() {
    let catalog = Catalog::load().unwrap();
    for exercise in &catalog.exercises {
        let id = exercise.id;
        assert!((2..=60).contains(&exercise.minutes), "{id}: {} minutes", exercise.minutes);
        assert!(exercise.title.chars().count() <= 40, "{id}: the title is long");
        for text in exercise.hints.iter().chain([&exercise.task, &exercise.title]) {
            assert!(!text.trim().is_empty(), "{id}: something is empty");
        }
        for hint in &exercise.hints {
            assert!(!hint.contains("```"), "{id}: a hint is not code");
        }
        let document = root().join(catalog.document(id).unwrap());
        if let Ok(text) = fs::read_to_string(&document) {
            let heading = format!("\n## {}\n", exercise.section);
            assert!(
                text.contains(&heading),
                "{} has no section {}",
                document.display(),
                exercise.section
            );
        }
    }
}

#[test]
fn a_solution_uses_only_what_its_chapter_has_taught() {
    // What is first used in which chapter.
    let taught = [
        ("async ", 2),
        ("tokio", 2),
        ("bytes::", 5),
        ("std::sync", 7),
        ("parking_lot", 7),
        ("fastrand", 9),
        ("flashkv::", 13),
        ("unsafe", u8::MAX),
    ];
    let chapters = (1..=14).map(|chapter| (format!("chapter_{chapter:02}"), chapter));
    let taught: Vec<(String, u8)> = taught
        .into_iter()
        .map(|(name, chapter)| (name.to_owned(), chapter))
        .chain(chapters)
        .collect();
    for exercise in Catalog::load().unwrap().exercises {
        let text = fs::read_to_string(root().join(exercise.solution_file())).unwrap();
        let code: Vec<&str> =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for (name, chapter) in &taught {
            let used = code.iter().any(|line| line.contains(name.as_str()));
            assert!(
                !used || *chapter <= exercise.id.chapter,
                "{} uses {name}",
                exercise.solution_file()
            );
        }
    }
}

#[test]
fn names_are_read_however_they_are_written() {
    let catalog = Catalog::load().unwrap();
    for name in ["03.1", "3.1", "ex03_1", "03_1", "3-1", "exercises/src/ex03_1.rs"] {
        assert_eq!(catalog.named(name).unwrap().id.to_string(), "03.1", "{name}");
    }
}

#[test]
fn a_wrong_name_gets_the_nearest_right_one() {
    let catalog = Catalog::load().unwrap();
    let error = |name| catalog.named(name).unwrap_err();
    assert!(
        error("3.9").starts_with("there is no exercise `3.9`. Chapter 03 has 03.1, 03.2, 03.3")
    );
    assert!(error("ex03").starts_with("there is no exercise `ex03`. Chapter 03 has 03.1, 03.2"));
    assert!(error("undo").contains("Did you mean 01.3 (Undo)?"));
    assert!(error("031").contains("Did you mean 03.1 (A read is not a line)?"));
    assert!(error("what").contains("as in 06.1"));
}

#[test]
fn a_catalog_that_is_wrong_says_where() {
    let exercise = |id: &str, extra: &str| {
        format!(
            "[[exercise]]\nid = \"{id}\"\ntitle = \"t\"\nlevel = \"easy\"\nminutes = 5\nsection = \"s\"\ntask = \"t\"\n\
             hints = [\"a\", \"b\", \"c\"]\n{extra}\n"
        )
    };
    let chapter = "[[chapter]]\nnumber = 1\ndocument = \"d\"\n";
    let error = |text: String| Catalog::parse(&text).unwrap_err();
    assert!(Catalog::parse(&format!("{chapter}{}", exercise("01.1", ""))).is_ok());
    assert!(
        error(format!("{chapter}{}", exercise("1", ""))).contains("not the number of an exercise")
    );
    assert!(
        error(format!("{chapter}{}", exercise("01.1", "hint = 1")))
            .contains("unknown field `hint`")
    );
    let twice = format!("{chapter}{0}{0}", exercise("01.1", ""));
    assert!(error(twice).contains("01.1 is out of order, or there twice"));
    assert!(
        error(format!("{chapter}{}", exercise("02.1", ""))).contains("02.1 has no [[chapter]]")
    );
}
