//! How long commands take: for the statistics and the slow log, at the price of few looks at the clock.

use std::time::{Duration, Instant};

use smallvec::SmallVec;

use crate::commands::dispatch::Turn;
use crate::commands::slowlog::{SlowCommand, cut_arguments};
use crate::commands::spec::Flags;
use crate::commands::table::Entry;
use crate::metrics::Counters;
use crate::protocol::Args;
use crate::settings::Live;

/// Counts and times commands. A run of the same quick command is timed as one, so that a batch of them costs two looks at
/// the clock; others are timed one by one, for the slow log.
pub(super) struct Meter {
    slower_than: Option<Duration>,
    /// Whether even quick commands may count as slow.
    pub(super) each: bool,
    since: Instant,
    /// Time from the start to the last look at the clock.
    pub(super) spent: Duration,
    quick: Option<&'static Entry>,
    calls: u32,
    /// Entries of the slow log that are kept.
    kept: usize,
}

impl Meter {
    /// Below this threshold, quick commands are timed one by one too.
    const EACH_BELOW: Duration = Duration::from_millis(1);

    pub(super) fn new(settings: &Live) -> Meter {
        let since = Instant::now();
        let mut meter = Meter {
            slower_than: None,
            each: false,
            since,
            spent: Duration::ZERO,
            quick: None,
            calls: 0,
            kept: settings.slowlog_max_len,
        };
        meter.obey(settings.slowlog_slower_than);
        meter
    }

    /// Judges commands by another threshold from here on; a negative one finds none slow.
    pub(super) fn obey(&mut self, slower_than_us: i64) {
        self.slower_than = u64::try_from(slower_than_us).ok().map(Duration::from_micros);
        self.each = self.slower_than.is_some_and(|threshold| threshold < Self::EACH_BELOW);
    }

    /// Counts a command that has just been run, and logs it if it was slow.
    pub(super) fn count(&mut self, turn: &Turn<'_>, entry: &'static Entry, args: &Args<'_>) {
        if let Some(took) = self.time(turn.counters, entry) {
            self.note_slow(turn, args, took);
        }
    }

    #[cold]
    fn note_slow(&self, turn: &Turn<'_>, args: &Args<'_>, took: Duration) {
        let client = &turn.session.client;
        let command = SlowCommand {
            id: 0,
            at: turn.now / 1000,
            us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            args: cut_arguments(args.from(0), turn.session.secrets),
            address: client.address.clone(),
            name: client.labels().name,
        };
        turn.shared.slowlog.push(command, self.kept);
    }

    /// The time that a command took, if it was slow.
    fn time(&mut self, counters: &Counters, entry: &'static Entry) -> Option<Duration> {
        let quick = entry.quick && !self.each;
        if quick && self.quick.is_none_or(|last| std::ptr::eq(last, entry)) {
            self.quick = Some(entry);
            self.calls += 1;
            return None;
        }
        // The time since the last look is shared by the run before and this command.
        if let Some(last) = self.quick.take() {
            let took = self.lap() / 2;
            counters.count_calls(last.id, self.calls.into(), took);
            counters.count_calls(entry.id, 1, took);
            self.calls = 0;
            return self.slow(entry, took);
        }
        let took = self.lap();
        counters.count_calls(entry.id, 1, took);
        self.slow(entry, took)
    }

    /// Counts quick commands that have been run as a group; different ones share the time since the last look.
    pub(super) fn count_group(
        &mut self,
        counters: &Counters,
        commands: impl Iterator<Item = &'static Entry>,
    ) {
        let mut counted: SmallVec<[(&'static Entry, u32); 4]> = SmallVec::new();
        counted.extend(self.quick.take().map(|last| (last, self.calls)));
        for entry in commands {
            match counted.iter_mut().find(|(known, _)| std::ptr::eq(*known, entry)) {
                Some((_, calls)) => *calls += 1,
                None => counted.push((entry, 1)),
            }
        }
        self.calls = 0;
        match counted[..] {
            [] => return,
            [(only, calls)] => {
                (self.quick, self.calls) = (Some(only), calls);
                return;
            }
            _ => {}
        }
        let all = counted.iter().map(|(_, calls)| calls).sum::<u32>().max(1);
        let took = self.lap();
        for (entry, calls) in counted {
            counters.count_calls(entry.id, calls.into(), took * calls / all);
        }
    }

    pub(super) fn finish(&mut self, counters: &Counters) {
        if let Some(last) = self.quick.take() {
            let took = self.lap();
            counters.count_calls(last.id, self.calls.into(), took);
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
