//! `cargo course`: fills the pages of the course, checks them, and prepares the book.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use course::fill::{Maker, Scope, filled};
use course::links::{Anchors, is_external};
use course::markers::blocks;
use course::page::Page;
use course::problem::Problem;
use course::workspace::{Workspace, wrong_dependencies};
use course::{book, check, index};

/// Keeps the course's pages true to the sources they show.
#[derive(Debug, Parser)]
#[command(name = "cargo course", bin_name = "cargo course")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Writes what stands between markers anew, where it has changed
    Fill {
        /// Measure anew too (in release; takes minutes)
        #[arg(long)]
        measure: bool,
        /// The pages (all, if none is named)
        files: Vec<PathBuf>,
    },
    /// Says where pages and sources have parted, which links are dead, and what else a page lacks; writes nothing
    Check {
        /// Run no program: listings, links, headings, budgets only
        #[arg(long, conflicts_with = "no_measure")]
        quick: bool,
        /// Leave out the measurements, which need release builds
        #[arg(long)]
        no_measure: bool,
        /// The pages (all, if none is named)
        files: Vec<PathBuf>,
    },
    /// Lists the links that leave the repository
    Links,
    /// Gives the source files that pages link to a page of their own (mdBook runs this)
    #[command(hide = true)]
    Preprocess {
        #[command(subcommand)]
        question: Option<Question>,
    },
}

#[derive(Debug, Subcommand)]
enum Question {
    /// Whether a renderer is supported
    Supports {
        /// Which
        renderer: String,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<bool> {
    let here = std::env::current_dir()?;
    let workspace = Workspace::find(&here)?;
    match task {
        Task::Fill { measure, files } => {
            let scope = if measure { Scope::WithMeasurements } else { Scope::Usual };
            fill(&workspace, scope, &chosen(&workspace, &here, &files)?)
        }
        Task::Check { quick, no_measure, files } => {
            let scope = match (quick, no_measure) {
                (true, _) => Scope::Quick,
                (_, true) => Scope::Usual,
                _ => Scope::WithMeasurements,
            };
            check_all(&workspace, scope, &chosen(&workspace, &here, &files)?, files.is_empty())
        }
        Task::Links => list_links(&workspace),
        Task::Preprocess { question: Some(Question::Supports { renderer }) } => {
            Ok(renderer == "html")
        }
        Task::Preprocess { question: None } => {
            let mut input = String::new();
            std::io::stdin().read_to_string(&mut input)?;
            println!("{}", book::preprocess(&workspace.root, &input)?);
            Ok(true)
        }
    }
}

/// The pages named, relative to the root; all, if none is.
fn chosen(workspace: &Workspace, here: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    if files.is_empty() {
        return workspace.pages();
    }
    files
        .iter()
        .map(|file| {
            let path = here
                .join(file)
                .canonicalize()
                .with_context(|| format!("no page {}", file.display()))?;
            match path.strip_prefix(&workspace.root) {
                Ok(path) => Ok(path.to_string_lossy().into_owned()),
                Err(_) => bail!("{} is not in the repository", file.display()),
            }
        })
        .collect()
}

fn fill(workspace: &Workspace, scope: Scope, files: &[String]) -> Result<bool> {
    let mut maker = Maker::new(workspace, scope)?;
    let mut problems = Vec::new();
    for file in files {
        let path = workspace.root.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
        match maker.make(file, &text) {
            Ok(made) => {
                let (new, failed) = filled(file, &text, made, scope == Scope::WithMeasurements);
                problems.extend(failed);
                if new != text {
                    fs::write(&path, new)?;
                    println!("filled  {file}");
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    Ok(report(&problems))
}

fn check_all(workspace: &Workspace, scope: Scope, files: &[String], whole: bool) -> Result<bool> {
    let mut maker = Maker::new(workspace, scope)?;
    let mut anchors = Anchors::default();
    let mut problems = Vec::new();
    if whole {
        problems.extend(index::check(workspace)?);
        let wrong = wrong_dependencies(workspace);
        problems.extend(
            wrong.into_iter().map(|(manifest, message)| Problem::new(&manifest, 1, message)),
        );
    }
    for file in files {
        let started = Instant::now();
        let found = check::page(workspace, &mut maker, &mut anchors, file)?;
        let verdict = if found.is_empty() { "ok" } else { "FAIL" };
        println!("{verdict:<6}{file} ({:.1} s)", started.elapsed().as_secs_f32());
        problems.extend(found);
    }
    Ok(report(&problems))
}

fn report(problems: &[Problem]) -> bool {
    for problem in problems {
        eprintln!("\n{problem}");
    }
    if !problems.is_empty() {
        eprintln!("\n{} to mend", problems.len());
    }
    problems.is_empty()
}

fn list_links(workspace: &Workspace) -> Result<bool> {
    for file in workspace.pages()? {
        let text = fs::read_to_string(workspace.root.join(&file))?;
        let blocks = blocks(&file, &text).unwrap_or_default();
        for link in Page::read(&text, &blocks).links {
            if is_external(&link.target) {
                println!("{file}:{}: {}", link.line, link.target);
            }
        }
    }
    Ok(true)
}
