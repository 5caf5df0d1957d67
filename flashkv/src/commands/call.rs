//! What a handler is given: arguments, locked keys, a reply writer; and nothing else.
//!
//! A handler never sees a socket, checks its arity, takes a lock or reads a clock (but for TIME). It answers through
//! `reply`, or returns an error, in which case whatever it had written is taken back.

use super::session::Session;
use super::shared::Shared;
use super::table::Entry;
use crate::metrics::Counters;
use crate::number::parse_i64;
use crate::protocol::{Args, ErrorReply, Reply};
use crate::storage::{Engine, Key, Millis, StorageError, View};

/// What a handler returns.
pub type Outcome = Result<(), ErrorReply>;
/// Runs a command that reads the keys it declares, which are locked shared.
pub type ReadHandler = fn(&mut KeyCall<'_>, &View<'_>) -> Outcome;
/// Runs a command that may write the keys it declares, which are locked exclusively.
pub type WriteHandler = fn(&mut KeyCall<'_>, &mut View<'_>) -> Outcome;
/// Runs a command that works on the connection or the whole server.
pub type ServerHandler = fn(&mut ServerCall<'_>) -> Outcome;

/// One call of a command on locked keys.
#[derive(Debug)]
pub struct KeyCall<'a> {
    /// The arguments; the command's name is argument 0.
    pub args: Args<'a>,
    /// The keys that the command's row declares, in the order of the arguments. At least as many as its arity demands.
    pub keys: &'a [Key<'a>],
    /// Where the answer goes.
    pub reply: Reply<'a>,
}

impl<'a> KeyCall<'a> {
    /// The key at `index` among those the command declares.
    pub fn key(&self, index: usize) -> &'a Key<'a> {
        self.keys.get(index).expect("the command's arity demands this key")
    }
}

/// One call of a command without keys.
#[derive(Debug)]
pub struct ServerCall<'a> {
    /// The arguments; the command's name is argument 0.
    pub args: Args<'a>,
    /// The whole server.
    pub shared: &'a Shared,
    /// The connection that sent the command.
    pub session: &'a mut Session,
    /// The counters of the worker that runs it.
    pub counters: &'a Counters,
    /// The command's place in the table.
    pub entry: &'static Entry,
    /// The time.
    pub now: Millis,
    /// Where the answer goes.
    pub reply: Reply<'a>,
}

impl<'a> ServerCall<'a> {
    /// The data.
    pub fn engine(&self) -> &'a Engine {
        &self.shared.engine
    }
}

impl From<StorageError> for ErrorReply {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::WrongType => ErrorReply::WrongType,
            StorageError::NotAnInteger => ErrorReply::NotAnInteger,
            StorageError::Overflow => ErrorReply::Overflow,
            StorageError::NotAFloat => ErrorReply::NotAFloat,
            StorageError::NotFinite => ErrorReply::NotFinite,
            StorageError::TooLong => ErrorReply::StringTooLong,
            StorageError::IndexOutOfRange => ErrorReply::IndexOutOfRange,
            StorageError::NoSuchKey => ErrorReply::NoSuchKey,
        }
    }
}

/// An argument that must be a 64-bit integer.
pub fn integer(argument: &[u8]) -> Result<i64, ErrorReply> {
    parse_i64(argument).ok_or(ErrorReply::NotAnInteger)
}

/// An argument that must be a count: a 64-bit integer, not negative.
pub fn positive(argument: &[u8]) -> Result<usize, ErrorReply> {
    let number = parse_i64(argument).ok_or(ErrorReply::MustBePositive)?;
    usize::try_from(number).map_err(|_| ErrorReply::MustBePositive)
}

/// An argument that must be the index of one of so many databases.
pub fn database_index(argument: &[u8], databases: usize) -> Result<usize, ErrorReply> {
    let (low, high) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let index = integer(argument)?;
    if !(low..=high).contains(&index) {
        return Err(ErrorReply::NotBetween { low, high });
    }
    let index = usize::try_from(index).ok().filter(|index| *index < databases);
    index.ok_or(ErrorReply::DatabaseOutOfRange)
}

/// Whether an argument is this option, in any case.
pub fn is(argument: &[u8], option: &str) -> bool {
    argument.eq_ignore_ascii_case(option.as_bytes())
}
