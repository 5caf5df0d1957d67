//! Makes what stands between markers, and puts it into pages.

use std::fs;
use std::process::Stdio;

use anyhow::{Context, Result, anyhow, bail};

use crate::exercises::{self, Catalog};
use crate::listing;
use crate::markers::{Block, Kind, blocks};
use crate::mask::without_numbers;
use crate::problem::Problem;
use crate::programs::{Program, Programs};
use crate::session::{Session, commands_of, readable};
use crate::workspace::{Workspace, clean};

/// What measures a chapter beside the finished crate.
pub const GAINS: &str = "bin:benches:gains";

/// Which blocks are made anew; the others stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only those that need no program to run.
    Quick,
    /// All but measurements.
    Usual,
    /// All.
    WithMeasurements,
}

impl Scope {
    fn holds(self, kind: Kind) -> bool {
        match kind {
            Kind::Listing | Kind::Exercises | Kind::Include => true,
            Kind::Session | Kind::Output | Kind::Help => self != Self::Quick,
            Kind::Measure | Kind::Gain => self == Self::WithMeasurements,
        }
    }
}

/// What a block holds, and what it should.
#[derive(Debug)]
pub struct Made {
    /// The block.
    pub block: Block,
    /// Its new text, or what kept us from making it.
    pub text: Result<String>,
}

impl Made {
    /// Whether `old`, which the page holds, says the same as the new text but for what may differ.
    pub fn agrees(&self, old: &str, new: &str) -> bool {
        let comparable = |text: &str| {
            let text = self.block.masks.apply(text.trim());
            if self.block.kind.is_measured() { without_numbers(&text) } else { text }
        };
        comparable(old) == comparable(new)
    }
}

/// Makes blocks.
#[derive(Debug)]
pub struct Maker<'a> {
    workspace: &'a Workspace,
    programs: Programs<'a>,
    exercises: Catalog,
    scope: Scope,
}

impl<'a> Maker<'a> {
    /// Makes those in `scope`.
    ///
    /// # Errors
    ///
    /// The exercises' file is not understood.
    pub fn new(workspace: &'a Workspace, scope: Scope) -> Result<Self> {
        let exercises = exercises::read(&workspace.root)?;
        Ok(Self { workspace, programs: Programs::new(workspace), exercises, scope })
    }

    /// All blocks of a page that are in scope.
    ///
    /// # Errors
    ///
    /// The markers are malformed.
    pub fn make(&mut self, file: &str, text: &str) -> Result<Vec<Made>, Problem> {
        let mut made = Vec::new();
        // What the page itself says above a block, and what has been made for the blocks above it.
        let mut above = String::new();
        let mut end = 0;
        let mut server_said = None;
        for block in blocks(file, text)? {
            above.push_str(text.get(end..block.body.start).unwrap_or_default());
            end = block.body.end;
            if !self.scope.holds(block.kind) {
                continue;
            }
            let old = text.get(block.body.clone()).unwrap_or_default();
            let text = self.block(&block, &above, old, file, &mut server_said);
            above.push_str(text.as_deref().unwrap_or_default());
            made.push(Made { block, text });
        }
        Ok(made)
    }

    fn block(
        &mut self,
        block: &Block,
        above: &str,
        old: &str,
        file: &str,
        server_said: &mut Option<String>,
    ) -> Result<String> {
        let first = block.arguments.first().map_or("", String::as_str);
        let rest = block.arguments.get(1..).unwrap_or_default();
        match block.kind {
            Kind::Listing => self.listing(first, above, file),
            Kind::Session => {
                let mut servers = Vec::new();
                for words in &block.with {
                    let (name, arguments) =
                        words.split_first().context("`with` names no program")?;
                    servers.push((program(name)?, arguments));
                }
                if first != "none" {
                    servers.push((program(first)?, rest));
                }
                let commands = commands_of(old);
                if commands.is_empty() {
                    bail!(
                        "the session has no command: put lines that begin with `$ ` into a ```console block"
                    );
                }
                *server_said = None;
                let session = Session { servers, commands, limit: block.limit };
                let transcript = session.run(&mut self.programs)?;
                *server_said = (!session.servers.is_empty()).then_some(transcript.server);
                Ok(fenced("console", &transcript.text))
            }
            Kind::Output => match server_said {
                Some(text) => Ok(fenced("text", text)),
                None => {
                    bail!("`output` stands below a session with a server, whose output it shows")
                }
            },
            Kind::Measure => self.run(first, true, &[&["--measure".to_owned()], rest].concat()),
            Kind::Gain => self.run(GAINS, true, &block.arguments),
            Kind::Help => self.run(first, false, &["--help".to_owned()]),
            Kind::Exercises => Ok(self.exercises.list(first, &self.workspace.root, file)),
            Kind::Include => fs::read_to_string(self.workspace.root.join(first))
                .with_context(|| format!("cannot read {first}")),
        }
    }

