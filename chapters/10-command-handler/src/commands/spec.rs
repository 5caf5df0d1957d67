//! What a row of the table says of a command. Holds no row, and no idea of how one is run.

use std::borrow::Cow;

use chapter_05::protocol::ErrorReply;
use chapter_06::protocol::Request;

use super::call::{ReadHandler, ServerHandler, WriteHandler};

// ANCHOR: command
/// A command, or a subcommand such as `config|get`: everything that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Lower case, `config|get` for a subcommand.
    pub name: &'static str,
    /// How many words a request has, the name included; negative: at least so many.
    pub arity: i16,
    /// What tools may want to know, beside what [`Run`] says.
    pub flags: &'static str,
    /// Which of the words are keys.
    pub keys: KeyRange,
    /// What runs it, and so what is locked meanwhile.
    pub run: Run,
    /// What the word after the name may be; empty if it may be anything.
    pub subcommands: &'static [Command],
}

/// What runs a command.
#[derive(Debug, Clone, Copy)]
pub enum Run {
    /// Reads its keys, whose shards are locked shared.
    Read(ReadHandler),
    /// May change its keys, whose shards are locked exclusively.
    Write(WriteHandler),
    /// Has no keys: works on the whole engine, or on nothing at all.
    Server(ServerHandler),
}

/// The keys among the words of a request: from the first to the last, every so many.
#[derive(Debug, Clone, Copy)]
pub struct KeyRange {
    /// Index of the first; 0 if there are none.
    pub first: usize,
    /// Index of the last; negative: from the end.
    pub last: i64,
    /// Distance from one to the next.
    pub step: usize,
}
// ANCHOR_END: command

impl KeyRange {
    /// No word is a key.
    pub const NONE: KeyRange = KeyRange { first: 0, last: 0, step: 0 };
    /// The word after the name.
    pub const ONE: KeyRange = KeyRange { first: 1, last: 1, step: 1 };
    /// The two words after the name.
    pub const TWO: KeyRange = KeyRange { first: 1, last: 2, step: 1 };
    /// All words after the name.
    pub const ALL: KeyRange = KeyRange { first: 1, last: -1, step: 1 };
    /// Every other word: keys and values in turn.
    pub const PAIRS: KeyRange = KeyRange { first: 1, last: -1, step: 2 };

    // ANCHOR: keys
    /// The keys of a request.
    pub fn of(self, words: &Request) -> Vec<&[u8]> {
        let from_end = if self.last < 0 { words.len() as i64 } else { 0 };
        let end = usize::try_from(from_end + self.last + 1).unwrap_or(0);
        let keys = (self.first..end).step_by(self.step.max(1));
        keys.filter(|index| *index > 0).filter_map(|index| words.get(index)).collect()
    }
    // ANCHOR_END: keys
}

impl Command {
    /// A row.
    pub(super) const fn new(
        name: &'static str,
        arity: i16,
        flags: &'static str,
        keys: KeyRange,
        run: Run,
    ) -> Command {
        Command { name, arity, flags, keys, run, subcommands: &[] }
    }

    // ANCHOR: arity
    /// Whether a request of so many words is one of this command.
    ///
    /// # Errors
    /// [`ErrorReply::Arity`], with the command's name.
    pub fn check_arity(&self, words: usize) -> Result<(), ErrorReply> {
        let demanded = usize::from(self.arity.unsigned_abs());
        let is_right = if self.arity < 0 { words >= demanded } else { words == demanded };
        if is_right { Ok(()) } else { Err(self.arity_error()) }
    }

    /// For a handler that knows more of its arity than one number can say.
    pub(super) fn arity_error(&self) -> ErrorReply {
        ErrorReply::Arity(Cow::Borrowed(self.name))
    }
    // ANCHOR_END: arity

    /// All flags, in the words of COMMAND.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        let first = match self.run {
            Run::Read(_) => Some("readonly"),
            Run::Write(_) => Some("write"),
            Run::Server(_) => None,
        };
        first.into_iter().chain(self.flags.split_ascii_whitespace())
    }
}
