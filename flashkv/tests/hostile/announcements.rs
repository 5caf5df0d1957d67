//! Memory follows what was received, never what was announced.

use flashkv::Config;

use super::stage::{Client, Stage, request};

/// Many clients, each of which sends this and then nothing.
fn crowd(stage: &Stage, count: usize, send: &[u8]) -> Vec<Client> {
    let mut clients: Vec<Client> = (0..count).map(|_| stage.client()).collect();
    clients.iter_mut().for_each(|client| client.send(send));
    clients
}

/// Waits until the server has read all that its clients have sent, as far as CLIENT LIST shows it.
fn settle(stage: &mut Stage, clients: usize, unfinished: u64) {
    let ids = 2..2 + clients as u64;
    super::stage::wait_until(|| {
        let list = stage.operator().bulk(&["CLIENT", "LIST"]);
        let held = format!(" qbuf={unfinished} ");
        list.lines().filter(|line| line.contains(&held)).count() == ids.clone().count()
    });
}

#[test]
fn two_hundred_clients_that_announce_512_mb_cost_next_to_nothing() {
    let mut stage = Stage::new();
    let send = b"*2\r\n$4\r\nECHO\r\n$536870912\r\n";
    let mut clients = crowd(&stage, 200, send);
    settle(&mut stage, 200, send.len() as u64);
    stage.is_well();
    clients[0].send(b"still nothing like 512 MB");
    stage.is_well();
}

#[test]
fn two_hundred_clients_that_announce_two_billion_arguments_cost_next_to_nothing() {
    let mut stage = Stage::new();
    let send = b"*2147483647\r\n$3\r\nDEL\r\n$1\r\nk\r\n";
    let _clients = crowd(&stage, 200, send);
    settle(&mut stage, 200, send.len() as u64);
    stage.is_well();
}

#[test]
fn counts_in_commands_allocate_nothing() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    client.ask(&["RPUSH", "list", "a"], ":1\r\n");
    let most = i64::MAX.to_string();
    client.ask(&["LPOS", "list", "a", "COUNT", &most, "MAXLEN", &most], "*1\r\n:0\r\n");
    client.ask(&["LRANGE", "list", "0", &most], "*1\r\n$1\r\na\r\n");
    client.ask(&["SCAN", "0", "COUNT", &most], "*2\r\n$1\r\n0\r\n*1\r\n$4\r\nlist\r\n");
    client.ask(&["LPOP", "list", &most], "*1\r\n$1\r\na\r\n");
    client.ask(&["SLOWLOG", "GET", &most], "*0\r\n");
    client.ask(&["CONFIG", "SET", "slowlog-max-len", &most], "+OK\r\n");
    client.ask(&["GETRANGE", "missing", "0", &most], "$0\r\n\r\n");
    stage.is_well();
}

#[test]
fn a_request_past_the_query_buffer_is_cut_off_and_logged() {
    let mut stage = Stage::new();
    stage.operator().ask(&["CONFIG", "SET", "client-query-buffer-limit", "1mb"], "+OK\r\n");
    let mut within = stage.client();
    let value = "v".repeat(1_000_000);
    within.ask(&["SET", "k", &value], "+OK\r\n");
    let mut past = stage.client();
    let request = request(&["SET", "k", &"x".repeat(3 << 20)]);
    // It may be cut off before it has sent everything.
    let _ = std::io::Write::write_all(&mut past.0, &request);
    past.expect_gone();
    stage.has_logged("its request is too long");
    within.ask(&["STRLEN", "k"], ":1000000\r\n");
    stage.is_well();
}

#[test]
fn many_small_arguments_count_towards_the_query_buffer() {
    let mut stage = Stage::new();
    stage.operator().ask(&["CONFIG", "SET", "client-query-buffer-limit", "1mb"], "+OK\r\n");
    let mut client = stage.client();
    let send = [&b"*2147483647\r\n"[..], &b"$1\r\nx\r\n".repeat(500_000)].concat();
    let _ = std::io::Write::write_all(&mut client.0, &send);
    client.expect_gone();
    stage.is_well();
}

#[test]
fn the_longest_string_can_be_lowered() {
    let mut stage = Stage::new();
    stage.operator().ask(&["CONFIG", "SET", "proto-max-bulk-len", "1mb"], "+OK\r\n");
    let mut client = stage.client();
    client.ask(&["SETRANGE", "k", "1048575", "x"], ":1048576\r\n");
    let too_long = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
    client.ask(&["APPEND", "k", "x"], too_long);
    client.ask(&["SETRANGE", "k", "1048576", "x"], too_long);
    client.ask(&["STRLEN", "k"], ":1048576\r\n");
    client.send(b"*2\r\n$4\r\nECHO\r\n$1048577\r\n");
    client.expect("-ERR Protocol error: invalid bulk length\r\n");
    client.expect_end();
    stage.is_well_with(1 << 20);
}

#[test]
fn a_large_value_leaves_nothing_behind() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    let value = "v".repeat(32 << 20);
    for _ in 0..3 {
        client.ask(&["SET", "k", &value], "+OK\r\n");
        client.ask(&["DEL", "k"], ":1\r\n");
    }
    drop(client);
    // The value here is the test's own.
    stage.is_well_with(33 << 20);
}

#[test]
fn a_server_without_room_says_so_and_has_room_again() {
    let mut stage = Stage::with(Config { maxclients: 20, ..Config::default() });
    let mut clients: Vec<Client> = (0..19).map(|_| stage.client()).collect();
    clients.iter_mut().for_each(Client::ping);
    for _ in 0..200 {
        let mut refused = stage.client();
        refused.expect("-ERR max number of clients reached\r\n");
        refused.expect_end();
    }
    clients.iter_mut().for_each(Client::ping);
    drop(clients);
    stage.wait_for_clients(1);
    stage.is_well();
}
