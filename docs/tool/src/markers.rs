//! Finds the markers of a page: `<!-- kind arguments -->` … `<!-- /kind -->`, each alone on its line.
//!
//! Knows where a block is and what it was asked to hold; not how to make it. What stands inside a fenced code block is
//! text, so that a page can show a marker.

use std::ops::Range;

use regex::Regex;

use crate::mask::Masks;
use crate::problem::Problem;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A region of a source file.
    Listing,
    /// Commands and what they print.
    Session,
    /// What the server of the session above it printed.
    Output,
    /// A chapter's number.
    Measure,
    /// What the finished crate gains over a chapter.
    Gain,
    /// What `--help` says.
    Help,
    /// The list of exercises.
    Exercises,
    /// Another file.
    Include,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Listing,
        Self::Session,
        Self::Output,
        Self::Measure,
        Self::Gain,
        Self::Help,
        Self::Exercises,
        Self::Include,
    ];

    /// The word that opens a marker of this kind.
    pub fn word(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Session => "session",
            Self::Output => "output",
            Self::Measure => "measure",
            Self::Gain => "gain",
            Self::Help => "help",
            Self::Exercises => "exercises",
            Self::Include => "include",
        }
    }

    /// Whether it holds figures, which differ in every run and are made anew only when asked for.
    pub fn is_measured(self) -> bool {
        matches!(self, Self::Measure | Self::Gain)
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A block between two markers.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it holds.
    pub kind: Kind,
    /// Its plain words, such as the path of a listing.
    pub arguments: Vec<String>,
    /// What may differ.
    pub masks: Masks,
    /// Programs that run beside the session's own server, each with its arguments.
    pub with: Vec<Vec<String>>,
    /// Seconds that each command of a session may take, where the usual limit is too short.
    pub limit: Option<u64>,
    /// The line of the opening marker, from 1.
    pub line: usize,
    /// The line of the closing marker.
    pub last_line: usize,
    /// Where the text between the two markers' lines stands in the page.
    pub body: Range<usize>,
}

/// The blocks of `text`, in order.
///
/// # Errors
///
/// The first marker that is malformed, unknown, or without its counterpart.
pub fn blocks(file: &str, text: &str) -> Result<Vec<Block>, Problem> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut fence: Option<String> = None;
    let mut end = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let (line_number, start) = (index + 1, end);
        end += line.len();
        let problem = |message: String| Problem::new(file, line_number, message);

        let trimmed = line.trim_end();
        if let Some(delimiter) = &fence {
            if trimmed.trim_start().starts_with(delimiter.as_str())
                && trimmed.trim().chars().all(|c| delimiter.starts_with(c))
            {
                fence = None;
            }
            continue;
        }
        if let Some(delimiter) = fence_of(trimmed) {
            fence = Some(delimiter);
            continue;
        }
        let Some((word, rest)) = comment(trimmed) else { continue };
        if let Some(closed) = word.strip_prefix('/') {
            let Some(kind) = Kind::from_word(closed) else {
                return Err(problem(format!(
                    "`/{closed}` closes nothing: there is no such marker"
                )));
            };
            match open.take() {
                Some(mut block) if block.kind == kind => {
                    block.body.end = start;
                    block.last_line = line_number;
                    blocks.push(block);
                }
                _ => {
                    return Err(problem(format!(
                        "`/{closed}` without an opening `{closed}` above it"
                    )));
                }
            }
            continue;
        }
        let Some(kind) = Kind::from_word(word) else { continue };
        if let Some(block) = &open {
            let opened = block.kind.word();
            return Err(Problem::new(
                file,
                block.line,
                format!("`{opened}` is not closed before the next marker in line {line_number}"),
            )
            .mend(format!("put `<!-- /{opened} -->` below it")));
        }
        open = Some(block(kind, rest, line_number, end).map_err(problem)?);
    }
    match open {
        Some(block) => {
            let word = block.kind.word();
            Err(Problem::new(file, block.line, format!("`{word}` is not closed"))
                .mend(format!("put `<!-- /{word} -->` below it")))
        }
        None => Ok(blocks),
    }
}

/// The word and the rest of a comment that is alone on its line.
pub fn comment(line: &str) -> Option<(&str, &str)> {
    let inside = line.strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    Some(inside.split_once(char::is_whitespace).unwrap_or((inside, "")))
}

/// The backticks or tildes that open a fenced code block.
pub fn fence_of(line: &str) -> Option<String> {
    let line = line.trim_start();
    let delimiter = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|&c| c == delimiter).count();
    let info = line.trim_start_matches(delimiter);
    (length >= 3 && !info.contains('`')).then(|| delimiter.to_string().repeat(length))
}

