//! Bytes in, replies out: parses every complete request of a batch in place, runs it, and appends its reply.
//!
//! Knows no socket. Requests are read where they were received; only an unfinished one is kept, and goes on where it
//! stopped when more arrives.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::meter::Meter;
use crate::clients::Client;
use crate::commands::dispatch::Turn;
use crate::commands::group::Group;
use crate::commands::session::Session;
use crate::commands::shared::Shared;
use crate::metrics::{Batch, Counters};
use crate::protocol::request::Parsed;
use crate::protocol::{Args, Parser, ProtocolError, Reply};
use crate::settings::Live;

/// Requests that are run before other connections get their turn.
const BATCH: usize = 1000;

/// Time after which other connections get their turn, if requests take long; one alone may take longer.
const TURN: Duration = Duration::from_millis(5);

/// One connection's requests and state.
#[derive(Debug)]
pub(super) struct Pipeline {
    shared: Arc<Shared>,
    pub(super) session: Session,
    worker: usize,
    parser: Parser,
    /// What was received and not run yet: an unfinished request, or what a full batch left over.
    pending: Vec<u8>,
    /// Bytes of `pending` that have been run.
    run: usize,
    settings: Live,
    epoch: u64,
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// All that was received has been run, as far as it is complete.
    NeedInput,
    /// There may be more to run, once the replies so far are on their way.
    More,
    /// The connection is to be closed after these replies.
    Close,
    /// The same, and the last of them says why: what the client sends cannot be followed.
    Refuse,
}

impl Pipeline {
    /// The pipeline of a registered client; dropping it forgets the client.
    pub(super) fn new(shared: Arc<Shared>, worker: usize, client: Arc<Client>) -> Pipeline {
        let epoch = shared.settings.epoch();
        let settings = shared.settings.live();
        let session = Session::new(client, settings.requirepass.is_empty());
        Pipeline {
            session,
            worker,
            parser: Parser::default(),
            pending: Vec::new(),
            run: 0,
            settings,
            epoch,
            shared,
        }
    }

