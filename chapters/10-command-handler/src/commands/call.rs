//! What a handler is given, and what it may return. It gets locked keys and a reply writer, never a socket or a lock.

use std::ops::Deref;

use chapter_05::protocol::{ErrorReply, Reply};
use chapter_06::protocol::{Request, parse_integer};
use chapter_08::storage::StorageError;
use chapter_09::{Engine, ReadView, Shard, View, WriteView};

use super::spec::Command;

// ANCHOR: call
/// One call of a command.
#[derive(Debug)]
pub struct Call<'a, D> {
    /// The row that was found.
    pub command: &'static Command,
    /// The words of the request, as many as the row demands.
    pub words: &'a Request,
    /// The keys that the row declares, locked and settled; or the engine.
    pub db: D,
    /// Where the answer goes. Nothing is written before it is sure that nothing fails any more.
    pub reply: Reply<'a>,
}

/// A call whose keys are locked shared.
pub type ReadCall<'a> = Call<'a, ReadView<'a>>;
/// A call whose keys are locked exclusively.
pub type WriteCall<'a> = Call<'a, WriteView<'a>>;
/// A call without keys.
pub type ServerCall<'a> = Call<'a, &'a Engine>;

/// What a handler returns.
pub type Outcome = Result<(), ErrorReply>;
/// Runs a command that reads its keys.
pub type ReadHandler = fn(&mut ReadCall<'_>) -> Outcome;
/// Runs a command that may change its keys.
pub type WriteHandler = fn(&mut WriteCall<'_>) -> Outcome;
/// Runs a command without keys.
pub type ServerHandler = fn(&mut ServerCall<'_>) -> Outcome;
// ANCHOR_END: call

impl<'a, D> Call<'a, D> {
    /// The first key.
    pub fn key(&self) -> &'a [u8] {
        self.words.at(1)
    }

    /// The word at `index`, which must be a 64-bit integer.
    pub fn integer(&self, index: usize) -> Result<i64, ErrorReply> {
        parse_integer(self.words.at(index)).ok_or(ErrorReply::NotAnInteger)
    }
}

/// The string at a key of `db`.
pub fn string<'d, G: Deref<Target = Shard>>(
    db: &'d View<'_, G>,
    key: &[u8],
) -> Result<Option<&'d [u8]>, StorageError> {
    db.shard(key).keyspace().string(key)
}

/// Whether a word is this option, in any case.
pub fn is(word: &[u8], option: &str) -> bool {
    word.eq_ignore_ascii_case(option.as_bytes())
}
