//! What the transcripts cannot pin because it differs from run to run, or ends the server: the lines of CLIENT LIST,
//! what the slow log keeps secret, killing others, stopping.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use flashkv::config::DebugAccess;
use flashkv::connection::Wire;
use flashkv::{Clock, Config, Shared};

const T0: u64 = 1_700_000_000_000;

struct Server {
    shared: Arc<Shared>,
    clock: Clock,
}

impl Server {
    fn new() -> Server {
        let clock = Clock::manual(T0);
        let config = Config { enable_debug_command: DebugAccess::Local, ..Config::default() };
        Server { shared: Shared::new(config, clock.clone()), clock }
    }

    fn client(&self) -> Wire {
        Wire::new(&self.shared)
    }
}

fn ask(wire: &mut Wire, line: &str) -> String {
    String::from_utf8(wire.send(format!("{line}\r\n").as_bytes())).unwrap()
}

#[test]
fn a_client_line_has_the_fields_of_redis_in_its_order() {
    let server = Server::new();
    let mut client = server.client();
    ask(&mut client, "SELECT 3");
    ask(&mut client, "CLIENT SETNAME joe");
    ask(&mut client, "CLIENT NO-TOUCH on");
    ask(&mut client, "CLIENT SETINFO LIB-NAME lib");
    ask(&mut client, "CLIENT SETINFO lib-ver 1.2");
    server.clock.advance(5000);
    let reply = ask(&mut client, "CLIENT INFO");
    let line = reply.split("\r\n").nth(1).unwrap();
    let memory = line.split("tot-mem=").nth(1).unwrap().split(' ').next().unwrap();
    assert_eq!(
        line,
        format!(
            "id=1 addr=127.0.0.1:0 laddr=127.0.0.1:6379 fd=-1 name=joe age=5 idle=0 flags=T db=3 sub=0 psub=0 ssub=0 \
             multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem={memory} \
             events=r cmd=client|info user=default redir=-1 resp=2 lib-name=lib lib-ver=1.2\n"
        )
    );
}

#[test]
fn a_client_list_shows_others_as_of_their_last_command() {
    let server = Server::new();
    let (mut other, mut client, mut silent) = (server.client(), server.client(), server.client());
    silent.send(b"");
    ask(&mut other, "HELLO 3");
    server.clock.advance(2000);
    let list = ask(&mut client, "CLIENT LIST");
    let line = |id: u8| list.lines().find(|line| line.starts_with(&format!("id={id} "))).unwrap();
    assert!(line(1).contains(" age=2 idle=2 "), "{list}");
    assert!(line(1).contains(" cmd=hello ") && line(1).contains(" resp=3 "), "{list}");
    assert!(line(2).contains(" cmd=client|list ") && line(2).contains(" idle=0 "), "{list}");
    assert!(line(3).contains(" cmd=NULL "), "{list}");
    let picked = ask(&mut client, "CLIENT LIST ID 3 99 1 3");
    let ids: Vec<&str> = picked.lines().filter_map(|line| line.strip_prefix("id=")).collect();
    let ids: Vec<&str> = ids.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(ids, ["3", "1", "3"]);
}

#[test]
fn a_killed_client_is_closed_and_listed_no_more() {
    let server = Server::new();
    let (mut client, mut other) = (server.client(), server.client());
    assert_eq!(ask(&mut other, "PING"), "+PONG\r\n");
    assert_eq!(ask(&mut client, "CLIENT KILL ID 2 ADDR 127.0.0.1:0 TYPE normal"), ":1\r\n");
    assert!(other.is_closed());
    assert_eq!(ask(&mut client, "CLIENT KILL ID 2"), ":0\r\n");
    assert!(!ask(&mut client, "CLIENT LIST").contains("id=2 "));
    assert_eq!(ask(&mut client, "CLIENT KILL 127.0.0.1:0"), "+OK\r\n");
    assert!(client.is_closed());
}

#[test]
fn the_slow_log_keeps_passwords_to_itself() {
    let server = Server::new();
    let mut client = server.client();
    ask(&mut client, "CONFIG SET slowlog-log-slower-than 0");
    ask(&mut client, "CONFIG SET timeout 1 requirepass hunter2");
    ask(&mut client, "CONFIG SET nonsense 1 requirepass hunter2");
    ask(&mut client, "AUTH hunter2");
    ask(&mut client, "AUTH default hunter2 hunter2");
    ask(&mut client, "HELLO 2 SETNAME joe AUTH default hunter2");
    let log = ask(&mut client, "SLOWLOG GET -1");
    assert!(!log.contains("hunter2"), "{log}");
    assert!(log.contains("(redacted)") && log.contains("requirepass") && log.contains("joe"));
}

#[test]
fn shutdown_closes_without_an_answer_and_stops_the_server() {
    for request in ["SHUTDOWN", "shutdown nosave", "SHUTDOWN SAVE NOW FORCE", "SHUTDOWN NOW NOW"] {
        let server = Server::new();
        let mut client = server.client();
        assert_eq!(ask(&mut client, request), "", "{request}");
        assert!(client.is_closed() && server.shared.is_stopping(), "{request}");
    }
}

#[test]
fn debug_sleep_ends_with_the_server() {
    let server = Server::new();
    let mut client = server.client();
    server.shared.request_stop();
    let started = Instant::now();
    assert_eq!(ask(&mut client, "DEBUG SLEEP 1e18"), "+OK\r\n");
    assert_eq!(ask(&mut client, "DEBUG SLEEP inf"), "+OK\r\n");
    assert_eq!(ask(&mut client, "DEBUG SLEEP -1"), "+OK\r\n");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_skipped_reply_is_one_reply() {
    let server = Server::new();
    let mut client = server.client();
    let pipeline = "CLIENT REPLY SKIP\r\nPING a\r\nPING b\r\nCLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\n\
                    CLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nPING c\r\nPING d";
    assert_eq!(ask(&mut client, pipeline), "$1\r\nb\r\n+OK\r\n$1\r\nd\r\n");
}

#[test]
fn the_string_limit_follows_proto_max_bulk_len_within_a_pipeline() {
    let server = Server::new();
    let mut client = server.client();
    let pipeline = "CONFIG SET proto-max-bulk-len 1mb\r\n*1\r\n$1048577\r\n";
    let replies = ask(&mut client, pipeline);
    assert_eq!(replies, "+OK\r\n-ERR Protocol error: invalid bulk length\r\n");
    assert!(client.is_closed());
}
