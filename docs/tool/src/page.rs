//! Facts about a page as Markdown: headings and their anchors, links, words, pictures, commands.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use crate::markers::{Block, comment};

static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->|<[^>]*>").expect("a literal"));
static TARGET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<(a|img)\s[^>]*?(?:href|src)="([^"]*)"[^>]*>"#).expect("a literal")
});
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\s(?:id|name)="([^"]*)""#).expect("a literal"));
/// What a command line says to people only.
static REMARK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s+#\s.*$").expect("a literal"));
static ALT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"\salt="[^"]"#).expect("a literal"));

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 for the title.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// What a link to it says after `#`.
    pub anchor: String,
    /// Its line, from 1.
    pub line: usize,
}

/// A link or a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as it is written.
    pub target: String,
    /// Whether it is a picture, and then whether that has words for those who do not see it.
    pub picture: Option<bool>,
    /// Its line, from 1.
    pub line: usize,
}

/// A command that a page prints outside any block that is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The command line.
    pub command: String,
    /// Its line, from 1.
    pub line: usize,
    /// Whether `<!-- not run: reason -->` stands above its block.
    pub excused: bool,
}

/// What is known of a page.
#[derive(Debug, Default)]
pub struct Page {
    /// Its headings, in order.
    pub headings: Vec<Heading>,
    /// All that a link to it may say after `#`.
    pub anchors: HashSet<String>,
    /// Its links and pictures.
    pub links: Vec<Link>,
    /// Words of prose: without code blocks and without what is filled in.
    pub words: usize,
    /// Folded answers by the level-2 heading they stand below.
    pub details: HashMap<String, usize>,
    /// Lines of Mermaid diagrams.
    pub mermaid: Vec<usize>,
    /// Commands that nothing runs.
    pub printed: Vec<Printed>,
    /// `<!-- budget words: reason -->` and the like: the word and the reason.
    pub budgets: HashMap<String, String>,
}

impl Page {
    /// Reads a page whose markers are `blocks`.
    pub fn read(text: &str, blocks: &[Block]) -> Self {
        Reader {
            text,
            blocks,
            line_starts: line_starts(text),
            page: Self::default(),
            section: String::new(),
        }
        .read()
    }
}

struct Reader<'a> {
    text: &'a str,
    blocks: &'a [Block],
    line_starts: Vec<usize>,
    page: Page,
    section: String,
}

impl Reader<'_> {
    fn read(mut self) -> Page {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS;
        let mut heading: Option<(u8, String)> = None;
        let mut picture: Option<(String, usize, String)> = None;
        let mut code = false;
        let mut seen = HashMap::new();
        for (event, range) in Parser::new_ext(self.text, options).into_offset_iter() {
            let line = self.line(range.start);
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    heading = Some((level as u8, String::new()))
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((level, text)) = heading.take() {
                        self.heading(level, text, line, &mut seen);
                    }
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    code = true;
                    self.code_block(&kind, &range, line);
                }
                Event::End(TagEnd::CodeBlock) => code = false,
                Event::Start(Tag::Link { dest_url, .. }) => {
                    self.page.links.push(Link {
                        target: dest_url.into_string(),
                        picture: None,
                        line,
                    });
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    picture = Some((dest_url.into_string(), line, String::new()));
                }
                Event::End(TagEnd::Image) => {
                    if let Some((target, line, words)) = picture.take() {
                        let picture = Some(!words.trim().is_empty());
                        self.page.links.push(Link { target, picture, line });
                    }
                }
                Event::Text(_) if code => {}
                Event::Text(text) | Event::Code(text) => {
                    if let Some((_, words)) = &mut heading {
                        words.push_str(&text);
                    }
                    if let Some((_, _, words)) = &mut picture {
                        words.push_str(&text);
                    } else {
                        self.words(&text, &range);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => self.html(&html, &range, line),
                _ => {}
            }
        }
        self.page
    }

    fn heading(&mut self, level: u8, text: String, line: usize, seen: &mut HashMap<String, usize>) {
        let anchor = anchor(&text, seen);
        if level == 2 {
            self.section.clone_from(&text);
        }
        self.page.anchors.insert(anchor.clone());
        self.page.headings.push(Heading { level, text, anchor, line });
    }

    fn words(&mut self, text: &str, range: &Range<usize>) {
        if !self.filled(range.start) {
            self.page.words +=
                text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        }
    }

    fn html(&mut self, html: &str, range: &Range<usize>, line: usize) {
        if let Some((word, rest)) = comment(html.trim()) {
            if word == "budget"
                && let Some((what, reason)) = rest.split_once(':')
                && !reason.trim().is_empty()
            {
                self.page.budgets.insert(what.trim().into(), reason.trim().into());
            }
            return;
        }
        for found in NAMED.captures_iter(html) {
            self.page.anchors.extend(found.get(1).map(|name| name.as_str().to_owned()));
        }
        for found in TARGET.captures_iter(html) {
            let (Some(tag), Some(target)) = (found.get(1), found.get(2)) else { continue };
            let picture = (tag.as_str() == "img")
                .then(|| found.get(0).is_some_and(|tag| ALT.is_match(tag.as_str())));
            self.page.links.push(Link { target: target.as_str().into(), picture, line });
        }
        *self.page.details.entry(self.section.clone()).or_default() +=
            html.matches("<details").count();
        self.words(&TAG.replace_all(html, " "), range);
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>, range: &Range<usize>, line: usize) {
        let CodeBlockKind::Fenced(info) = kind else { return };
        let language = info.split([' ', ',']).next().unwrap_or_default();
        if language == "mermaid" {
            self.page.mermaid.push(line);
        }
        if !matches!(language, "console" | "sh") || self.filled(range.start) {
            return;
        }
        let excused = self.excused(line);
        let block = self.text.get(range.clone()).unwrap_or_default();
        let prompts = block.lines().any(|line| line.starts_with("$ "));
        let mut goes_on = false;
        for (index, text) in block.lines().enumerate().skip(1) {
            let text = text.trim();
            let command = if prompts {
                text.strip_prefix("$ ")
            } else {
                Some(text).filter(|text| {
                    !goes_on && !text.is_empty() && !text.starts_with(['#', '`', '~'])
                })
            };
            if let Some(command) = command {
                let command = REMARK.replace(command, "").into_owned();
                self.page.printed.push(Printed { command, line: line + index, excused });
            }
            goes_on = text.ends_with('\\');
        }
    }

    /// Whether the last line above that is not blank says why the block is not run.
    fn excused(&self, line: usize) -> bool {
        let above = self.text.lines().take(line.saturating_sub(1)).collect::<Vec<_>>();
        let above = above.iter().rev().find(|line| !line.trim().is_empty());
        above.and_then(|line| comment(line.trim())).is_some_and(|(word, rest)| {
            let reason = rest.strip_prefix("run:");
            word == "not" && reason.is_some_and(|reason| !reason.trim().is_empty())
        })
    }

    /// Whether a place is inside a block that is filled in.
    fn filled(&self, offset: usize) -> bool {
        self.blocks.iter().any(|block| block.body.contains(&offset))
    }

    fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset)
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect()
}

