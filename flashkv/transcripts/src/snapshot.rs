//! The finished server's snapshots: a script, each request followed by the bytes of its reply, one line of the wire to
//! a line, escaped. Written by the test that pins them, read by whoever compares another server with them.

use std::iter::Peekable;
use std::path::Path;
use std::str::Lines;

use crate::compare::shown;
use crate::quoting::{escape_lines, unescape};
use crate::reply::Reply;
use crate::transcript::{Check, Script};
use crate::{Error, Version, error, snapshots_dir};

const INDENT: &str = "    ";
const NO_REPLY: &str = "(no reply)";

/// `strings/set` as `strings__set`: a file name.
pub fn name(script: &Script) -> String {
    script.name.replace(['/', '\\'], "__")
}

/// The script, each request followed by its reply.
pub fn render(script: &Script, replies: &[Option<Reply>]) -> String {
    let mut text = String::new();
    for (step, reply) in script.steps.iter().zip(replies) {
        text.push_str(&step.to_text());
        let Some(reply) = reply else { continue };
        let bytes = shown(reply, &step.marks);
        if matches!(step.marks.check, Check::TypeOnly(_)) {
            text.push_str(&format!("{INDENT}{}…\n", escape_lines(&bytes).concat()));
        } else if bytes.is_empty() {
            text.push_str(&format!("{INDENT}{NO_REPLY}\n"));
        } else {
            for line in escape_lines(&bytes) {
                text.push_str(&format!("{INDENT}{line}\n"));
            }
        }
    }
    text
}

/// The replies that the finished server gives to a script, in step with it, as [`shown`] would show them.
pub fn expected(script: &Script, version: Version) -> Result<Vec<Option<Vec<u8>>>, Error> {
    read(script, &snapshots_dir().join(format!("{}@{}.snap", name(script), version.suffix())))
}

/// The replies that are pinned in this file, in step with the script.
pub fn read(script: &Script, path: &Path) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let text = error::read(path)?;
    // Above the replies stands where they are from, between two lines of dashes.
    let body = text.splitn(3, "---\n").nth(2).unwrap_or_default();
    parse(script, body).map_err(|problem| Error::Snapshot { path: path.to_owned(), problem })
}

fn parse(script: &Script, body: &str) -> Result<Vec<Option<Vec<u8>>>, String> {
    let mut lines = body.lines().peekable();
    let mut replies = Vec::with_capacity(script.steps.len());
    for step in &script.steps {
        for wanted in step.to_text().lines() {
            match lines.next() {
                Some(line) if line == wanted => {}
                found => {
                    let found = found.unwrap_or("the end");
                    return Err(format!(
                        "line {} of {} is not here, but {found}",
                        step.line, script.name
                    ));
                }
            }
        }
        let reply = reply_lines(&mut lines);
        replies.push(match reply.as_deref() {
            None => None,
            Some(NO_REPLY) => Some(Vec::new()),
            Some(text) => Some(unescape(text.strip_suffix('…').unwrap_or(text))),
        });
    }
    match lines.next() {
        None => Ok(replies),
        Some(line) => Err(format!("the transcript does not have the line {line}")),
    }
}

/// The lines of a reply in one.
fn reply_lines(lines: &mut Peekable<Lines<'_>>) -> Option<String> {
    let mut text: Option<String> = None;
    while let Some(line) = lines.next_if(|line| line.starts_with(INDENT)) {
        let line = line.strip_prefix(INDENT).unwrap_or_default();
        text.get_or_insert_default().push_str(line);
    }
    text
}
