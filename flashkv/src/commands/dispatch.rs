//! Runs one request: looks the command up, checks it, locks its keys, runs its handler.
//!
//! The only place that knows all of these steps, and the one point where it is known which keys a command has changed.

use smallvec::SmallVec;

use super::call::{KeyCall, Outcome, ServerCall, WriteHandler};
use super::session::{Replies, Session};
use super::shared::Shared;
use super::slowlog::Secrets;
use super::spec::{Flags, Run};
use super::table::{Entry, table};
use crate::metrics::{Batch, Counters, Result as CallResult};
use crate::protocol::{Args, ErrorReply, Reply};
use crate::storage::{Key, Millis, View};

/// Keys of one call; most commands have one.
type Keys<'a> = SmallVec<[Key<'a>; 1]>;

/// One connection's turn: what running a request takes, beside the request.
#[derive(Debug)]
pub struct Turn<'t> {
    /// The whole server.
    pub shared: &'t Shared,
    /// The counters of the worker that runs it.
    pub counters: &'t Counters,
    /// What has happened on locked keys since the turn began.
    pub batch: &'t mut Batch,
    /// The connection.
    pub session: &'t mut Session,
    /// The time, read once a turn.
    pub now: Millis,
    /// Where replies are appended.
    pub out: &'t mut Vec<u8>,
}

/// What a request asks for, as far as the table knows it.
pub type Found = Result<&'static Entry, ErrorReply>;

impl Turn<'_> {
    /// Finds what a request asks for.
    ///
    /// # Errors
    /// See [`Table::look_up`](super::table::Table::look_up).
    pub fn find(&self, args: &Args<'_>) -> Found {
        table().look_up(args, &self.shared.disabled)
    }

    /// Runs a request and appends its reply; returns the command, if one was run.
    pub fn execute(&mut self, found: Found, args: Args<'_>) -> Option<&'static Entry> {
        let start = self.out.len();
        self.session.secrets = Secrets::default();
        if self.session.replies == Replies::SkipNext {
            self.session.replies = Replies::SkipThis;
        }
        let entry = found.as_ref().ok().copied();
        let checked = found.and_then(|entry| check(self.shared, self.session, entry, &args));
        let result = match checked {
            Ok(entry) => {
                self.session.client.set_last_command(entry.id);
                self.run(entry, args)
                    .map_or_else(|error| self.failed(start, &error), |()| CallResult::Ok)
            }
            Err(error) => {
                self.fail(start, &error);
                CallResult::Rejected
            }
        };
        if let Some(entry) = entry
            && result != CallResult::Ok
        {
            self.counters.count_unsuccessful(entry.id, result);
        }
        match self.session.replies {
            Replies::On => {}
            Replies::Off | Replies::SkipNext => self.out.truncate(start),
            Replies::SkipThis => {
                self.out.truncate(start);
                self.session.replies = Replies::On;
            }
        }
        entry.filter(|_| result != CallResult::Rejected)
    }

    /// Whether requests of this client can be run together: it may run them, and is told of the results.
    pub fn may_join(&self) -> bool {
        (self.session.authenticated || !self.shared.settings.requires_password())
            && self.session.replies == Replies::On
    }

    /// The quick command on one key of that name: such requests can be run together.
    pub fn find_joining(&self, name: &[u8]) -> Option<&'static Entry> {
        let entry = table().command(name)?;
        (entry.joins > 0 && !self.shared.disabled.has(entry)).then_some(entry)
    }

    /// A key of the client's database.
    pub fn key<'a>(&self, key: &'a [u8]) -> Key<'a> {
        self.shared.engine.key(self.session.database, key)
    }

    /// Runs a [joining](Turn::find_joining) request whose key is among those locked in `db`.
    pub fn execute_locked(
        &mut self,
        db: &mut View<'_>,
        entry: &'static Entry,
        args: Args<'_>,
        key: &Key<'_>,
    ) {
        let start = self.out.len();
        self.session.secrets = Secrets::default();
        self.session.client.set_last_command(entry.id);
        let keys = std::slice::from_ref(key);
        let reply = Reply::new(self.out, self.session.version);
        let mut call = KeyCall { args, keys, reply };
        let outcome = match entry.command.run {
            Run::Read(handler) => handler(&mut call, db),
            Run::Write(handler) => write(self.batch, handler, call, db, entry),
            Run::Server(_) | Run::Container => Ok(()),
        };
        if let Err(error) = outcome {
            let result = self.failed(start, &error);
            self.counters.count_unsuccessful(entry.id, result);
        }
    }

    fn run(&mut self, entry: &'static Entry, args: Args<'_>) -> Result<(), ErrorReply> {
        let reply = Reply::new(self.out, self.session.version);
        match entry.command.run {
            Run::Read(handler) => {
                let mut keys = declared_keys(self.shared, self.session, entry, &args)?;
                let db = self.shared.engine.read(&mut keys, self.now);
                if keys.len() > 1 {
                    db.touch(&keys);
                }
                let outcome = handler(&mut KeyCall { args, keys: &keys, reply }, &db);
                self.batch.add(db.tally());
                outcome
            }
            Run::Write(handler) => {
                let mut keys = declared_keys(self.shared, self.session, entry, &args)?;
                let mut db = self.shared.engine.write(&mut keys, self.now);
                if keys.len() > 1 {
                    db.touch(&keys);
                }
                let call = KeyCall { args, keys: &keys, reply };
                let outcome = write(self.batch, handler, call, &mut db, entry);
                self.batch.add(db.tally());
                outcome
            }
            Run::Server(handler) => {
                // INFO and its like are to see what came before them.
                self.counters.count_batch(self.batch);
                let (shared, session, counters) = (self.shared, &mut *self.session, self.counters);
                let now = self.now;
                handler(&mut ServerCall { args, shared, session, counters, entry, now, reply })
            }
            Run::Container => Err(ErrorReply::Arity(entry.full_name.as_str().into())),
        }
    }

    fn failed(&mut self, start: usize, error: &ErrorReply) -> CallResult {
        self.fail(start, error);
        CallResult::Failed
    }

    /// Takes back what was written after `start`, and answers with an error instead.
    fn fail(&mut self, start: usize, error: &ErrorReply) {
        /// Redis takes no longer word than this for a code, but counts such an error as a plain one.
        const LONGEST_CODE: usize = 32;
        self.out.truncate(start);
        Reply::new(self.out, self.session.version).error(error);
        let text = self.out.get(start + 1..).unwrap_or_default();
        let code = text.iter().take(LONGEST_CODE).position(|byte| *byte == b' ');
        let code = code.and_then(|end| text.get(..end)).unwrap_or(b"ERR");
        self.counters.count_error(code);
    }
}