/// The anchor that GitHub gives a heading; `seen` counts the equal ones before it.
pub fn anchor(heading: &str, seen: &mut HashMap<String, usize>) -> String {
    let anchor: String = heading
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|char| match char {
            ' ' => Some('-'),
            '-' | '_' => Some(char),
            _ => char.is_alphanumeric().then_some(char),
        })
        .collect();
    let before = seen.entry(anchor.clone()).or_insert(0);
    let number = *before;
    *before += 1;
    if number == 0 { anchor } else { format!("{anchor}-{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markers::blocks;

    fn page(text: &str) -> Page {
        Page::read(text, &blocks("page.md", text).unwrap())
    }

    #[test]
    fn anchors_are_those_of_github() {
        let mut seen = HashMap::new();
        for (heading, expected) in [
            ("What you will have", "what-you-will-have"),
            ("03 · Networking basics", "03--networking-basics"),
            ("`SET` & GET: two_words!", "set--get-two_words"),
            ("Größe, 100 %", "größe-100-"),
            ("The idea", "the-idea"),
            ("The idea", "the-idea-1"),
            ("The Idea", "the-idea-2"),
        ] {
            let text = heading.replace('`', "");
            assert_eq!(anchor(&text, &mut seen), expected);
        }
    }

    #[test]
    fn headings_have_lines_and_no_markup() {
        let page = page("# Title\n\ntext\n\n## With `code` and *stress*\n");
        assert_eq!(page.headings[1].text, "With code and stress");
        assert_eq!(page.headings[1].line, 5);
        assert!(page.anchors.contains("with-code-and-stress"));
    }

    #[test]
    fn only_prose_is_counted() {
        let text = "# Two words\n\nthree `more` words — here.\n\n```rust\nlet not = \"counted\";\n```\n\n\
                    <details><summary>Four</summary>\n\nfive\n\n</details>\n\n<!-- not this -->\n\n\
                    <!-- exercises 03 -->\nnor this\n<!-- /exercises -->\n";
        assert_eq!(page(text).words, 8);
    }

    #[test]
    fn links_and_pictures_are_found_in_markdown_and_html() {
        let page = page(
            "[a](b.md#c)\n\n![](d.svg) ![words](e.svg)\n\n<img src=\"f.svg\" alt=\"w\"> <a id=\"g\" href=\"h\">x</a>\n",
        );
        let links: Vec<_> =
            page.links.iter().map(|link| (link.target.as_str(), link.picture, link.line)).collect();
        assert_eq!(
            links,
            [
                ("b.md#c", None, 1),
                ("d.svg", Some(false), 3),
                ("e.svg", Some(true), 3),
                ("f.svg", Some(true), 5),
                ("h", None, 5)
            ]
        );
        assert!(page.anchors.contains("g"));
    }

    #[test]
    fn answers_are_counted_by_section() {
        let page = page(
            "## A\n\n<details><summary>1</summary>\n\nx\n\n</details>\n\n## B\n\n<details>\n</details>\n<details>\n</details>\n",
        );
        assert_eq!((page.details["A"], page.details["B"]), (1, 2));
    }

    #[test]
    fn commands_outside_filled_blocks_are_printed_ones() {
        let page = page(
            "```console\n$ one  # remark\noutput\n```\n\n<!-- not run: it takes an hour -->\n```sh\n# why\ntwo \\\n  --more\nthree\n```\n\n\
             <!-- not run: -->\n```sh\nfour\n```\n\n<!-- session none -->\n```console\n$ five\n```\n<!-- /session -->\n\n```rust\n$ six\n```\n",
        );
        let printed: Vec<_> =
            page.printed.iter().map(|p| (p.command.as_str(), p.line, p.excused)).collect();
        assert_eq!(
            printed,
            [("one", 2, false), ("two \\", 9, true), ("three", 11, true), ("four", 16, false)]
        );
    }

    #[test]
    fn budgets_need_a_reason() {
        let page =
            page("<!-- budget words: two machines are explained -->\n\n<!-- budget lines: -->\n");
        assert_eq!(page.budgets.keys().collect::<Vec<_>>(), ["words"]);
    }
}
