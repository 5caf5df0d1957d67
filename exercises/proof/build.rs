//! Makes one module of each pair of a check and an answer: for every `exercises/tests/exNN_K.rs`, its solution and
//! each of its traps. A check names its answer in one place, `mod answer;`, and only that line is replaced.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let exercises =
        PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut modules = String::new();
    let mut cases = String::new();
    for check in rust_files(&exercises.join("tests"))? {
        let target = stem(&check);
        let prefix = format!("{target}_");
        let traps = rust_files(&exercises.join("traps"))?
            .into_iter()
            .filter(|trap| stem(trap).starts_with(&prefix));
        let solution = exercises.join("solutions").join(format!("{target}.rs"));
        for answer in std::iter::once(solution).chain(traps) {
            let name = stem(&answer);
            let kind = if name == target { "Solution" } else { "Trap" };
            let module = format!("{}_{name}", kind.to_lowercase());
            let text = with_answer(&check, &answer, kind)?;
            let file = out.join(format!("{module}.rs"));
            fs::write(&file, text)?;
            writeln!(modules, "#[path = {file:?}]\nmod {module};")?;
            writeln!(
                cases,
                "    Case {{ target: {target:?}, name: {name:?}, kind: Kind::{kind}, \
                 check: {module}::CHECK }},"
            )?;
        }
    }
    fs::write(out.join("cases.rs"), format!("{modules}\nconst CASES: &[Case] = &[\n{cases}];\n"))?;
    for folder in ["solutions", "tests", "traps"] {
        println!("cargo::rerun-if-changed={}", exercises.join(folder).display());
    }
    Ok(())
}

/// The check's text with another answer, and with its function where the parent module can see it.
fn with_answer(check: &Path, answer: &Path, kind: &str) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(check)?;
    let mut lines: Vec<&str> = text.lines().collect();
    let Some(at) = lines.iter().position(|line| *line == "mod answer;") else {
        return Err(format!("{}: no line is `mod answer;`", check.display()).into());
    };
    // Its attributes choose between the learner's file and the solution.
    let attributes = lines.iter().take(at).rev().take_while(|line| line.starts_with("#[")).count();
    let lints = match kind {
        "Solution" => "unreachable_pub",
        // Wrong on purpose; that it is pointed out by a lint makes no better trap of it.
        _ => "unreachable_pub, unused, clippy::all, clippy::unwrap_used, clippy::indexing_slicing",
    };
    let path = format!("#[allow({lints})] #[path = {answer:?}]");
    lines.splice(at - attributes..at, [path.as_str()]);
    lines.push("pub(super) const CHECK: fn(&exercises::Check) -> exercises::Verdict = check;\n");
    Ok(lines.join("\n"))
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
