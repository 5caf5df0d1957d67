//! The transcripts of the long projects: a folder each, in it a script for each stage, `1-fields.txt`, and beside it what a
//! real Redis replies, `1-fields.snap`. It knows files, and nothing of what the projects are about.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use transcripts::snapshot;
use transcripts::transcript::Script;

use crate::servers::{Pinned, Stage};

/// Where they are, in the repository.
pub(crate) const FOLDER: &str = "exercises/projects";

/// The names of all projects, sorted.
///
/// # Errors
/// If their folder cannot be read.
pub fn names() -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for path in entries(&root())? {
        if path.is_dir() {
            names.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    Ok(names)
}

/// A project's scripts, in order, each with the file of its pinned replies.
///
/// # Errors
/// If there is no such project, or a script cannot be read.
pub fn scripts(project: &str) -> Result<Vec<(Script, PathBuf)>, String> {
    let names = names()?;
    // Not any path: a name that is there.
    if !names.iter().any(|name| name == project) {
        return Err(format!("there is no project `{project}`. There are {}", names.join(", ")));
    }
    let mut scripts = Vec::new();
    for path in entries(&root().join(project))? {
        if path.extension().is_some_and(|extension| extension == "txt") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            let script = Script::parse(&format!("{project}/{stem}"), &text);
            scripts.push((script.map_err(|error| error.to_string())?, path.with_extension("snap")));
        }
    }
    Ok(scripts)
}

/// A project's stages.
pub(crate) fn stages(project: &str) -> Result<Vec<Stage>, String> {
    let stage = |(index, (script, pinned)): (usize, (Script, PathBuf))| {
        let replies = snapshot::read(&script, &pinned).map_err(|error| error.to_string())?;
        Ok(Stage { number: (index + 1).to_string(), scripts: vec![Pinned { script, replies }] })
    };
    scripts(project)?.into_iter().enumerate().map(stage).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("projects")
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
    let paths: io::Result<Vec<PathBuf>> = read();
    let mut paths = paths.map_err(|error| unreadable(folder, &error))?;
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}