/// What must hold before a handler sees the request, in the order in which Redis checks it.
fn check(shared: &Shared, session: &Session, entry: &'static Entry, args: &Args<'_>) -> Found {
    entry.check_arity(args.len())?;
    if !session.authenticated
        && !entry.command.flags.has(Flags::NO_AUTH)
        && shared.settings.requires_password()
    {
        return Err(ErrorReply::NoAuth);
    }
    Ok(entry)
}

/// The keys of a call in the order of the arguments, each in its database.
fn declared_keys<'a>(
    shared: &Shared,
    session: &Session,
    entry: &Entry,
    args: &Args<'a>,
) -> Result<Keys<'a>, ErrorReply> {
    let mut keys = Keys::new();
    if let Some(index) = entry.single_key {
        keys.push(shared.engine.key(session.database, args.at(index)));
    } else if let Some(locate) = entry.command.locate {
        for (database, argument) in locate(args, session.database, shared.engine.databases())? {
            keys.push(shared.engine.key(database, args.at(argument)));
        }
    } else {
        entry.key_indexes(args, |index| {
            keys.push(shared.engine.key(session.database, args.at(index)))
        });
    }
    Ok(keys)
}

/// Runs a command that may write.
fn write(
    batch: &mut Batch,
    handler: WriteHandler,
    mut call: KeyCall<'_>,
    db: &mut View<'_>,
    entry: &Entry,
) -> Outcome {
    let before = db.tally().changes;
    let outcome = handler(&mut call, db);
    let changes = db.tally().changes - before;
    if changes > 0 {
        changed(batch, changes, entry, call.keys);
    }
    outcome
}

/// Called after every command that changed data, while the keys are still locked: the place for whatever must follow a
/// write in the same order (a log, notifications, watched keys).
fn changed(batch: &mut Batch, changes: u64, _command: &Entry, _keys: &[Key<'_>]) {
    batch.add_changes(changes);
}
