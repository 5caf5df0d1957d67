//! The programs that pages show: what they are called, how they are built, and where they listen.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow, bail};
use regex::Regex;
use serde::Deserialize;

use crate::workspace::{Workspace, cargo, chapter_number};

/// `cargo run` as a learner types it.
static CARGO_RUN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"cargo run\b(?:[^|;&>)]*)").expect("a literal"));
/// A program of ours typed by its plain name.
static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[|;&(]|\btimeout \S+|\btime)\s*(chapter-\d\d|flashkv)\b").expect("a literal")
});

/// A program of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Program {
    /// The package it belongs to.
    pub package: String,
    /// `bin` or `example`.
    pub kind: &'static str,
    /// The target's name.
    pub name: String,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == "bin" && self.name == self.package {
            return f.write_str(&self.name);
        }
        write!(f, "{}:{}:{}", self.kind, self.package, self.name)
    }
}

impl Program {
    /// Reads `chapter-03`, `example:chapter-03:before` or `bin:exercises:ex`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (first, package, name) = (parts.next()?, parts.next(), parts.next());
        match (first, package, name, parts.next()) {
            ("example", Some(package), Some(name), None) => {
                Some(Self::new(package, "example", name))
            }
            ("bin", Some(package), Some(name), None) => Some(Self::new(package, "bin", name)),
            (package, None, None, None) => Some(Self::new(package, "bin", package)),
            _ => None,
        }
    }

    fn new(package: &str, kind: &'static str, name: &str) -> Self {
        Self { package: package.into(), kind, name: name.into() }
    }

    /// The port it serves if it is not told another.
    pub fn port(&self) -> Option<u16> {
        if self.package == "flashkv" {
            return Some(6379);
        }
        let number = u16::try_from(chapter_number(&self.package)?).ok()?;
        Some(if self.kind == "example" { 7100 } else { 7000 } + number)
    }

    /// What a learner types to run it.
    pub fn command(&self, release: bool, arguments: &str) -> String {
        let release = if release { " --release" } else { "" };
        let target = if self.kind == "bin" && self.name == self.package {
            String::new()
        } else {
            format!(" --{} {}", self.kind, self.name)
        };
        let arguments =
            if arguments.is_empty() { String::new() } else { format!(" -- {arguments}") };
        format!("cargo run -q{release} -p {}{target}{arguments}", self.package)
    }
}

/// A `cargo run`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CargoRun {
    /// What it runs.
    pub program: Program,
    /// Whether with optimisation.
    pub release: bool,
    /// What stands behind `--`.
    pub arguments: Vec<String>,
}

/// The calls of `cargo run -p` in a command line.
pub fn cargo_runs(command: &str) -> Vec<CargoRun> {
    CARGO_RUN.find_iter(command).filter_map(|found| cargo_run(found.as_str())).collect()
}

fn cargo_run(call: &str) -> Option<CargoRun> {
    let (options, arguments) = call.split_once(" -- ").unwrap_or((call, ""));
    let mut words = options.split_whitespace().skip(2);
    let (mut package, mut example, mut bin, mut release) = (None, None, None, false);
    while let Some(word) = words.next() {
        match word {
            "-p" | "--package" => package = words.next(),
            "--example" => example = words.next(),
            "--bin" => bin = words.next(),
            "-r" | "--release" => release = true,
            _ => {}
        }
    }
    // Without a package cargo runs the default one.
    let package = package.unwrap_or("flashkv");
    let program = match (example, bin) {
        (Some(name), _) => Program::new(package, "example", name),
        (None, Some(name)) => Program::new(package, "bin", name),
        (None, None) => Program::new(package, "bin", package),
    };
    Some(CargoRun {
        program,
        release,
        arguments: arguments.split_whitespace().map(str::to_owned).collect(),
    })
}

/// The programs of ours that a command line calls by their plain names.
pub fn plain_calls(command: &str) -> Vec<Program> {
    PLAIN
        .captures_iter(command)
        .filter_map(|found| Program::parse(found.get(1)?.as_str()))
        .collect()
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<MessageTarget>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct MessageTarget {
    name: String,
    kind: Vec<String>,
}

/// Builds programs, each once.
#[derive(Debug)]
pub struct Programs<'a> {
    workspace: &'a Workspace,
    built: HashMap<(Program, bool), PathBuf>,
}