fn block(kind: Kind, rest: &str, line: usize, start: usize) -> Result<Block, String> {
    let mut arguments = Vec::new();
    let mut patterns = Vec::new();
    let mut limit = None;
    let mut with = Vec::new();
    for word in words(rest)? {
        match word {
            Word::Plain(word) => arguments.push(word),
            Word::Option { name, value } if name == "mask" => {
                patterns.push(Regex::new(&value).map_err(|error| format!("mask: {error}"))?);
            }
            Word::Option { name, value } if name == "with" => {
                with.push(value.split_whitespace().map(str::to_owned).collect());
            }
            Word::Option { name, value } if name == "limit" => {
                limit = Some(
                    value
                        .parse()
                        .map_err(|_| format!("limit: {value} is not a number of seconds"))?,
                );
            }
            Word::Option { name, .. } => {
                return Err(format!(
                    "`{name}=`: there is no such option; there are mask, with and limit"
                ));
            }
        }
    }
    let needed = match kind {
        Kind::Output => 0..=0,
        Kind::Session | Kind::Measure => 1..=usize::MAX,
        Kind::Listing | Kind::Gain | Kind::Help | Kind::Exercises | Kind::Include => 1..=1,
    };
    if !needed.contains(&arguments.len()) {
        let word = kind.word();
        return Err(format!(
            "`{word}` with {} arguments: see the list of markers",
            arguments.len()
        ));
    }
    Ok(Block {
        kind,
        with,
        arguments,
        masks: Masks::new(patterns),
        limit,
        line,
        last_line: line,
        body: start..start,
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Plain(String),
    Option { name: String, value: String },
}

/// Words parted by blanks; in `name="value"` the value ends at the next quote without a backslash before it.
fn words(mut rest: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(words);
        }
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        match word.split_once("=\"") {
            Some((name, _)) if name.chars().all(|c| c.is_ascii_lowercase()) => {
                let quoted = rest.get(name.len() + 2..).unwrap_or_default();
                let closing =
                    closing_quote(quoted).ok_or(format!("{name}=\" has no closing quote"))?;
                let (value, after) = quoted.split_at(closing);
                words.push(Word::Option { name: name.into(), value: value.replace("\\\"", "\"") });
                rest = after.strip_prefix('"').unwrap_or(after);
            }
            _ => {
                words.push(Word::Plain(word.into()));
                rest = after;
            }
        }
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (index, char) in text.char_indices() {
        match char {
            '"' if !escaped => return Some(index),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<Block> {
        blocks("page.md", text).unwrap()
    }

    fn refused(text: &str) -> String {
        blocks("page.md", text).unwrap_err().to_string()
    }

    #[test]
    fn a_block_is_what_stands_between_its_markers() {
        let text = "before\n<!-- listing src/a.rs#b -->\n```rust\nlet a = 1;\n```\n<!-- /listing -->\nafter\n";
        let blocks = parsed(text);
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].kind, Kind::Listing);
        assert_eq!(blocks[0].arguments, ["src/a.rs#b"]);
        assert_eq!((blocks[0].line, blocks[0].last_line), (2, 6));
        assert_eq!(&text[blocks[0].body.clone()], "```rust\nlet a = 1;\n```\n");
    }

    #[test]
    fn an_empty_block_is_one_too() {
        let blocks = parsed("<!-- exercises 03 -->\n<!-- /exercises -->\n");
        assert!(blocks[0].body.is_empty());
    }

    #[test]
    fn options_may_hold_blanks_and_quotes() {
        let blocks = parsed(
            "<!-- session chapter-07 --store mutex mask=\"\\d+ ms\" mask=\"a \\\"b\\\"\" limit=\"60\" with=\"flashkv --port 1\" -->\n<!-- /session -->\n",
        );
        assert_eq!(blocks[0].arguments, ["chapter-07", "--store", "mutex"]);
        assert_eq!(blocks[0].masks.apply("took 12 ms for a \"b\""), "took ‹masked› for ‹masked›");
        assert_eq!(blocks[0].limit, Some(60));
        assert_eq!(blocks[0].with, [["flashkv", "--port", "1"]]);
    }

    #[test]
    fn other_comments_and_fenced_markers_are_text() {
        let text = "<!-- commands:begin -->\n````markdown\n<!-- listing x -->\n```rust\n```\n````\n~~~\n<!-- /x -->\n~~~\n";
        assert!(parsed(text).is_empty());
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_line() {
        for (text, expected) in [
            ("\n<!-- help chapter-01 -->\n", "page.md:2: `help` is not closed"),
            ("<!-- /help -->\n", "page.md:1: `/help` without an opening"),
            ("<!-- /helpp -->\n", "page.md:1: `/helpp` closes nothing"),
            (
                "<!-- help a -->\n<!-- help b -->\n<!-- /help -->\n",
                "page.md:1: `help` is not closed before",
            ),
            ("<!-- listing -->\n<!-- /listing -->\n", "page.md:1: `listing` with 0 arguments"),
            ("<!-- gain -->\n<!-- /gain -->\n", "page.md:1: `gain` with 0 arguments"),
            ("<!-- gain 05 06 -->\n<!-- /gain -->\n", "page.md:1: `gain` with 2 arguments"),
            ("<!-- session none mask=\"(\" -->\n<!-- /session -->\n", "page.md:1: mask: "),
            (
                "<!-- session none mask=\"a -->\n<!-- /session -->\n",
                "page.md:1: mask=\" has no closing",
            ),
            (
                "<!-- session none when=\"a\" -->\n<!-- /session -->\n",
                "page.md:1: `when=`: there is no",
            ),
        ] {
            assert!(refused(text).starts_with(expected), "{text:?}: {}", refused(text));
        }
    }
}