    /// A region of a file. If the page has not named the file before, a link to it stands above.
    fn listing(&self, argument: &str, above: &str, file: &str) -> Result<String> {
        let up = "../".repeat(file.matches('/').count());
        let (path, region) = match argument.split_once('#') {
            Some((path, region)) => (path, Some(region)),
            None => (argument, None),
        };
        let source = fs::read_to_string(self.workspace.root.join(path))
            .with_context(|| format!("cannot read {path}"))?;
        let code =
            listing::region(&source, region).map_err(|message| anyhow!("{path}: {message}"))?;
        let code = fenced(listing::language(path), &code);
        if above.contains(&format!("]({up}{path})")) {
            return Ok(code);
        }
        Ok(format!("[`{path}`]({up}{path})\n\n{code}"))
    }

    fn run(&mut self, name: &str, release: bool, arguments: &[String]) -> Result<String> {
        let program = program(name)?;
        let path = self.programs.build(&program, release)?;
        let mut command = std::process::Command::new(path);
        clean(&mut command);
        let output = command
            .args(arguments)
            .current_dir(&self.workspace.root)
            .stdin(Stdio::null())
            .output()?;
        let arguments = arguments.join(" ");
        if !output.status.success() {
            bail!("{program} {arguments}: {}", readable(&output.stderr));
        }
        let typed = program.command(release, &arguments);
        Ok(fenced("console", &format!("$ {typed}\n{}", readable(&output.stdout))))
    }
}

fn program(name: &str) -> Result<Program> {
    Program::parse(name).ok_or_else(|| {
        anyhow!("`{name}` is not a program: chapter-NN or example:chapter-NN:before")
    })
}

/// A fenced code block, with a fence that the text does not have.
fn fenced(language: &str, text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.lines().any(|line| line.trim_start().starts_with(&fence)) {
        fence.push('`');
    }
    format!("{fence}{language}\n{text}{fence}\n")
}

/// A page with its blocks made anew, and why some could not be made. Those that agree keep the text they have, so that
/// figures change only when they are asked to.
pub fn filled(file: &str, text: &str, made: Vec<Made>, measured: bool) -> (String, Vec<Problem>) {
    let mut filled = String::with_capacity(text.len());
    let mut problems = Vec::new();
    let mut end = 0;
    for made in made {
        let body = made.block.body.clone();
        let old = text.get(body.clone()).unwrap_or_default();
        filled.push_str(text.get(end..body.start).unwrap_or_default());
        end = body.end;
        match &made.text {
            Ok(new) => {
                let anew = measured && made.block.kind.is_measured();
                filled.push_str(if made.agrees(old, new) && !anew { old } else { new });
            }
            Err(error) => {
                filled.push_str(old);
                problems.push(Problem::new(file, made.block.line, format!("{error:#}")));
            }
        }
    }
    filled.push_str(text.get(end..).unwrap_or_default());
    (filled, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str, new: &str) -> Vec<Made> {
        blocks("p.md", text)
            .unwrap()
            .into_iter()
            .map(|block| Made { block, text: Ok(new.to_owned()) })
            .collect()
    }

    #[test]
    fn a_fence_is_longer_than_those_inside() {
        assert_eq!(fenced("rust", "a\n"), "```rust\na\n```\n");
        assert_eq!(fenced("markdown", "```rust\n```\n"), "````markdown\n```rust\n```\n````\n");
    }

    #[test]
    fn only_what_differs_is_replaced() {
        let text = "a\n<!-- session none mask=\"\\d+\" -->\n```console\n$ x\n12\n```\n<!-- /session -->\nb\n";
        let same = filled("p.md", text, made(text, "```console\n$ x\n13\n```\n"), false).0;
        assert_eq!(same, text);
        let other = filled("p.md", text, made(text, "```console\n$ x\nno\n```\n"), false).0;
        assert_eq!(other, text.replace("12", "no"));
    }

    #[test]
    fn figures_change_when_they_are_measured_anew() {
        for text in [
            "<!-- measure chapter-01 -->\nbuilt  1 ms\n<!-- /measure -->\n",
            "<!-- gain 01 -->\nbuilt  1 ms\n<!-- /gain -->\n",
        ] {
            assert!(made(text, "")[0].agrees("built  1 ms\n", "built 12 ms\n"));
            let kept = filled("p.md", text, made(text, "built 12 ms\n"), false).0;
            assert_eq!(kept, text);
            let new = filled("p.md", text, made(text, "built 12 ms\n"), true).0;
            assert_eq!(new, text.replace("  1 ms", " 12 ms"));
        }
    }

    #[test]
    fn figures_are_made_only_when_they_are_asked_for() {
        for kind in [Kind::Measure, Kind::Gain] {
            let held = [Scope::Quick, Scope::Usual, Scope::WithMeasurements].map(|s| s.holds(kind));
            assert_eq!(held, [false, false, true], "{kind:?}");
        }
    }
}
