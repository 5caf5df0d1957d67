//! A command's syntax as one line, in the style of Redis' documentation, and the table of all commands for the README.
//!
//! Both are read from the command table; nothing here knows a command by its name.

use std::fmt::Write as _;

use super::spec::{Arg, Group, Kind, Run};
use super::table::{Entry, table};

/// The syntax of a command: `SET key value [NX | XX] …`.
///
/// `[…]` may be left out, of `<… | …>` one is to be chosen, `[key ...]` may be repeated. A command whose row demands
/// more arguments than it describes ends in `...`.
pub fn line(entry: &Entry) -> String {
    let mut words = vec![entry.full_name.to_uppercase().replace('|', " ")];
    words.extend(entry.command.args.iter().map(argument));
    let demanded = usize::from(entry.command.arity.unsigned_abs());
    if entry.command.args.is_empty() && demanded > entry.full_name.split('|').count() {
        words.push("...".into());
    }
    words.join(" ")
}

fn argument(arg: &Arg) -> String {
    let optional_alone = arg.optional && arg.token.is_empty() && !arg.multiple;
    let once = match (arg.token, value(arg, optional_alone)) {
        ("", value) => value,
        (token, value) if value.is_empty() => token.into(),
        (token, value) => format!("{token} {value}"),
    };
    let line = match (arg.multiple, arg.multiple_token) {
        (false, _) => once,
        (true, true) => format!("{once} [{once} ...]"),
        (true, false) => format!("{once} [{} ...]", value(arg, false)),
    };
    if arg.optional { format!("[{line}]") } else { line }
}

/// What stands after an argument's own word. The brackets around a choice are left out where others enclose it alone.
fn value(arg: &Arg, enclosed: bool) -> String {
    let parts =
        |separator: &str| arg.parts.iter().map(argument).collect::<Vec<String>>().join(separator);
    match arg.kind {
        Kind::PureToken => String::new(),
        Kind::Block => parts(" "),
        Kind::OneOf if enclosed || arg.parts.len() == 1 => parts(" | "),
        Kind::OneOf => format!("<{}>", parts(" | ")),
        _ => arg.name.into(),
    }
}

/// All commands in Markdown, a table for each group.
pub fn markdown() -> String {
    let groups = [
        (Group::String, "Strings"),
        (Group::List, "Lists"),
        (Group::Generic, "Keys of any type"),
        (Group::Connection, "Connection"),
        (Group::Server, "Server"),
    ];
    let mut text = String::new();
    for (group, title) in groups {
        let mut entries: Vec<&Entry> = table()
            .all()
            .filter(|entry| entry.command.group == group)
            .filter(|entry| !matches!(entry.command.run, Run::Container))
            .collect();
        entries.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "### {title}\n\n| Command | Syntax | Complexity | Since |\n| --- | --- | --- | --- |\n"
        );
        for entry in entries {
            let name = entry.full_name.to_uppercase().replace('|', " ");
            let _ = writeln!(
                text,
                "| {name} | `{}` | {} | {} |",
                cell(&line(entry)),
                cell(entry.command.complexity),
                entry.command.since
            );
        }
        text.push('\n');
    }
    text
}

/// Text that may hold bars, which would otherwise end a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests;
