//! The sections of INFO that tell what the server is and how it stands.

use std::sync::atomic::Ordering;

use super::text::{Text, ratio};
use crate::commands::shared::Shared;
use crate::protocol::REDIS_VERSION;
use crate::storage::Millis;
use crate::system;

pub(super) fn server(shared: &Shared, now: Millis, text: &mut Text) {
    let uptime = now.saturating_sub(shared.started_at) / 1000;
    let threads = shared.settings.startup.worker_threads();
    text.field("redis_version", REDIS_VERSION);
    text.field("flashkv_version", env!("CARGO_PKG_VERSION"));
    text.field("redis_mode", "standalone");
    text.field("os", system::name());
    text.field("arch_bits", usize::BITS);
    text.field("process_id", std::process::id());
    text.field("run_id", &shared.run_id);
    text.field("tcp_port", shared.tcp_port());
    text.field("server_time_usec", now.saturating_mul(1000));
    text.field("uptime_in_seconds", uptime);
    text.field("uptime_in_days", uptime / (24 * 60 * 60));
    if let Some(path) = system::executable() {
        text.field("executable", path.display());
    }
    text.field("config_file", "");
    text.field("io_threads_active", u8::from(threads > 1));
    text.field("worker_threads", threads);
}

pub(super) fn clients(shared: &Shared, _now: Millis, text: &mut Text) {
    let buffers = Buffers::of(shared);
    text.field("connected_clients", shared.clients.count());
    text.field("cluster_connections", 0);
    text.field("maxclients", shared.settings.live().maxclients);
    text.field("client_recent_max_input_buffer", buffers.largest_input);
    text.field("client_recent_max_output_buffer", buffers.largest_output);
    text.field("blocked_clients", 0);
    text.field("tracking_clients", 0);
    text.field("clients_in_timeout_table", 0);
}

/// Bytes that wait in the clients' buffers.
#[derive(Debug, Default)]
struct Buffers {
    total: usize,
    largest_input: usize,
    largest_output: usize,
}

impl Buffers {
    fn of(shared: &Shared) -> Buffers {
        shared.clients.all().iter().fold(Buffers::default(), |all, client| {
            let input = client.query_buffer.load(Ordering::Relaxed);
            let output = client.output.load(Ordering::Relaxed);
            Buffers {
                total: all.total.saturating_add(input).saturating_add(output),
                largest_input: all.largest_input.max(input),
                largest_output: all.largest_output.max(output),
            }
        })
    }
}

/// `used_memory` is what the engine has allocated for keys, values and its tables, and what waits in the clients'
/// buffers, with what the databases take while they are empty. The rest of the program is not in it; `used_memory_rss` is the whole process, as the system sees it.
pub(super) fn memory(shared: &Shared, _now: Millis, text: &mut Text) {
    let dataset = shared.engine.memory() as u64;
    let buffers = Buffers::of(shared).total as u64;
    let overhead = buffers + shared.engine.fixed_memory() as u64;
    let used = dataset.saturating_add(overhead);
    let peak = shared.metrics.note_memory(usize::try_from(used).unwrap_or(usize::MAX)) as u64;
    let resident = system::resident_memory();
    text.bytes("used_memory", used);
    if let Some(resident) = resident {
        text.bytes("used_memory_rss", resident);
    }
    text.bytes("used_memory_peak", peak);
    text.field("used_memory_peak_perc", Percent(ratio(used, peak)));
    text.field("used_memory_overhead", overhead);
    text.field("used_memory_dataset", dataset);
    text.field("used_memory_dataset_perc", Percent(ratio(dataset, used)));
    if let Some(total) = system::total_memory() {
        text.bytes("total_system_memory", total);
    }
    text.bytes("maxmemory", 0);
    text.field("maxmemory_policy", "noeviction");
    if let Some(resident) = resident {
        text.field("mem_fragmentation_ratio", format_args!("{:.2}", ratio(resident, used)));
        text.field("mem_fragmentation_bytes", i128::from(resident) - i128::from(used));
    }
    text.field("mem_clients_slaves", 0);
    text.field("mem_clients_normal", buffers);
    text.field("mem_aof_buffer", 0);
    text.field("mem_allocator", system::allocator());
    text.field("active_defrag_running", 0);
}

/// A share as Redis writes it: `12.34%`.
struct Percent(f64);

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2}%", self.0 * 100.0)
    }
}

/// Nothing is ever saved; the fields say so to the tools that watch them, in the words of a Redis that has not saved yet.
pub(super) fn persistence(shared: &Shared, _now: Millis, text: &mut Text) {
    text.field("loading", 0);
    text.field("async_loading", 0);
    text.field("rdb_changes_since_last_save", shared.metrics.totals().changes);
    text.field("rdb_bgsave_in_progress", 0);
    text.field("rdb_last_save_time", shared.started_at / 1000);
    text.field("rdb_last_bgsave_status", "ok");
    text.field("rdb_last_bgsave_time_sec", -1);
    text.field("rdb_current_bgsave_time_sec", -1);
    text.field("rdb_saves", 0);
    text.field("aof_enabled", 0);
    text.field("aof_rewrite_in_progress", 0);
    text.field("aof_rewrite_scheduled", 0);
    text.field("aof_last_rewrite_time_sec", -1);
    text.field("aof_current_rewrite_time_sec", -1);
    text.field("aof_last_bgrewrite_status", "ok");
    text.field("aof_last_write_status", "ok");
}

pub(super) fn replication(_shared: &Shared, _now: Millis, text: &mut Text) {
    text.field("role", "master");
    text.field("connected_slaves", 0);
    text.field("master_failover_state", "no-failover");
    text.field("master_repl_offset", 0);
    text.field("second_repl_offset", -1);
    text.field("repl_backlog_active", 0);
}

pub(super) fn cpu(_shared: &Shared, _now: Millis, text: &mut Text) {
    if let Some(time) = system::cpu_time() {
        text.field("used_cpu_sys", format_args!("{:.6}", time.system.as_secs_f64()));
        text.field("used_cpu_user", format_args!("{:.6}", time.user.as_secs_f64()));
    }
    text.field("used_cpu_sys_children", "0.000000");
    text.field("used_cpu_user_children", "0.000000");
}

pub(super) fn cluster(_shared: &Shared, _now: Millis, text: &mut Text) {
    text.field("cluster_enabled", 0);
}
