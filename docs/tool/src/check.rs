//! Everything that CI holds the pages to.

use std::collections::HashSet;
use std::fs;

use anyhow::{Context, Result};

use crate::budget::{LINES, WORDS, lines_below};
use crate::fill::{GAINS, Made, Maker};
use crate::links::{self, Anchors};
use crate::markers::{Block, Kind, blocks};
use crate::mask::without_numbers;
use crate::page::{Page, Printed};
use crate::problem::Problem;
use crate::programs::{Program, cargo_runs};
use crate::session::commands_of;
use crate::workspace::{Package, Workspace};

/// The level-2 headings of a chapter's page, all of them, in this order.
pub const HEADINGS: [&str; 12] = [
    "What you will have",
    "What you need first",
    "Predict",
    "Break it",
    "The idea",
    "The code",
    "Try it",
    "The number",
    "Common mistakes",
    "Check yourself",
    "Exercises",
    "In the finished crate",
];

/// From this chapter on the finished crate itself is used: nothing is left to gain.
const FINISHED: u32 = 13;

/// Questions that a chapter asks at its end.
const QUESTIONS: usize = 5;

/// Checks one page.
///
/// # Errors
///
/// The page cannot be read.
pub fn page(
    workspace: &Workspace,
    maker: &mut Maker<'_>,
    anchors: &mut Anchors,
    file: &str,
) -> Result<Vec<Problem>> {
    let text = fs::read_to_string(workspace.root.join(file))
        .with_context(|| format!("cannot read {file}"))?;
    let blocks = match blocks(file, &text) {
        Ok(blocks) => blocks,
        Err(problem) => return Ok(vec![problem]),
    };
    let facts = Page::read(&text, &blocks);
    let mut problems = links::dead(&workspace.root, file, &facts, anchors);
    for link in facts.links.iter().filter(|link| link.picture == Some(false)) {
        let message =
            format!("the picture {} has no words for those who cannot see it", link.target);
        problems.push(Problem::new(file, link.line, message).mend("![what it shows](…)"));
    }
    if file.starts_with("docs/") {
        for &line in &facts.mermaid {
            let message = "the book does not draw Mermaid";
            problems
                .push(Problem::new(file, line, message).mend("draw it as an SVG in docs/images"));
        }
    }
    if let Some((number, package)) = chapter_of(workspace, file) {
        problems.extend(chapter(workspace, file, &facts, package)?);
        problems.extend(commands(workspace, file, &text, &facts, &blocks));
        problems.extend(parts(file, &text, number, &blocks));
    }
    match maker.make(file, &text) {
        Ok(made) => problems.extend(made.into_iter().filter_map(|made| stale(file, &text, &made))),
        Err(problem) => problems.push(problem),
    }
    problems.sort_by_key(|problem| problem.line);
    Ok(problems)
}

/// The chapter that a page `docs/NN_NAME.md` is the text of.
fn chapter_of<'a>(workspace: &'a Workspace, file: &str) -> Option<(u32, &'a Package)> {
    let number: u32 = file.strip_prefix("docs/")?.split_once('_')?.0.parse().ok()?;
    let package = workspace.packages.get(&format!("chapter-{number:02}"))?;
    Some((number, package))
}

fn stale(file: &str, text: &str, made: &Made) -> Option<Problem> {
    let Made { block, text: new } = made;
    let old = text.get(block.body.clone()).unwrap_or_default();
    let what = format!("{} {}", block.kind.word(), block.arguments.join(" "));
    let new = match new {
        Ok(new) => new,
        Err(error) => {
            return Some(Problem::new(file, block.line, format!("{}: {error:#}", what.trim())));
        }
    };
    if made.agrees(old, new) {
        return None;
    }
    let (flag, old, new) = match block.kind {
        // Figures differ in every run; what matters is what differs beside them.
        kind if kind.is_measured() => ("--measure ", without_numbers(old), without_numbers(new)),
        _ => ("", old.to_owned(), new.clone()),
    };
    Some(
        Problem::new(
            file,
            block.line,
            format!("{}: the page (-) and its source (+) have parted", what.trim()),
        )
        .differing(&old, &new)
        .mend(format!("cargo course fill {flag}{file}")),
    )
}

