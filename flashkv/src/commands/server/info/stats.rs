//! The sections of INFO that tell what the server has done, and what it holds.

use std::sync::atomic::{AtomicU64, Ordering};

use super::text::{Text, ratio};
use crate::commands::shared::Shared;
use crate::commands::table::table;
use crate::metrics::CommandStats;
use crate::storage::Millis;

pub(super) fn stats(shared: &Shared, _now: Millis, text: &mut Text) {
    let metrics = &shared.metrics;
    let totals = metrics.totals();
    let rate = metrics.rate();
    text.field("total_connections_received", load(&metrics.connections));
    text.field("total_commands_processed", totals.commands);
    text.field("instantaneous_ops_per_sec", rate.commands);
    text.field("total_net_input_bytes", totals.bytes_in);
    text.field("total_net_output_bytes", totals.bytes_out);
    text.field("instantaneous_input_kbps", Kilobytes(rate.bytes_in));
    text.field("instantaneous_output_kbps", Kilobytes(rate.bytes_out));
    text.field("rejected_connections", load(&metrics.rejected_connections));
    text.field("sync_full", 0);
    text.field("sync_partial_ok", 0);
    text.field("sync_partial_err", 0);
    text.field("expired_keys", totals.expired);
    text.field("expired_time_cap_reached_count", load(&metrics.sweeper.cut_short));
    text.field("expire_cycle_cpu_milliseconds", load(&metrics.sweeper.busy_us) / 1000);
    text.field("evicted_keys", 0);
    text.field("keyspace_hits", totals.hits);
    text.field("keyspace_misses", totals.misses);
    text.field("pubsub_channels", 0);
    text.field("pubsub_patterns", 0);
    text.field("latest_fork_usec", 0);
    text.field("total_forks", 0);
    text.field("total_error_replies", totals.errors);
}

/// Bytes in units of 1024, as Redis writes rates.
struct Kilobytes(u64);

impl std::fmt::Display for Kilobytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2}", self.0 as f64 / 1024.0)
    }
}

/// A line for each command that was called, subcommands by themselves.
pub(super) fn commands(shared: &Shared, _now: Millis, text: &mut Text) {
    for entry in table().all() {
        let stats = shared.metrics.command(entry.id);
        if stats != CommandStats::default() {
            let CommandStats { calls, us, rejected, failed } = stats;
            let each = ratio(us, calls);
            text.field(
                format_args!("cmdstat_{}", entry.full_name),
                format_args!(
                    "calls={calls},usec={us},usec_per_call={each:.2},rejected_calls={rejected},failed_calls={failed}"
                ),
            );
        }
    }
}

/// A line for each error code that was answered.
pub(super) fn errors(shared: &Shared, _now: Millis, text: &mut Text) {
    for (code, count) in shared.metrics.errors() {
        // Characters that mean something in this text must not come from an error's.
        let code = code.replace(['#', ':', '\r', '\n'], "_");
        text.field(format_args!("errorstat_{code}"), format_args!("count={count}"));
    }
}

/// A line for each database that holds keys.
pub(super) fn keyspace(shared: &Shared, now: Millis, text: &mut Text) {
    for database in 0..shared.engine.databases() {
        let count = shared.engine.key_count(database, now);
        if count.keys > 0 {
            text.field(
                format_args!("db{database}"),
                format_args!(
                    "keys={},expires={},avg_ttl={}",
                    count.keys, count.expires, count.average_ttl
                ),
            );
        }
    }
}

/// What the task that removes expired keys has done.
pub(super) fn sweeper(shared: &Shared, _now: Millis, text: &mut Text) {
    let counters = &shared.metrics.sweeper;
    text.field("rounds", load(&counters.rounds));
    text.field("cut_short", load(&counters.cut_short));
    text.field("examined", load(&counters.examined));
    text.field("expired", load(&counters.expired));
    text.field("busy_us", load(&counters.busy_us));
    text.field("interval_ms", load(&counters.interval_ms));
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
