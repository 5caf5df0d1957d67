//! Many clients at once, and clients that leave at the worst moment.

use std::net::Shutdown;

use super::stage::{Client, PING, PONG, Stage, request};

#[test]
fn five_hundred_dribbling_clients_hold_nobody_up() {
    let mut stage = Stage::new();
    let mut clients: Vec<Client> = (0..500).map(|_| stage.client()).collect();
    let request = request(&["SET", "key", "value"]);
    for byte in &request {
        clients.iter_mut().for_each(|client| client.send([*byte]));
        stage.is_well();
    }
    clients.iter_mut().for_each(|client| client.expect("+OK\r\n"));
    stage.is_well();
}

#[test]
fn a_dribbled_line_is_answered() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    for byte in b"SET key 'a value'\r\nGET key\r\n" {
        client.send([*byte]);
    }
    client.expect("+OK\r\n$7\r\na value\r\n");
    stage.is_well();
}

#[test]
fn ten_thousand_connections_are_served() {
    // Both ends are in this process.
    let limit = rlimit::increase_nofile_limit(21_000).unwrap();
    let count = usize::try_from(limit.saturating_sub(1000) / 2).unwrap().min(9_900);
    let mut stage = Stage::new();
    let mut clients: Vec<Client> = (0..count).map(|_| stage.client()).collect();
    clients.iter_mut().for_each(|client| client.send(PING));
    clients.iter_mut().for_each(|client| client.expect(PONG));
    // Measured: 1.7 KB each.
    stage.is_well_with(4096 * count as u64);
    drop(clients);
    stage.wait_for_clients(1);
    stage.is_well_with(4096 * count as u64);
}

#[test]
fn clients_that_come_and_go_leave_nothing_behind() {
    let mut stage = Stage::new();
    for _ in 0..2000 {
        stage.client().send(b"*2\r\n$3\r\nGET\r\n$100\r\nunfinished");
    }
    stage.wait_for_clients(1);
    stage.is_well();
}

#[test]
fn resets_in_mid_command_change_nothing() {
    let mut stage = Stage::new();
    stage.operator().ask(&["SET", "key", "before"], "+OK\r\n");
    let request = request(&["SET", "key", "after"]);
    for cut in (0..request.len()).cycle().take(500) {
        let mut client = stage.client();
        client.send(&request[..cut]);
        client.reset();
    }
    stage.wait_for_clients(1);
    stage.operator().ask(&["GET", "key"], "$6\r\nbefore\r\n");
    stage.is_well();
}

#[test]
fn resets_with_replies_on_their_way_harm_nobody() {
    let mut stage = Stage::new();
    stage.operator().ask(&["SETRANGE", "big", "99999", "x"], ":100000\r\n");
    for _ in 0..50 {
        for _ in 0..10 {
            let mut client = stage.client();
            client.send(b"GET big\r\n".repeat(50));
            client.reset();
        }
        stage.wait_for_clients(1);
    }
    // What ten of them may have had waiting at once.
    stage.is_well_with(10 * (5 << 19));
}

#[test]
fn a_half_closed_client_gets_the_replies_to_what_is_complete() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    client.send(b"SET a b\r\nGET a\r\n*2\r\n$3\r\nGET\r\n$1\r\n");
    client.finish("+OK\r\n$1\r\nb\r\n");
    stage.is_well();
}

#[test]
fn a_half_closed_client_gets_the_reply_to_a_mistake() {
    let mut stage = Stage::new();
    let mut client = stage.client();
    client.send(b"PING\r\n*1\r\n:1\r\n");
    client.finish("+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n");
    stage.is_well();
}

#[test]
fn a_client_that_closes_at_once_is_forgotten() {
    let mut stage = Stage::new();
    for _ in 0..500 {
        stage.client().0.shutdown(Shutdown::Both).unwrap();
    }
    stage.wait_for_clients(1);
    stage.is_well();
}

#[test]
fn ten_thousand_commands_of_one_client_leave_others_their_turn() {
    let mut stage = Stage::new();
    let mut busy: Vec<Client> = (0..4).map(|_| stage.client()).collect();
    for client in &mut busy {
        client.send(request(&["INCR", "n"]).repeat(10_000));
        stage.is_well();
    }
    for client in &mut busy {
        let mut lines = std::io::BufReader::new(&client.0);
        for _ in 0..10_000 {
            let mut line = String::new();
            std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
            assert!(line.starts_with(':'), "{line}");
        }
    }
    stage.operator().ask(&["GET", "n"], "$5\r\n40000\r\n");
    stage.is_well();
}

#[test]
fn a_silent_client_is_closed_when_its_time_is_up() {
    let mut stage = Stage::new();
    stage.operator().ask(&["CONFIG", "SET", "timeout", "10"], "+OK\r\n");
    let mut silent = stage.client();
    silent.send(b"PING\r\n*1\r\n$4\r\nPI");
    silent.expect(PONG);
    stage.clock.advance(10_001);
    silent.expect_end();
    stage.client().ping();
}
