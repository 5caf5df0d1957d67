//! Sections, fields and figures of INFO, through in-process connections.

use std::sync::Arc;

use crate::connection::Wire;
use crate::storage::{Condition, Ttl};
use crate::{Clock, Config, Shared};

const NOW: u64 = 1_900_000_000_000;

fn start() -> (Arc<Shared>, Clock) {
    let clock = Clock::manual(NOW);
    (Shared::new(Config::default(), clock.clone()), clock)
}

/// What INFO answers in RESP2, without the length in front.
fn info(shared: &Arc<Shared>, sections: &str) -> String {
    let reply = Wire::new(shared).send(format!("INFO {sections}\r\n").as_bytes());
    let text = String::from_utf8(reply).unwrap();
    let (length, text) = text.split_once("\r\n").unwrap();
    let text = text.strip_suffix("\r\n").unwrap();
    assert_eq!(length, format!("${}", text.len()));
    text.to_string()
}

fn headings(text: &str) -> Vec<&str> {
    text.split("\r\n").filter_map(|line| line.strip_prefix("# ")).collect()
}

fn field<'t>(text: &'t str, name: &str) -> &'t str {
    text.split("\r\n")
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .unwrap_or_else(|| panic!("no field {name} in {text}"))
}

#[test]
fn sections_come_in_their_own_order_and_once() {
    let (shared, _) = start();
    assert_eq!(
        headings(&info(&shared, "keyspace SERVER keyspace nonsense")),
        ["Server", "Keyspace"]
    );
    let default = [
        "Server",
        "Clients",
        "Memory",
        "Persistence",
        "Stats",
        "Replication",
        "CPU",
        "Modules",
        "Errorstats",
        "Cluster",
        "Keyspace",
        "Sweeper",
    ];
    assert_eq!(headings(&info(&shared, "")), default);
    assert_eq!(headings(&info(&shared, "default")), default);
    let all = info(&shared, "all");
    assert_eq!(headings(&all).len(), default.len() + 1);
    assert_eq!(headings(&all), headings(&info(&shared, "Everything server")));
    assert_eq!(headings(&info(&shared, "default commandstats")), headings(&all));
}

#[test]
fn uptime_follows_the_clock() {
    let (shared, clock) = start();
    clock.advance(2 * 24 * 60 * 60 * 1000 + 1999);
    let text = info(&shared, "server");
    assert_eq!(field(&text, "uptime_in_seconds"), "172801");
    assert_eq!(field(&text, "uptime_in_days"), "2");
    assert_eq!(field(&text, "server_time_usec"), "1900172801999000");
    assert_eq!(field(&text, "run_id"), shared.run_id);
    assert_eq!(field(&text, "tcp_port"), "0");
    shared.set_tcp_port(7001);
    assert_eq!(field(&info(&shared, "server"), "tcp_port"), "7001");
}

#[test]
fn commands_are_counted_by_what_became_of_them() {
    let (shared, _) = start();
    let mut wire = Wire::new(&shared);
    wire.send(
        b"INFO nonsense\r\nINFO nonsense\r\nSWAPDB\r\nCOMMAND COUNT\r\nCOMMAND LIST x\r\nFOO\r\n",
    );
    let text = info(&shared, "commandstats errorstats stats");
    let stats = |name: &str| {
        let (calls, rest) = field(&text, name).split_once(",usec=").unwrap();
        let (_, rest) = rest.split_once(",rejected_").unwrap();
        format!("{calls},{rest}")
    };
    assert_eq!(stats("cmdstat_info"), "calls=2,calls=0,failed_calls=0");
    assert_eq!(stats("cmdstat_command|count"), "calls=1,calls=0,failed_calls=0");
    assert_eq!(stats("cmdstat_command|list"), "calls=1,calls=0,failed_calls=1");
    assert_eq!(field(&text, "cmdstat_swapdb").split(',').next(), Some("calls=0"));
    assert_eq!(stats("cmdstat_swapdb"), "calls=0,calls=1,failed_calls=0");
    assert!(!text.contains("cmdstat_get:"));
    assert_eq!(field(&text, "errorstat_ERR"), "count=3");
    assert_eq!(field(&text, "total_error_replies"), "3");
    assert_eq!(field(&text, "total_commands_processed"), "4");
}

#[test]
fn peak_memory_is_at_least_what_is_used() {
    let (shared, _) = start();
    shared.metrics.note_memory(1 << 30);
    let text = info(&shared, "memory");
    assert_eq!(field(&text, "used_memory_peak"), "1073741824");
    assert_eq!(field(&text, "used_memory_peak_human"), "1.00G");
    assert_eq!(
        field(&text, "used_memory").parse(),
        Ok(shared.engine.memory() + shared.engine.fixed_memory()),
        "a client without unfinished requests or waiting replies takes no buffer"
    );
}

#[test]
fn keyspace_counts_live_keys_and_what_they_have_left() {
    let (shared, clock) = start();
    let set = |database, key: &[u8], ttl| {
        let mut keys = [shared.engine.key(database, key)];
        let mut view = shared.engine.write(&mut keys, NOW);
        view.set(&keys[0], b"value", Condition::Always, ttl);
    };
    set(0, b"a", Ttl::Clear);
    set(0, b"b", Ttl::At(NOW + 1000));
    set(0, b"c", Ttl::At(NOW + 3000));
    set(3, b"d", Ttl::At(NOW + 500));
    let expected =
        "# Keyspace\r\ndb0:keys=3,expires=2,avg_ttl=2000\r\ndb3:keys=1,expires=1,avg_ttl=500\r\n";
    assert_eq!(info(&shared, "keyspace"), expected);
    clock.advance(1001);
    assert_eq!(
        info(&shared, "keyspace"),
        "# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=1999\r\n",
        "what has expired is not there, whether or not it has been removed"
    );
}
