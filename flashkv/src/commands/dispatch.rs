//! Runs one request: looks the command up, checks it, locks its keys, runs its handler.
//!
//! The only place that knows all of these steps, and the one point where it is known which keys a command has changed.

use smallvec::SmallVec;

use super::call::{KeyCall, ServerCall};
use super::session::{Replies, Session};
use super::shared::Shared;
use super::slowlog::Secrets;
use super::spec::{Flags, Run};
use super::table::{Entry, table};
use crate::metrics::{Batch, Counters, Result as CallResult};
use crate::protocol::{Args, ErrorReply, Reply};
use crate::storage::{Key, Millis, Tally};

/// Keys of one call; most commands have one.
type Keys<'a> = SmallVec<[Key<'a>; 1]>;

/// Runs a request and appends its reply to `out`; returns the command, if one was run.
pub fn execute(
    shared: &Shared,
    counters: &Counters,
    batch: &mut Batch,
    session: &mut Session,
    args: Args<'_>,
    now: Millis,
    out: &mut Vec<u8>,
) -> Option<&'static Entry> {
    let start = out.len();
    session.secrets = Secrets::default();
    if session.replies == Replies::SkipNext {
        session.replies = Replies::SkipThis;
    }
    let found = table().look_up(&args, &shared.disabled);
    let entry = found.as_ref().ok().copied();
    let checked = found.and_then(|entry| check(shared, session, entry, &args));
    let result = match checked {
        Ok(entry) => {
            session.client.set_last_command(entry.id);
            match run(shared, counters, batch, session, entry, args, now, out) {
                Ok(()) => CallResult::Ok,
                Err(error) => {
                    fail(counters, session, out, start, &error);
                    CallResult::Failed
                }
            }
        }
        Err(error) => {
            fail(counters, session, out, start, &error);
            CallResult::Rejected
        }
    };
    if let Some(entry) = entry
        && result != CallResult::Ok
    {
        counters.count_unsuccessful(entry.id, result);
    }
    match session.replies {
        Replies::On => {}
        Replies::Off | Replies::SkipNext => out.truncate(start),
        Replies::SkipThis => {
            out.truncate(start);
            session.replies = Replies::On;
        }
    }
    entry.filter(|_| result != CallResult::Rejected)
}

/// What must hold before a handler sees the request, in the order in which Redis checks it.
fn check(
    shared: &Shared,
    session: &Session,
    entry: &'static Entry,
    args: &Args<'_>,
) -> Result<&'static Entry, ErrorReply> {
    entry.check_arity(args.len())?;
    if !session.authenticated
        && !entry.command.flags.has(Flags::NO_AUTH)
        && shared.settings.requires_password()
    {
        return Err(ErrorReply::NoAuth);
    }
    Ok(entry)
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of a call, put together here and nowhere else"
)]
fn run(
    shared: &Shared,
    counters: &Counters,
    batch: &mut Batch,
    session: &mut Session,
    entry: &'static Entry,
    args: Args<'_>,
    now: Millis,
    out: &mut Vec<u8>,
) -> Result<(), ErrorReply> {
    let reply = Reply::new(out, session.version);
    match entry.command.run {
        Run::Read(handler) => {
            let mut keys = declared_keys(shared, session, entry, &args)?;
            let db = shared.engine.read(&mut keys, now);
            let mut call = KeyCall { args, keys: &keys, db, reply };
            let outcome = handler(&mut call);
            batch.add(call.db.tally());
            outcome
        }
        Run::Write(handler) => {
            let mut keys = declared_keys(shared, session, entry, &args)?;
            let db = shared.engine.write(&mut keys, now);
            let mut call = KeyCall { args, keys: &keys, db, reply };
            let outcome = handler(&mut call);
            batch.add(call.db.tally());
            if call.db.tally().changes > 0 {
                changed(batch, call.db.tally(), entry, &keys);
            }
            outcome
        }
        Run::Server(handler) => {
            // INFO and its like are to see what came before them.
            counters.count_batch(batch);
            handler(&mut ServerCall { args, shared, session, counters, entry, now, reply })
        }
        Run::Container => Err(ErrorReply::Arity(entry.full_name.as_str().into())),
    }
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

/// Called after every command that changed data, while the keys are still locked: the place for whatever must follow a
/// write in the same order (a log, notifications, watched keys).
fn changed(batch: &mut Batch, tally: &Tally, _command: &Entry, _keys: &[Key<'_>]) {
    batch.add_changes(tally.changes);
}

fn fail(
    counters: &Counters,
    session: &Session,
    out: &mut Vec<u8>,
    start: usize,
    error: &ErrorReply,
) {
    /// Redis takes no longer word than this for a code, but counts such an error as a plain one.
    const LONGEST_CODE: usize = 32;
    out.truncate(start);
    Reply::new(out, session.version).error(error);
    let text = out.get(start + 1..).unwrap_or_default();
    let code = text.iter().take(LONGEST_CODE).position(|byte| *byte == b' ');
    let code = code.and_then(|end| text.get(..end)).unwrap_or(b"ERR");
    counters.count_error(code);
}
