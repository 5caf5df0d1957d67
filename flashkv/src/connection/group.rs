//! Requests that are run together: the keys of a row of quick commands are hashed first, locked at once, and looked at one
//! after the other, so that the processor waits for all of their memory at the same time.
//!
//! Replies, their order and what each command sees are the same as one by one. Which commands can join, and how one is run,
//! the dispatcher knows.

use smallvec::SmallVec;

use super::meter::Meter;
use crate::commands::dispatch::{Found, Turn};
use crate::commands::spec::Run;
use crate::commands::table::Entry;
use crate::protocol::request::Ahead;
use crate::protocol::{Limits, Parser};
use crate::storage::{Access, Key};

/// The most requests in a group: their keys stay locked until the last of them has been run.
const LARGEST: usize = 64;

/// The requests read last.
#[derive(Debug, Default)]
pub(super) struct Group(Vec<Call>);

/// A request and what it asks for.
#[derive(Debug, Clone, Copy)]
struct Call {
    entry: &'static Entry,
    request: Ahead,
}

/// How far a group was run.
#[derive(Debug)]
pub(super) struct Progress {
    /// Requests run.
    pub(super) requests: usize,
    /// Where the last of them ends in the buffer.
    pub(super) end: Option<usize>,
    /// Whether none of them is left.
    pub(super) finished: bool,
}

impl Group {
    /// Reads the requests from `at` on that can be run together; returns the one behind them, if that is all there.
    pub(super) fn read(
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

    /// Runs them, until there are `room` bytes of replies.
    pub(super) fn run(
        &mut self,
        parser: &Parser,
        turn: &mut Turn<'_>,
        buffer: &[u8],
        room: usize,
        meter: &mut Meter,
    ) -> Progress {
        let mut progress = Progress { requests: 0, end: None, finished: self.0.is_empty() };
        if progress.finished {
            return progress;
        }
        let engine = &turn.shared.engine;
        let calls = self.0.iter();
        let key = |call: &Call| turn.joining_key(call.entry, &parser.args(buffer, call.request));
        let mut keys: SmallVec<[Key<'_>; LARGEST]> = calls.clone().map(key).collect();
        let writes = |call: &Call| matches!(call.entry.command.run, Run::Write(_));
        let access = if calls.clone().any(writes) { Access::Exclusive } else { Access::Shared };
        // Where several workers write, each command takes its own lock, so that nobody waits for the rest of somebody's group.
        let together = access == Access::Shared || turn.shared.workers() == 1;
        let first = if together { access } else { Access::Shared };
        let mut held = Some(engine.hold(&mut keys, first, turn.now));
        if let Some(held) = held.as_ref().filter(|_| keys.len() > 1) {
            held.touch(&keys);
        }
        if !together {
            held = None;
        }
        for (Call { entry, request }, key) in calls.zip(&mut keys) {
            if turn.out.len() >= room {
                return progress;
            }
            let args = parser.args(buffer, *request);
            match &mut held {
                Some(held) => turn.execute_held(held, entry, args, *key),
                None => {
                    let own = std::slice::from_mut(key);
                    let mut held = engine.hold(own, Access::Exclusive, turn.now);
                    turn.execute_held(&mut held, entry, args, *key);
                }
            }
            progress.requests += 1;
            progress.end = Some(request.end);
            meter.count(turn, entry, &args);
        }
        progress.finished = true;
        progress
    }
}