    pub(super) fn client(&self) -> &Arc<Client> {
        &self.session.client
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(super) fn settings(&self) -> &Live {
        &self.settings
    }

    /// Counts bytes received and sent.
    pub(super) fn count_bytes(&self, received: usize, sent: usize) {
        self.shared.metrics.worker(self.worker).count_bytes(received, sent);
    }

    /// Runs what `input` completes, appending the replies to `out`; returns also how long that took.
    pub(super) fn run(&mut self, input: &[u8], out: &mut Vec<u8>) -> (Progress, Duration) {
        if self.epoch != self.shared.settings.epoch() {
            self.epoch = self.shared.settings.epoch();
            self.settings = self.shared.settings.live();
        }
        let now = self.shared.clock.now_ms();
        let (progress, spent) = if self.pending.is_empty() {
            let (progress, used, spent) = self.run_batch(input, now, out);
            self.pending.extend_from_slice(input.get(used..).unwrap_or_default());
            (progress, spent)
        } else {
            self.pending.extend_from_slice(input);
            // Taken out for the time of the batch, so that requests can borrow from it.
            let pending = std::mem::take(&mut self.pending);
            let (progress, used, spent) =
                self.run_batch(pending.get(self.run..).unwrap_or_default(), now, out);
            self.pending = pending;
            self.run += used;
            self.forget_run();
            (progress, spent)
        };
        if matches!(progress, Progress::Close | Progress::Refuse) {
            self.pending = Vec::new();
            self.run = 0;
        }
        self.publish(now);
        (progress, spent)
    }

    /// Drops what has been run from the front of `pending`, once that is worth the move.
    fn forget_run(&mut self) {
        if self.run == self.pending.len() {
            self.pending = Vec::new();
            self.run = 0;
        } else if self.run > self.pending.len() / 2 {
            self.pending.drain(..self.run);
            self.run = 0;
        }
    }

    /// Runs the requests in `bytes`; returns how many bytes they took, and how long.
    fn run_batch(
        &mut self,
        bytes: &[u8],
        now: u64,
        out: &mut Vec<u8>,
    ) -> (Progress, usize, Duration) {
        let Pipeline { shared, session, parser, settings, .. } = self;
        let shared: &Shared = shared;
        let counters = shared.metrics.worker(self.worker);
        let limits = settings.limits;
        // What the client has not taken yet counts as well.
        let unsent = session.client.output.load(Ordering::Relaxed);
        let room = out.len() + limits.output_pause.saturating_sub(unsent).max(1);
        let mut meter = Meter::new(settings);
        let mut batch = Batch::default();
        let mut group = Group::default();
        let mut turn = Turn { shared, counters, batch: &mut batch, session, now, out };
        let mut used = 0;
        let mut requests = 0;
        let progress = loop {
            if requests >= BATCH || turn.out.len() >= room || meter.spent >= TURN {
                break Progress::More;
            }
            if used == bytes.len() && parser.at_start() {
                break Progress::NeedInput;
            }
            // A password set while the connection was open does not lock it out, as in Redis.
            let authenticated = turn.session.authenticated || !shared.settings.requires_password();
            let mut next = None;
            if authenticated && parser.at_start() && !meter.each {
                let read = group.read(parser, &turn, bytes, used, &limits);
                let run = group.run(parser, &mut turn, bytes, room);
                meter.count_group(counters, group.commands(run.requests));
                requests += run.requests;
                used = run.end.unwrap_or(used);
                if !run.finished {
                    continue;
                }
                next = read;
                if next.is_none() && run.requests > 0 {
                    continue;
                }
            }
            let (found, args) = match next {
                Some((found, ahead)) => {
                    used = ahead.end;
                    (found, parser.args(bytes, ahead))
                }
                None => {
                    let rest = bytes.get(used..).unwrap_or_default();
                    let (args, taken) = match parser.parse(rest, &limits, authenticated) {
                        Ok(Parsed::Request(args, taken)) => (args, taken),
                        Ok(Parsed::Incomplete) => break Progress::NeedInput,
                        Err(error) => break refuse(&error, turn.session, counters, turn.out),
                    };
                    used += taken;
                    (turn.find(&args), args)
                }
            };
            if args.is_empty() {
                continue;
            }
            if found.is_err() && is_http(&args) {
                tracing::warn!(client = %turn.session.client.address, "closed: this looks like HTTP, perhaps an attack");
                break Progress::Close;
            }
            requests += 1;
            let entry = turn.execute(found, args);
            let changed = self.epoch != shared.settings.epoch();
            if changed {
                // The command that sets the threshold is itself judged by it.
                meter.obey(shared.settings.live().slowlog_slower_than);
            }
            if let Some(entry) = entry {
                meter.count(&turn, entry, &args);
            }
            if turn.session.closing {
                break Progress::Close;
            }
            if changed {
                // The limits changed under this very batch: the rest of it obeys the new ones.
                break Progress::More;
            }
        };
        meter.finish(counters);
        counters.count_batch(&mut batch);
        (progress, used, meter.spent)
    }

    /// Shows others how this connection is doing.
    fn publish(&self, now: u64) {
        let client = &self.session.client;
        client.last_active.store(now, Ordering::Relaxed);
        client.database.store(self.session.database, Ordering::Relaxed);
        client.query_buffer.store(self.pending.len() - self.run, Ordering::Relaxed);
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.shared.clients.forget(&self.session.client);
    }
}

/// The words with which a browser, or a script that abuses one, begins.
fn is_http(args: &Args<'_>) -> bool {
    args.at(0).eq_ignore_ascii_case(b"post") || args.at(0).eq_ignore_ascii_case(b"host:")
}

/// Says what is wrong with what the client sends, where Redis does.
fn refuse(
    error: &ProtocolError,
    session: &Session,
    counters: &Counters,
    out: &mut Vec<u8>,
) -> Progress {
    let client = &session.client.address;
    if *error == ProtocolError::QueryBufferTooLong {
        tracing::warn!(client, %error, "closed: its request is too long");
        return Progress::Close;
    }
    tracing::info!(client, %error, "closed: cannot follow what it sends");
    counters.count_error(b"ERR");
    Reply::new(out, session.version).protocol_error(error);
    Progress::Refuse
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::Origin;
    use crate::config::DebugAccess;
    use crate::{Clock, Config};

    fn pipeline() -> Pipeline {
        let config = Config { enable_debug_command: DebugAccess::Yes, ..Config::default() };
        let shared = Shared::new(config, Clock::manual(0));
        let client = shared.clients.register(Origin::default(), 0);
        Pipeline::new(shared, 0, client)
    }

    #[test]
    fn slow_commands_in_one_write_leave_others_their_turn() {
        let mut pipeline = pipeline();
        let mut out = Vec::new();
        let mut input = b"DEBUG SLEEP 0.006\r\n".repeat(3);
        for replies in 1..=3 {
            assert_eq!(pipeline.run(&std::mem::take(&mut input), &mut out).0, Progress::More);
            assert_eq!(out, b"+OK\r\n".repeat(replies));
        }
        assert_eq!(pipeline.run(&[], &mut out).0, Progress::NeedInput);
    }

    #[test]
    fn each_command_is_counted_once_however_they_are_mixed() {
        let mut pipeline = pipeline();
        let get = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
        let set = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n";
        let ping = "*1\r\n$4\r\nPING\r\n";
        // A whole group of the same, one of different ones, and quick ones that are not run in groups.
        let input = [&get.repeat(64), set, get, ping, ping, set, get, set].concat();
        let (mut out, shared) = (Vec::new(), Arc::clone(&pipeline.shared));
        assert_eq!(pipeline.run(input.as_bytes(), &mut out).0, Progress::NeedInput);
        let calls = |name: &str| {
            let entry = crate::commands::table::table().command(name.as_bytes());
            shared.metrics.command(entry.expect("it is in the table").id).calls
        };
        assert_eq!(["get", "set", "ping"].map(calls), [66, 3, 2]);
    }

    #[test]
    fn nothing_is_kept_of_a_client_that_is_refused() {
        let mut pipeline = pipeline();
        let mut out = Vec::new();
        for piece in [vec![b'x'; 40_000], vec![b'x'; 40_000]] {
            pipeline.run(&piece, &mut out);
        }
        assert_eq!(out, b"-ERR Protocol error: too big inline request\r\n");
        assert_eq!(pipeline.pending.capacity(), 0);
    }
}
