//! Commands: from a line of text to a value of a type that can only be right.
//!
//! Knows nothing of where a line came from, nor of how a reply is shown.

use std::str::Utf8Error;

use thiserror::Error;

use crate::reply::Reply;
use crate::store::Store;

// ANCHOR: command
/// A command with all it needs. Its texts are borrowed from the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'line> {
    /// Makes a value the value of a key.
    Set {
        /// The key.
        key: &'line str,
        /// Its value from now on.
        value: &'line str,
    },
    /// Asks for the value of a key.
    Get {
        /// The key.
        key: &'line str,
    },
    /// Removes a key.
    Del {
        /// The key.
        key: &'line str,
    },
}
// ANCHOR_END: command

// ANCHOR: error
/// Why a line is no command.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommandError {
    /// There is no command of that name.
    #[error("ERR unknown command '{name}', try SET, GET or DEL")]
    Unknown {
        /// The first word of the line.
        name: String,
    },
    /// The command takes fewer arguments, or more.
    #[error("ERR wrong number of arguments for '{name}' command")]
    WrongArity {
        /// The command's name in lower case.
        name: String,
    },
    /// The line is not text.
    #[error("ERR {0}")]
    NotText(#[from] Utf8Error),
}
// ANCHOR_END: error

impl<'line> Command<'line> {
    // ANCHOR: parse
    /// Reads the command that `line` says; `None` if it is blank.
    ///
    /// # Errors
    /// [`CommandError`] if there is no such command, or if it takes other arguments.
    pub fn parse(line: &'line str) -> Result<Option<Command<'line>>, CommandError> {
        let mut words = line.split_whitespace();
        let Some(name) = words.next() else { return Ok(None) };
        let name = name.to_ascii_lowercase();
        // One word more than any command takes, so that one too many is noticed.
        match (name.as_str(), words.next(), words.next(), words.next()) {
            ("set", Some(key), Some(value), None) => Ok(Some(Command::Set { key, value })),
            ("get", Some(key), None, None) => Ok(Some(Command::Get { key })),
            ("del", Some(key), None, None) => Ok(Some(Command::Del { key })),
            ("set" | "get" | "del", ..) => Err(CommandError::WrongArity { name }),
            _ => Err(CommandError::Unknown { name }),
        }
    }
    // ANCHOR_END: parse

    // ANCHOR: run
    /// Does what the command says.
    pub fn run(self, store: &mut Store) -> Reply<'_> {
        match self {
            Command::Set { key, value } => {
                store.set(key, value);
                Reply::Done
            }
            Command::Get { key } => store.get(key).map_or(Reply::Missing, Reply::Value),
            Command::Del { key } => Reply::Removed(usize::from(store.remove(key))),
        }
    }
    // ANCHOR_END: run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_blanks_do_not_count() {
        let set = Command::Set { key: "a", value: "1" };
        assert_eq!(Command::parse("SET a 1"), Ok(Some(set)));
        assert_eq!(Command::parse("  sEt   a\t1 \r\n"), Ok(Some(set)));
        assert_eq!(Command::parse("GET A"), Ok(Some(Command::Get { key: "A" })));
        assert_eq!(Command::parse("del a"), Ok(Some(Command::Del { key: "a" })));
        assert_eq!(Command::parse(" \t\n"), Ok(None));
    }

    #[test]
    fn too_few_and_too_many_arguments_are_errors() {
        for line in ["SET", "SET a", "SET a 1 2"] {
            let error = Command::parse(line).unwrap_err();
            assert_eq!(error.to_string(), "ERR wrong number of arguments for 'set' command");
        }
        for line in ["GET", "GET a b", "DEL", "DEL a b"] {
            assert!(matches!(Command::parse(line), Err(CommandError::WrongArity { .. })), "{line}");
        }
    }

    #[test]
    fn an_unknown_name_is_an_error_that_says_it() {
        let error = Command::parse("FLY me").unwrap_err();
        assert_eq!(error.to_string(), "ERR unknown command 'fly', try SET, GET or DEL");
    }

    #[test]
    fn commands_do_what_they_say() {
        let mut store = Store::default();
        let mut run = |line| Command::parse(line).unwrap().unwrap().run(&mut store).to_string();
        assert_eq!(run("GET a"), "(nil)");
        assert_eq!(run("SET a 1"), "OK");
        assert_eq!(run("GET a"), "\"1\"");
        assert_eq!(run("DEL a"), "(integer) 1");
        assert_eq!(run("DEL a"), "(integer) 0");
    }
}
