//! Bytes in, replies out: parses every complete request of a batch in place, runs it, and appends its reply.
//!
//! Knows no socket. Requests are read where they were received; only an unfinished one is kept, and goes on where it
//! stopped when more arrives.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::clients::Client;
use crate::commands::dispatch::execute;
use crate::commands::session::Session;
use crate::commands::shared::Shared;
use crate::commands::slowlog::{SlowCommand, cut_arguments};
use crate::commands::spec::Flags;
use crate::commands::table::Entry;
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

    /// Runs what `input` completes, appending the replies to `out`.
    pub(super) fn run(&mut self, input: &[u8], out: &mut Vec<u8>) -> Progress {
        if self.epoch != self.shared.settings.epoch() {
            self.epoch = self.shared.settings.epoch();
            self.settings = self.shared.settings.live();
        }
        let now = self.shared.clock.now_ms();
        let progress = if self.pending.is_empty() {
            let (progress, used) = self.run_batch(input, now, out);
            self.pending.extend_from_slice(input.get(used..).unwrap_or_default());
            progress
        } else {
            self.pending.extend_from_slice(input);
            // Taken out for the time of the batch, so that requests can borrow from it.
            let pending = std::mem::take(&mut self.pending);
            let (progress, used) =
                self.run_batch(pending.get(self.run..).unwrap_or_default(), now, out);
            self.pending = pending;
            self.run += used;
            self.forget_run();
            progress
        };
        if matches!(progress, Progress::Close | Progress::Refuse) {
            self.pending = Vec::new();
            self.run = 0;
        }
        self.publish(now);
        progress
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

    /// Runs the requests in `bytes`; returns how many bytes they took.
    fn run_batch(&mut self, bytes: &[u8], now: u64, out: &mut Vec<u8>) -> (Progress, usize) {
        let shared = Arc::clone(&self.shared);
        let counters = shared.metrics.worker(self.worker);
        let limits = self.settings.limits;
        // What the client has not taken yet counts as well.
        let unsent = self.session.client.output.load(Ordering::Relaxed);
        let room = limits.output_pause.saturating_sub(unsent).max(1);
        let mut meter = Meter::new(self.settings.slowlog_slower_than);
        let mut batch = Batch::default();
        let mut used = 0;
        let mut requests = 0;
        let progress = loop {
            if requests == BATCH || out.len() >= room || meter.spent >= TURN {
                break Progress::More;
            }
            let rest = bytes.get(used..).unwrap_or_default();
            // A password set while the connection was open does not lock it out, as in Redis.
            let authenticated = self.session.authenticated || !shared.settings.requires_password();
            let (args, taken) = match self.parser.parse(rest, &limits, authenticated) {
                Ok(Parsed::Request(args, taken)) => (args, taken),
                Ok(Parsed::Incomplete) => break Progress::NeedInput,
                Err(error) => break refuse(&error, &self.session, counters, out),
            };
            used += taken;
            if args.is_empty() {
                continue;
            }
            if is_http(&args) {
                tracing::warn!(client = %self.session.client.address, "closed: this looks like HTTP, perhaps an attack");
                break Progress::Close;
            }
            requests += 1;
            let entry = execute(&shared, counters, &mut batch, &mut self.session, args, now, out);
            let changed = self.epoch != shared.settings.epoch();
            if changed {
                // The command that sets the threshold is itself judged by it.
                meter.obey(shared.settings.live().slowlog_slower_than);
            }
            if let Some(slow) = entry.and_then(|entry| meter.count(counters, entry)) {
                note_slow(&shared, &self.session, &args, slow, now, self.settings.slowlog_max_len);
            }
            if self.session.closing {
                break Progress::Close;
            }
            if changed {
                // The limits changed under this very batch: the rest of it obeys the new ones.
                break Progress::More;
            }
        };
        meter.finish(counters);
        counters.count_batch(&mut batch);
        (progress, used)
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

fn note_slow(
    shared: &Shared,
    session: &Session,
    args: &Args<'_>,
    took: Duration,
    now: u64,
    max_len: usize,
) {
    let command = SlowCommand {
        id: 0,
        at: now / 1000,
        us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        args: cut_arguments(args.from(0), session.secrets),
        address: session.client.address.clone(),
        name: session.client.labels().name,
    };
    shared.slowlog.push(command, max_len);
}

/// Counts and times commands. A run of the same quick command is timed as one, so that a batch of them costs two looks at
/// the clock; others are timed one by one, for the slow log.
struct Meter {
    slower_than: Option<Duration>,
    /// Whether even quick commands may count as slow.
    each: bool,
    since: Instant,
    /// Time from the start to the last look at the clock.
    spent: Duration,
    quick: Option<&'static Entry>,
    calls: u64,
}

impl Meter {
    /// Below this threshold, quick commands are timed one by one too.
    const EACH_BELOW: Duration = Duration::from_millis(1);

    fn new(slower_than_us: i64) -> Meter {
        let since = Instant::now();
        let mut meter = Meter {
            slower_than: None,
            each: false,
            since,
            spent: Duration::ZERO,
            quick: None,
            calls: 0,
        };
        meter.obey(slower_than_us);
        meter
    }

    /// Judges commands by another threshold from here on; a negative one finds none slow.
    fn obey(&mut self, slower_than_us: i64) {
        self.slower_than = u64::try_from(slower_than_us).ok().map(Duration::from_micros);
        self.each = self.slower_than.is_some_and(|threshold| threshold < Self::EACH_BELOW);
    }

    /// Counts a command that has just been run; returns the time it took if it was slow.
    fn count(&mut self, counters: &Counters, entry: &'static Entry) -> Option<Duration> {
        let quick = entry.quick && !self.each;
        if quick && self.quick.is_none_or(|last| last.id == entry.id) {
            self.quick = Some(entry);
            self.calls += 1;
            return None;
        }
        // The time since the last look is shared by the run before and this command.
        if let Some(last) = self.quick.take() {
            let took = self.lap() / 2;
            counters.count_calls(last.id, self.calls, took);
            counters.count_calls(entry.id, 1, took);
            self.calls = 0;
            return self.slow(entry, took);
        }
        let took = self.lap();
        counters.count_calls(entry.id, 1, took);
        self.slow(entry, took)
    }

    fn finish(&mut self, counters: &Counters) {
        if let Some(last) = self.quick.take() {
            let took = self.lap();
            counters.count_calls(last.id, self.calls, took);
        }
    }

    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        let took = now.duration_since(std::mem::replace(&mut self.since, now));
        self.spent += took;
        took
    }

    fn slow(&self, entry: &Entry, took: Duration) -> Option<Duration> {
        let logged = !entry.command.flags.has(Flags::SKIP_SLOWLOG);
        self.slower_than.filter(|threshold| logged && took >= *threshold).map(|_| took)
    }
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
            assert_eq!(pipeline.run(&std::mem::take(&mut input), &mut out), Progress::More);
            assert_eq!(out, b"+OK\r\n".repeat(replies));
        }
        assert_eq!(pipeline.run(&[], &mut out), Progress::NeedInput);
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