fn chapter(
    workspace: &Workspace,
    file: &str,
    facts: &Page,
    package: &Package,
) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    problems.extend(headings(file, facts));

    if facts.words > WORDS && !facts.budgets.contains_key("words") {
        let message = format!("{} words of prose: at most {WORDS}", facts.words);
        problems.push(
            Problem::new(file, 1, message)
                .mend("shorten it, or say why not: <!-- budget words: reason -->"),
        );
    }
    let source = workspace.root.join(&package.folder).join("src");
    let lines = lines_below(&source)?;
    if lines > LINES && !facts.budgets.contains_key("lines") {
        let message =
            format!("{lines} lines of Rust in {}/src: at most {LINES}", package.folder.display());
        problems.push(
            Problem::new(file, 1, message)
                .mend("shorten it, or say why not: <!-- budget lines: reason -->"),
        );
    }
    if !facts.links.iter().any(|link| link.picture.is_some()) {
        problems.push(Problem::new(file, 1, "no picture").mend("draw one in docs/images"));
    }
    let questions = facts.details.get("Check yourself").copied().unwrap_or_default();
    if questions < QUESTIONS {
        let message = format!(
            "{questions} questions with a folded answer (<details>): there should be {QUESTIONS}"
        );
        let line = facts
            .headings
            .iter()
            .find(|heading| heading.text == "Check yourself")
            .map_or(1, |h| h.line);
        problems.push(Problem::new(file, line, message));
    }
    Ok(problems)
}

fn headings(file: &str, facts: &Page) -> Option<Problem> {
    let found: Vec<_> = facts.headings.iter().filter(|heading| heading.level == 2).collect();
    let texts: Vec<_> = found.iter().map(|heading| heading.text.as_str()).collect();
    if texts == HEADINGS {
        return None;
    }
    let first = texts.iter().zip(HEADINGS).take_while(|(text, expected)| *text == expected).count();
    let line = found.get(first).or(found.last()).map_or(1, |heading| heading.line);
    let lines = |headings: &[&str]| {
        headings.iter().map(|heading| format!("## {heading}\n")).collect::<String>()
    };
    Some(
        Problem::new(file, line, "the sections are not those of a chapter")
            .differing(&lines(&texts), &lines(&HEADINGS))
            .mend("use exactly these level-2 headings, in this order"),
    )
}

/// The blocks that no chapter goes without.
fn parts(file: &str, text: &str, number: u32, blocks: &[Block]) -> Vec<Problem> {
    let chapter = format!("{number:02}");
    let needed = [
        (Kind::Listing, None),
        (Kind::Session, None),
        (Kind::Measure, Some(format!("chapter-{chapter}"))),
        (Kind::Exercises, Some(chapter.clone())),
    ];
    let gain = (number < FINISHED).then_some((Kind::Gain, Some(chapter)));
    needed
        .into_iter()
        .chain(gain)
        .filter(|(kind, argument)| {
            !blocks.iter().any(|block| {
                block.kind == *kind
                    && argument
                        .as_ref()
                        .is_none_or(|argument| block.arguments.first() == Some(argument))
            })
        })
        .map(|(kind, argument)| {
            let last = text.lines().count().max(1);
            let argument = argument.map_or("…".into(), |argument| argument);
            Problem::new(
                file,
                last,
                format!("no block `<!-- {} {argument} -->` anywhere", kind.word()),
            )
        })
        .collect()
}

/// Commands that nothing runs.
fn commands(
    workspace: &Workspace,
    file: &str,
    text: &str,
    facts: &Page,
    blocks: &[Block],
) -> Vec<Problem> {
    let mut shown: HashSet<(Program, Vec<String>)> = HashSet::new();
    for block in blocks {
        let program = block.arguments.first().and_then(|name| Program::parse(name));
        let rest = block.arguments.get(1..).unwrap_or_default().to_vec();
        let body = text.get(block.body.clone()).unwrap_or_default();
        match (block.kind, program) {
            (Kind::Session, program) => {
                shown.extend(program.map(|program| (program, rest)));
                shown.extend(block.with.iter().filter_map(|words| {
                    let (name, arguments) = words.split_first()?;
                    Some((Program::parse(name)?, arguments.to_vec()))
                }));
                let typed = commands_of(body);
                shown.extend(
                    typed
                        .iter()
                        .flat_map(|typed| cargo_runs(typed))
                        .map(|run| (run.program, run.arguments)),
                );
            }
            (Kind::Measure, Some(program)) => {
                shown.insert((program, [vec!["--measure".to_owned()], rest].concat()));
            }
            (Kind::Gain, _) => {
                shown.extend(Program::parse(GAINS).map(|gains| (gains, block.arguments.clone())));
            }
            (Kind::Help, Some(program)) => {
                shown.insert((program, vec!["--help".to_owned()]));
            }
            _ => {}
        }
    }
    facts
        .printed
        .iter()
        .filter(|printed| !printed.excused)
        .filter_map(|printed| {
            Some(Problem::new(file, printed.line, why_not_run(workspace, printed, &shown)?))
        })
        .map(|problem| {
            problem
                .mend("move it into a session, or put `<!-- not run: reason -->` above its block")
        })
        .collect()
}

