//! Requests that are run together: the keys of a row of quick commands are hashed first, locked at once, and looked at one
//! after the other, so that the processor waits for all of their memory at the same time.
//!
//! Replies, their order and what each command sees are the same as one by one. Which commands can join, and how one is run,
//! the dispatcher knows.

use smallvec::SmallVec;

use super::dispatch::{Found, Turn};
use super::spec::Run;
use super::table::Entry;
use crate::protocol::request::Ahead;
use crate::protocol::{Args, Limits, Parser};
use crate::storage::{Access, Key, View};

/// The most requests in a group: their keys stay locked until the last of them has been run.
const LARGEST: usize = 64;

/// The requests read last.
#[derive(Debug, Default)]
pub(crate) struct Group(Vec<Call>);

/// A request and what it asks for.
#[derive(Debug, Clone, Copy)]
struct Call {
    entry: &'static Entry,
    request: Ahead,
}

/// How far a group was run.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Requests run.
    pub(crate) requests: usize,
    /// Where the last of them ends in the buffer.
    pub(crate) end: Option<usize>,
    /// Whether none of them is left.
    pub(crate) finished: bool,
}

impl Group {
    /// Reads the requests from `at` on that can be run together; returns the one behind them, if that is all there.
    pub(crate) fn read(
        &mut self,
        parser: &mut Parser,
        turn: &Turn<'_>,
        buffer: &[u8],
        mut at: usize,
        limits: &Limits,
    ) -> Option<(Found, Ahead)> {
        self.0.clear();
        parser.forget_ahead();
        let may_join = turn.may_join();
        // Nearly always the same command over and over.
        let mut last: Option<(&[u8], &'static Entry)> = None;
        while self.0.len() < LARGEST {
            let ahead = parser.read_ahead(buffer, at, limits)?;
            at = ahead.end;
            let name = parser.name(buffer, ahead);
            if last.is_none_or(|(known, _)| known != name) {
                last = turn.find_joining(name).map(|entry| (name, entry));
            }
            match last {
                Some((_, entry)) if may_join && entry.has_arity(ahead.args()) => {
                    self.0.push(Call { entry, request: ahead });
                }
                _ => return Some((turn.find(&parser.args(buffer, ahead)), ahead)),
            }
        }
        None
    }

    /// Runs them, until there are `room` bytes of replies; tells `ran` of each.
    pub(crate) fn run(
        &mut self,
        parser: &Parser,
        turn: &mut Turn<'_>,
        buffer: &[u8],
        room: usize,
        mut ran: impl FnMut(&Turn<'_>, &'static Entry, &Args<'_>),
    ) -> Progress {
        let mut progress = Progress { requests: 0, end: None, finished: true };
        if let [Call { entry, request }] = self.0[..] {
            let args = parser.args(buffer, request);
            let key = turn.joining_key(entry, &args);
            run_alone(turn, entry, args, key);
            ran(turn, entry, &args);
            return Progress { requests: 1, end: Some(request.end), ..progress };
        }
        if self.0.is_empty() {
            return progress;
        }
        let calls = self.0.iter();
        let mut keys: SmallVec<[Key<'_>; LARGEST]> = SmallVec::new();
        keys.extend(calls.clone().map(|Call { entry, request }| {
            turn.joining_key(entry, &parser.args(buffer, *request))
        }));
        let mut locked = lock_together(turn, calls.clone(), &mut keys);
        for (Call { entry, request }, key) in calls.zip(&keys) {
            if turn.out.len() >= room {
                progress.finished = false;
                break;
            }
            let args = parser.args(buffer, *request);
            match &mut locked {
                Some(db) => turn.execute_locked(db, entry, args, key),
                None => run_alone(turn, entry, args, *key),
            }
            progress.requests += 1;
            progress.end = Some(request.end);
            ran(turn, entry, &args);
        }
        if let Some(db) = locked {
            turn.batch.add(db.tally());
        }
        progress
    }
}

/// Locks all keys and touches what the look-ups will read. Where several workers write, each command takes its own lock
/// after that, so that nobody waits for the rest of somebody's group: then nothing stays locked.
fn lock_together<'e>(
    turn: &Turn<'e>,
    mut calls: impl Iterator<Item = &'e Call>,
    keys: &mut [Key<'_>],
) -> Option<View<'e>> {
    let exclusive = calls.any(|call| writes(call.entry));
    let together = !exclusive || turn.shared.workers() == 1;
    let access = if exclusive && together { Access::Exclusive } else { Access::Shared };
    let db = turn.shared.engine.lock_for(keys, access, turn.now);
    db.touch(keys);
    together.then_some(db)
}

fn run_alone(turn: &mut Turn<'_>, entry: &'static Entry, args: Args<'_>, mut key: Key<'_>) {
    let access = if writes(entry) { Access::Exclusive } else { Access::Shared };
    let keys = std::slice::from_mut(&mut key);
    let mut db = turn.shared.engine.lock_for(keys, access, turn.now);
    turn.execute_locked(&mut db, entry, args, &key);
    turn.batch.add(db.tally());
}

fn writes(entry: &Entry) -> bool {
    matches!(entry.command.run, Run::Write(_))
}
