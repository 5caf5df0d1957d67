//! All rows together, and how a request finds its own. The rows stand beside their handlers.

use std::collections::HashMap;
use std::sync::LazyLock;

use chapter_05::protocol::{ErrorReply, Text};
use chapter_06::protocol::Request;

use super::spec::Command;
use super::{connection, keys, lists, server, strings};

// ANCHOR: table
/// All commands, family by family.
pub fn all() -> impl Iterator<Item = &'static Command> {
    [strings::ROWS, lists::ROWS, keys::ROWS, connection::ROWS, server::ROWS].into_iter().flatten()
}

static BY_NAME: LazyLock<HashMap<&[u8], &Command>> =
    LazyLock::new(|| all().map(|command| (command.name.as_bytes(), command)).collect());

/// The command of that name, in upper or lower case.
pub fn command(name: &[u8]) -> Option<&'static Command> {
    BY_NAME.get(name.to_ascii_lowercase().as_slice()).copied()
}
// ANCHOR_END: table

// ANCHOR: find
/// The row of a request's command or subcommand.
///
/// # Errors
/// [`ErrorReply::UnknownCommand`], [`ErrorReply::Arity`] or [`ErrorReply::UnknownSubcommand`].
pub fn find(words: &Request) -> Result<&'static Command, ErrorReply> {
    let command = command(words.name()).ok_or_else(|| ErrorReply::unknown_command(words.args()))?;
    let found = match (command.subcommands, words.get(1)) {
        (subcommands @ [_, ..], Some(word)) => subcommand(command, subcommands, word)?,
        _ => command,
    };
    found.check_arity(words.len())?;
    Ok(found)
}

fn subcommand(
    command: &Command,
    subcommands: &'static [Command],
    word: &[u8],
) -> Result<&'static Command, ErrorReply> {
    let is_it = |row: &&Command| {
        row.name.split('|').nth(1).is_some_and(|name| word.eq_ignore_ascii_case(name.as_bytes()))
    };
    let unknown = || {
        let name = Text::cut(word, 128);
        ErrorReply::UnknownSubcommand { name, container: command.name }
    };
    subcommands.iter().find(is_it).ok_or_else(unknown)
}
// ANCHOR_END: find

#[cfg(test)]
mod tests;
