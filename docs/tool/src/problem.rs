//! What is wrong with a page: where, what differs, and what mends it.

use std::fmt;

use similar::{ChangeTag, TextDiff};

/// Lines of a difference that are shown; nobody reads more of one.
const SHOWN: usize = 24;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The page, relative to the repository's root.
    pub file: String,
    /// The line the reader has to look at, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What the page says (`-`) and what the source says (`+`).
    pub difference: Option<String>,
    /// The command or the change that mends it.
    pub mend: Option<String>,
}

impl Problem {
    /// A finding without a difference or a remedy.
    pub fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.into(), line, message: message.into(), difference: None, mend: None }
    }

    /// Says what mends it.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    /// Shows how the page's text differs from what it should be.
    #[must_use]
    pub fn differing(mut self, page: &str, source: &str) -> Self {
        self.difference = Some(difference(page, source));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)?;
        if let Some(difference) = &self.difference {
            for line in difference.lines() {
                write!(f, "\n    {line}")?;
            }
        }
        if let Some(mend) = &self.mend {
            write!(f, "\n    to mend it: {mend}")?;
        }
        Ok(())
    }
}

/// The changed lines with one line around them.
fn difference(page: &str, source: &str) -> String {
    let diff = TextDiff::from_lines(page, source);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(1) {
        if !lines.is_empty() {
            lines.push("  …".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches('\n')));
        }
    }
    let hidden = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if hidden > 0 {
        lines.push(format!("  … and {hidden} more lines"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_where_what_and_how_to_mend_it() {
        let problem = Problem::new("docs/03.md", 7, "the listing has changed")
            .differing("let a = 1;\nsame\n", "let a = 2;\nsame\n")
            .mend("cargo course fill docs/03.md");
        assert_eq!(
            problem.to_string(),
            "docs/03.md:7: the listing has changed\n    - let a = 1;\n    + let a = 2;\n      same\n    \
             to mend it: cargo course fill docs/03.md"
        );
    }

    #[test]
    fn a_long_difference_is_cut() {
        let shown = difference("", &"line\n".repeat(40));
        assert_eq!(shown.lines().count(), SHOWN + 1);
        assert!(shown.ends_with("… and 16 more lines"), "{shown}");
    }
}
