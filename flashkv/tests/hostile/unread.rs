//! Clients that do not read their replies, or go on sending when nobody listens any more.

use std::io::Write;

use super::stage::{Client, PING, Stage, wait_until};

/// A client that asks for 100 MB and reads none of it; the server has stopped reading from it by now.
fn client_that_never_reads(stage: &mut Stage) -> Client {
    stage.operator().ask(&["SETRANGE", "big", "99999", "x"], ":100000\r\n");
    let mut client = stage.client();
    client.send(b"GET big\r\n".repeat(1000));
    wait_until(|| stage.listed(2, "omem") >= Some(1 << 20));
    client
}

#[test]
fn a_client_that_never_reads_is_not_read_from() {
    let mut stage = Stage::new();
    let mut client = client_that_never_reads(&mut stage);
    // More requests, until the sockets are full: they are not taken in.
    client.0.set_nonblocking(true).unwrap();
    let more = PING.repeat(1000);
    while client.0.write(&more).is_ok() {}
    stage.is_well();
    let (waiting, unread) = (stage.listed(2, "omem").unwrap(), stage.listed(2, "qbuf").unwrap());
    assert!(waiting < 1_200_000 && unread < 70_000, "{waiting} bytes wait, {unread} are unread");
    stage.is_well();
}

#[test]
fn a_client_that_reads_at_last_gets_everything() {
    let mut stage = Stage::new();
    let mut client = client_that_never_reads(&mut stage);
    let reply = [&b"$100000\r\n"[..], &[0; 99_999], b"x\r\n"].concat();
    for _ in 0..1000 {
        client.expect(&reply);
    }
    client.ping();
    stage.is_well();
}

#[test]
fn a_client_that_never_reads_is_closed_past_the_hard_limit_and_that_is_logged() {
    let mut stage = Stage::new();
    let limit = ["CONFIG", "SET", "client-output-buffer-limit", "normal 2mb 0 0"];
    stage.operator().ask(&limit, "+OK\r\n");
    stage.operator().ask(&["SETRANGE", "big", "33554431", "x"], ":33554432\r\n");
    let mut client = stage.client();
    client.send(b"GET big\r\nGET big\r\n");
    stage.has_logged("closed: it does not read its replies");
    client.expect_gone();
    stage.wait_for_clients(1);
    // The value, and what one reply to it takes.
    stage.is_well_with(66 << 20);
    stage.operator().ask(&["DEL", "big"], ":1\r\n");
}

#[test]
fn a_lowered_limit_reaches_a_client_that_is_stuck() {
    let mut stage = Stage::new();
    let mut client = client_that_never_reads(&mut stage);
    let limit = ["CONFIG", "SET", "client-output-buffer-limit", "normal 512kb 0 0"];
    stage.operator().ask(&limit, "+OK\r\n");
    client.expect_gone();
    stage.has_logged("closed: it does not read its replies");
    stage.is_well();
}

#[test]
fn a_killed_client_that_never_reads_is_gone_at_once() {
    let mut stage = Stage::new();
    let _client = client_that_never_reads(&mut stage);
    stage.operator().ask(&["CLIENT", "KILL", "ID", "2"], ":1\r\n");
    stage.wait_for_clients(1);
    stage.is_well();
}

#[test]
fn fifty_clients_that_never_read_cost_their_bound_each() {
    let mut stage = Stage::new();
    stage.operator().ask(&["SETRANGE", "big", "99999", "x"], ":100000\r\n");
    let mut clients: Vec<Client> = (0..50).map(|_| stage.client()).collect();
    clients.iter_mut().for_each(|client| client.send(b"GET big\r\n".repeat(500)));
    let shared = std::sync::Arc::clone(stage.server.shared());
    let relaxed = std::sync::atomic::Ordering::Relaxed;
    wait_until(|| {
        let clients = shared.clients.all();
        clients.iter().filter(|client| client.output.load(relaxed) >= 1 << 20).count() == 50
    });
    // A megabyte and a reply in a vector that may be half full, and the holes that it left where it grew: how many of
    // them the allocator gives to others depends on how the threads' requests met. Unbounded, it would be 50 MB each.
    stage.is_well_with(50 * (4 << 20));
}

#[test]
fn a_refusal_reaches_a_client_that_goes_on_sending() {
    for _ in 0..20 {
        let mut stage = Stage::new();
        let mut client = stage.client();
        client.send(b"*1\r\n$x\r\n");
        for _ in 0..50 {
            client.send([b'x'; 65_536]);
        }
        client.expect("-ERR Protocol error: invalid bulk length\r\n");
        client.expect_end();
        stage.is_well();
    }
}

#[test]
fn a_refused_client_that_never_stops_sending_is_closed() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    client.send(b"*1\r\n$x\r\n");
    wait_until(|| client.0.write_all(b"x").is_err());
    stage.wait_for_clients(1);
    stage.is_well();
}

#[test]
fn a_refused_client_that_floods_is_closed() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    client.send(b"*1\r\n$x\r\n");
    let flood = vec![b'x'; 1 << 20];
    wait_until(|| client.0.write_all(&flood).is_err());
    stage.wait_for_clients(1);
    stage.is_well();
}
