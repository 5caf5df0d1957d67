//! `cargo ex reset`: a learner's file as the course has it.
//!
//! It comes from git, and not from a copy kept beside it, which would be a twin to keep in step, nor from `HEAD`, where
//! a learner may have committed their answer. Course and learner part in this: the course changes a file together with
//! its check or its solution, and a learner changes neither. So the commit that last touched one of those has the file
//! as the course has it.

use std::fs;
use std::process::Command;

use exercises::catalog::Exercise;

use crate::workspace::Workspace;

/// Puts the file back, and keeps the learner's under `target/ex`.
pub(crate) fn reset(exercise: &Exercise, workspace: &Workspace) -> Result<(), String> {
    let file = exercise.file();
    let commit = git(
        workspace,
        &["log", "-1", "--format=%H", "--", &exercise.check_file(), &exercise.solution_file()],
    )?;
    let commit = commit.trim();
    if commit.is_empty() {
        return Err(format!("git knows no commit with the check of {}", exercise.id));
    }
    let pristine = git(workspace, &["show", &format!("{commit}:{file}")])?;
    let path = workspace.root.join(&file);
    let failed = |error| format!("cannot write {}: {error}", path.display());
    match fs::read_to_string(&path) {
        Ok(current) if current == pristine => {
            println!("{file} is as it was.");
            return Ok(());
        }
        Ok(current) => {
            let kept = workspace.memory.join(format!("{}.rs", exercise.id.target()));
            fs::create_dir_all(&workspace.memory)
                .and_then(|()| fs::write(&kept, current))
                .map_err(|error| format!("cannot keep your file as {}: {error}", kept.display()))?;
            println!("Your file is kept as {}", kept.display());
        }
        // Deleted, or no text any more: there is nothing to keep.
        Err(_) => {}
    }
    fs::write(&path, pristine).map_err(failed)?;
    println!("{file} is as it was in {}", commit.get(..10).unwrap_or(commit));
    Ok(())
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Result<String, String> {
    let output =
        Command::new("git").current_dir(&workspace.root).args(arguments).output().map_err(
            |error| format!("reset asks git for the file, and git cannot be run: {error}"),
        )?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("reset asks git for the file, and git says: {}", said.trim()));
    }
    String::from_utf8(output.stdout).map_err(|_| "git's answer is not text".to_owned())
}