fn why_not_run(
    workspace: &Workspace,
    printed: &Printed,
    shown: &HashSet<(Program, Vec<String>)>,
) -> Option<String> {
    let command = printed.command.as_str();
    if let Some(rest) = command.strip_prefix("cargo test -p ") {
        return no_such_test(workspace, rest);
    }
    let run = cargo_runs(command);
    let covered = command.starts_with("cargo run")
        && !run.is_empty()
        && run.into_iter().all(|run| shown.contains(&(run.program, run.arguments)));
    (!covered).then(|| format!("nothing runs the command `{command}`"))
}

/// CI runs all tests, so a printed `cargo test` only has to name one that there is.
fn no_such_test(workspace: &Workspace, arguments: &str) -> Option<String> {
    let words: Vec<_> = arguments.split_whitespace().collect();
    let name = words.first().copied().unwrap_or_default();
    let Some(package) = workspace.packages.get(name) else {
        return Some(format!("there is no package `{name}` to test"));
    };
    let test = words.iter().position(|word| *word == "--test").and_then(|at| words.get(at + 1))?;
    (!package.has("test", test)).then(|| format!("package `{name}` has no test `{test}`"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn facts(text: &str) -> Page {
        Page::read(text, &blocks("p.md", text).unwrap())
    }

    fn sections(headings: &[&str]) -> String {
        headings.iter().map(|heading| format!("## {heading}\n\n")).collect()
    }

    #[test]
    fn sections_are_in_the_fixed_order() {
        assert_eq!(headings("p.md", &facts(&sections(&HEADINGS))), None);
        let mut swapped = HEADINGS;
        swapped.swap(3, 4);
        let problem = headings("p.md", &facts(&sections(&swapped))).unwrap();
        assert_eq!(problem.line, 7);
        assert!(problem.to_string().contains("+ ## Break it"), "{problem}");
        assert!(headings("p.md", &facts("# Title\n")).is_some());
    }

    #[test]
    fn printed_commands_are_run_excused_or_reported() {
        let tests = vec![("test".to_owned(), "stream".to_owned())];
        let package = Package { targets: tests, ..Package::default() };
        let packages = BTreeMap::from([("chapter-03".to_owned(), package)]);
        let workspace = Workspace { root: "/".into(), target: "/".into(), packages };
        let text = "\
<!-- session chapter-03 --mode a -->
```console
$ printf 'x' | cargo run -q -p chapter-03 --example before
```
<!-- /session -->
<!-- gain 03 -->
<!-- /gain -->
```console
cargo run --release -p benches --bin gains -- 03
cargo run --release -p benches --bin gains -- 04
cargo run -p chapter-03 --example before   # naive
cargo run -p chapter-03 -- --mode a
cargo run -p chapter-03
cargo test -p chapter-03
cargo test -p chapter-03 --test stream
cargo test -p chapter-03 --test dream
cargo test -p chapter-33
redis-cli ping
```
<!-- not run: it never ends -->
```sh
yes
```
";
        let blocks = blocks("p.md", text).unwrap();
        let found = commands(&workspace, "p.md", text, &facts(text), &blocks);
        let lines: Vec<_> = found.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [10, 13, 16, 17, 18], "{found:#?}");
    }

    #[test]
    fn a_chapter_has_its_parts() {
        let text =
            "<!-- listing a -->\n<!-- /listing -->\n<!-- exercises 04 -->\n<!-- /exercises -->\n";
        let found = parts("p.md", text, 3, &blocks("p.md", text).unwrap());
        let messages: Vec<_> = found.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "no block `<!-- session … -->` anywhere",
                "no block `<!-- measure chapter-03 -->` anywhere",
                "no block `<!-- exercises 03 -->` anywhere",
                "no block `<!-- gain 03 -->` anywhere"
            ]
        );
        // Those that use the finished crate have nothing to gain from it.
        assert_eq!(parts("p.md", text, 13, &blocks("p.md", text).unwrap()).len(), 3);
    }
}
