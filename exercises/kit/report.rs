//! The texts of the three outcomes. It knows how a terminal is filled, and nothing of how an outcome came about.

use crate::catalog::{Catalog, Exercise};
use crate::check::Progress;
use crate::compare::Difference;
use crate::judge::{Outcome, Todo};
use crate::style::Style;

/// Where running text wraps.
const WIDTH: usize = 88;

/// What is wrong, ready to be written.
#[derive(Clone, Debug)]
pub struct Report {
    /// The steps that passed before.
    pub passed: Vec<String>,
    /// The step that did not.
    pub step: Option<String>,
    /// What was done in it: label and text.
    pub done: Vec<(String, String)>,
    /// What was expected, what came, and where they part.
    pub difference: Difference,
    /// What happened beside it: a panic in another thread.
    pub beside: Option<String>,
    /// What it means.
    pub means: Option<String>,
}

impl Report {
    pub(crate) fn new(progress: Progress, difference: Difference) -> Report {
        Report {
            passed: progress.passed,
            step: progress.step,
            done: progress.done,
            difference,
            beside: None,
            means: progress.means,
        }
    }

    /// Two descriptions part nowhere in particular.
    pub(crate) fn no_caret() -> Difference {
        Difference { expected: String::new(), got: String::new(), column: 0, place: String::new() }
    }
}

/// An outcome as its learner reads it.
pub fn render(catalog: &Catalog, exercise: &Exercise, outcome: &Outcome, style: Style) -> String {
    let Exercise { id, title, level, minutes, section, task, .. } = exercise;
    let title = format!("{}  {}", style.title(&id.to_string()), style.title(title));
    let mut page = Page { text: String::new(), style };
    match outcome {
        Outcome::Passed { steps } => {
            let steps = if *steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") };
            page.line(&format!("{}      {title}  ({steps})", style.good("ok")));
        }
        Outcome::Todo(Todo { passed, line, says }) => {
            let effort = style.faint(&format!("({level}, about {minutes} minutes)"));
            page.line(&format!("{}    {title}  {effort}", style.open("TODO")));
            if !passed.is_empty() {
                page.labelled("so far", &format!("{} right: {}", passed.len(), passed.join("; ")));
            }
            page.labelled("task", task);
            let says = says.as_ref().map_or(String::new(), |says| format!(": {says}"));
            page.labelled("open", &format!("{}, line {line}{says}", exercise.file()));
            let document = catalog.document(*id).unwrap_or("docs");
            page.labelled("read", &format!("{document}, section \"{section}\""));
            page.labelled("check", &exercise.command());
        }
        Outcome::Failed(report) => {
            page.line(&format!("{}  {title}", style.bad("FAILED")));
            page.line("");
            for step in &report.passed {
                page.line(&style.faint(&format!("  passed    {step}")));
            }
            if let Some(step) = &report.step {
                page.line(&format!("  {}{}", style.bad("fails on  "), style.title(step)));
            }
            page.line("");
            for (label, text) in &report.done {
                page.labelled(label, text);
            }
            page.difference(&report.difference);
            if let Some(beside) = &report.beside {
                page.labelled("also", beside);
            }
            if let Some(means) = &report.means {
                page.line("");
                page.labelled("means", means);
            }
            page.line("");
            page.labelled("mend", &exercise.file());
            page.labelled("hint", &format!("cargo ex hint {id}"));
            page.labelled("again", &exercise.command());
        }
    }
    page.text
}

struct Page {
    text: String,
    style: Style,
}

impl Page {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn labelled(&mut self, label: &str, text: &str) {
        self.text.push_str(&labelled(label, text, self.style));
    }

    fn difference(&mut self, difference: &Difference) {
        self.text.push_str(&beside(["expected", "got"], difference, self.style));
    }
}

/// Two values, one below the other, and a caret where they part.
pub(crate) fn beside(labels: [&str; 2], difference: &Difference, style: Style) -> String {
    let Difference { expected, got, column, place } = difference;
    let mut lines = String::new();
    for (label, text) in labels.into_iter().zip([expected, got]) {
        if place.is_empty() {
            lines.push_str(&labelled(label, text, style));
        } else {
            // Not wrapped: the caret stands below a column.
            let label = style.faint(&format!("{label:<10}"));
            lines.push_str(format!("  {label}{text}").trim_end());
            lines.push('\n');
        }
    }
    if !place.is_empty() {
        let caret = style.bad(&format!("^ {place}"));
        lines.push_str(&format!("  {}{caret}\n", " ".repeat(10 + column)));
    }
    lines
}

/// Lines of a label and its text, which is wrapped beside it.
pub fn labelled(label: &str, text: &str, style: Style) -> String {
    let mut label = style.faint(&format!("{label:<10}"));
    let mut lines = String::new();
    for line in wrap(text, WIDTH - 12) {
        lines.push_str(format!("  {label}{line}").trim_end());
        lines.push('\n');
        label = " ".repeat(10);
    }
    lines
}

/// Running text, wrapped and moved in a little.
pub fn indented(text: &str) -> String {
    let lines = wrap(text, WIDTH - 2).into_iter().map(|line| format!("  {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Lines of at most `width` characters, broken between words.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        // Runs of spaces are kept: what was sent is shown as it was.
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}