impl<'a> Programs<'a> {
    /// Has built nothing yet.
    pub fn new(workspace: &'a Workspace) -> Self {
        Self { workspace, built: HashMap::new() }
    }

    /// The repository.
    pub fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// Builds `program` as `cargo run` would, and gives its file.
    ///
    /// # Errors
    ///
    /// There is no such program, or it does not compile.
    pub fn build(&mut self, program: &Program, release: bool) -> Result<PathBuf> {
        let key = (program.clone(), release);
        if let Some(path) = self.built.get(&key) {
            return Ok(path.clone());
        }
        let package = self.workspace.packages.get(&program.package);
        let package =
            package.ok_or_else(|| anyhow!("there is no package `{}`", program.package))?;
        if !package.has(program.kind, &program.name) {
            bail!("package `{}` has no {} `{}`", program.package, program.kind, program.name);
        }
        let mut call = cargo(&self.workspace.root);
        call.args([
            "build",
            "--quiet",
            "--message-format=json-render-diagnostics",
            "-p",
            &program.package,
        ]);
        call.arg(format!("--{}", program.kind)).arg(&program.name);
        if release {
            call.arg("--release");
        }
        let output = call.stderr(Stdio::inherit()).output().context("cannot run cargo")?;
        if !output.status.success() {
            bail!("{program} does not compile");
        }
        let built = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<Message>(line).ok())
            .filter(|message| message.reason == "compiler-artifact")
            .filter(|message| {
                let target = message.target.as_ref();
                target.is_some_and(|t| {
                    t.name == program.name && t.kind.iter().any(|kind| kind == program.kind)
                })
            })
            .find_map(|message| message.executable)
            .ok_or_else(|| anyhow!("cargo does not say where it has put {program}"))?;
        let path =
            if program.kind == "example" { self.keep(program, release, &built)? } else { built };
        self.built.insert(key, path.clone());
        Ok(path)
    }

    /// Examples of different packages have the same name and replace each other in cargo's folder.
    fn keep(&self, program: &Program, release: bool, built: &Path) -> Result<PathBuf> {
        let folder = self.scratch()?;
        let profile = if release { "release" } else { "debug" };
        let path = folder.join(format!("{}-{}-{profile}", program.package, program.name));
        if path.exists() {
            fs::remove_file(&path)?;
        }
        fs::hard_link(built, &path).or_else(|_| fs::copy(built, &path).map(drop))?;
        Ok(path)
    }

    /// A folder for what a run leaves.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    pub fn scratch(&self) -> Result<PathBuf> {
        let folder = self.workspace.target.join("course");
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_have_names_and_ports() {
        for (text, port) in [
            ("chapter-03", Some(7003)),
            ("example:chapter-12:before", Some(7112)),
            ("flashkv", Some(6379)),
            ("bin:exercises:ex", None),
        ] {
            let program = Program::parse(text).unwrap();
            assert_eq!((program.to_string().as_str(), program.port()), (text, port));
        }
        assert_eq!(Program::parse("example:chapter-03"), None);
    }

    #[test]
    fn a_cargo_run_is_taken_apart() {
        let runs = cargo_runs(
            "printf 'x' | cargo run -q --release -p chapter-01 --example before -- --a 1 | head",
        );
        let program = Program::parse("example:chapter-01:before").unwrap();
        assert_eq!(
            runs,
            [CargoRun { program, release: true, arguments: vec!["--a".into(), "1".into()] }]
        );
        assert_eq!(
            cargo_runs("cargo run --release")[0].program,
            Program::parse("flashkv").unwrap()
        );
        assert_eq!(cargo_runs("cargo test -p chapter-01"), []);
    }

    #[test]
    fn what_a_learner_types_is_read_back() {
        for text in ["chapter-03", "example:chapter-12:before", "bin:exercises:ex"] {
            let program = Program::parse(text).unwrap();
            let run = CargoRun {
                program: program.clone(),
                release: false,
                arguments: vec!["--help".into()],
            };
            assert_eq!(cargo_runs(&program.command(false, "--help")), [run]);
        }
    }

    #[test]
    fn plain_names_are_seen_where_a_command_begins() {
        assert_eq!(plain_calls("timeout 2 chapter-04 --port 1 | chapter-05").len(), 2);
        assert_eq!(plain_calls("redis-cli set chapter-04 flashkv"), []);
        assert_eq!(plain_calls("cargo run -p chapter-04"), []);
    }
}
