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

/// The requests read last, and the key of each.
#[derive(Debug, Default)]
pub(crate) struct Group<'b> {
    calls: SmallVec<[Call; LARGEST]>,
    keys: SmallVec<[Key<'b>; LARGEST]>,
    exclusive: bool,
}

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

impl<'b> Group<'b> {
    /// Reads the requests from `at` on that can be run together; returns the one behind them, if that is all there.
    pub(crate) fn read(
        &mut self,
        parser: &mut Parser,
        turn: &Turn<'_>,
        buffer: &'b [u8],
        mut at: usize,
        limits: &Limits,
    ) -> Option<(Found, Ahead)> {
        self.calls.clear();
        self.keys.clear();
        self.exclusive = false;
        parser.forget_ahead();
        let may_join = turn.may_join();
        let mut entry = None;
        while self.calls.len() < LARGEST {
            let request = parser.read_ahead(buffer, at, limits)?;
            at = request.end;
            // Nearly always the same command over and over.
            if !request.alike {
                let found = turn.find_joining(parser.argument(buffer, request, 0));
                entry = found.filter(|entry| may_join && entry.has_arity(request.args()));
                self.exclusive |= entry.is_some_and(writes);
            }
            let Some(entry) = entry else {
                return Some((turn.find(&parser.args(buffer, request)), request));
            };
            let key = parser.argument(buffer, request, entry.joins);
            self.calls.push(Call { entry, request });
            self.keys.push(turn.key(key));
        }
        None
    }

    /// Runs them, until there are `room` bytes of replies.
    pub(crate) fn run(
        &mut self,
        parser: &Parser,
        turn: &mut Turn<'_>,
        buffer: &[u8],
        room: usize,
    ) -> Progress {
        let mut progress = Progress { requests: 0, end: None, finished: true };
        let mut locked = None;
        if self.calls.len() > 1 {
            locked = lock_together(turn, &mut self.keys, self.exclusive);
        }
        for (Call { entry, request }, key) in self.calls.iter().zip(&self.keys) {
            if turn.out.len() >= room && progress.requests > 0 {
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
        }
        if let Some(db) = locked {
            turn.batch.add(db.tally());
        }
        progress
    }

    /// The commands of the first so many requests, in order.
    pub(crate) fn commands(&self, requests: usize) -> impl Iterator<Item = &'static Entry> + Clone {
        self.calls.iter().take(requests).map(|call| call.entry)
    }
}

/// Locks all keys and touches what the look-ups will read. Where several workers write, each command takes its own lock
/// after that, so that nobody waits for the rest of somebody's group: then nothing stays locked.
fn lock_together<'e>(turn: &Turn<'e>, keys: &mut [Key<'_>], exclusive: bool) -> Option<View<'e>> {
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
