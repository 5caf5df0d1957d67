//! The server over real sockets: pipelining, requests cut anywhere, inline requests, half-closed connections, a change of
//! RESP version in mid-stream, limits on clients, and stopping under load.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use flashkv::{Config, Server};

/// For what must come; only a failing test waits for it.
const DEADLINE: Duration = Duration::from_secs(10);

fn server() -> Server {
    Server::bind(Config { port: 0, threads: Some(2), ..Config::default() }).unwrap()
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads exactly as many bytes as are expected, and compares them.
#[track_caller]
fn expect(stream: &mut impl Read, expected: &[u8]) {
    let mut reply = vec![0; expected.len()];
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(reply.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[track_caller]
fn expect_end(stream: &mut impl Read) {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert_eq!(rest.escape_ascii().to_string(), "");
}

fn request(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n{word}\r\n", word.len()).into_bytes());
    }
    bytes
}

/// A session that touches arrays, inline requests, binary data, errors and both RESP versions.
fn session() -> (Vec<u8>, Vec<u8>) {
    let requests = [
        request(&["SET", "key", "value\r\n*1\r\n"]),
        b"GET key\r\n".to_vec(),
        request(&["RPUSH", "list", "a", "", "c"]),
        b"lrange list 0 -1\n".to_vec(),
        b"\r\n".to_vec(),
        request(&["NOSUCH", "x"]),
        b"SET \"quoted key\" 'single \\' quote'\r\n".to_vec(),
        request(&["GET", "quoted key"]),
        request(&["GET", "missing"]),
        request(&["INCR", "list"]),
        request(&["PING"]),
    ];
    let replies: [&[u8]; 11] = [
        b"+OK\r\n",
        b"$11\r\nvalue\r\n*1\r\n\r\n",
        b":3\r\n",
        b"*3\r\n$1\r\na\r\n$0\r\n\r\n$1\r\nc\r\n",
        b"",
        b"-ERR unknown command 'NOSUCH', with args beginning with: 'x' \r\n",
        b"+OK\r\n",
        b"$14\r\nsingle ' quote\r\n",
        b"$-1\r\n",
        b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
        b"+PONG\r\n",
    ];
    (requests.concat(), replies.concat())
}

#[test]
fn a_pipeline_is_answered_in_order() {
    let server = server();
    let mut stream = connect(&server);
    let mut requests = Vec::new();
    let mut replies = Vec::new();
    for number in 1..=20_000 {
        requests.extend(request(&["INCR", "counter"]));
        replies.extend(format!(":{number}\r\n").into_bytes());
    }
    let mut writer = stream.try_clone().unwrap();
    let sender = thread::spawn(move || writer.write_all(&requests).unwrap());
    expect(&mut stream, &replies);
    sender.join().unwrap();
}

#[test]
fn a_session_may_be_cut_at_any_byte() {
    let server = server();
    let (requests, replies) = session();
    for cut in 0..=requests.len() {
        let mut stream = connect(&server);
        stream.write_all(b"FLUSHALL\r\n").unwrap();
        expect(&mut stream, b"+OK\r\n");
        stream.write_all(&requests[..cut]).unwrap();
        // Enough for the first part to be read on its own, most of the time; right either way.
        thread::yield_now();
        stream.write_all(&requests[cut..]).unwrap();
        expect(&mut stream, &replies);
    }
}

#[test]
fn a_session_may_come_one_byte_at_a_time() {
    let server = server();
    let (requests, replies) = session();
    let mut stream = connect(&server);
    for byte in requests {
        stream.write_all(&[byte]).unwrap();
    }
    expect(&mut stream, &replies);
}

#[test]
fn a_half_closed_connection_gets_all_its_replies() {
    let server = server();
    let mut stream = connect(&server);
    let value = "v".repeat(100_000);
    let mut requests = request(&["SET", "big", &value]);
    for _ in 0..100 {
        requests.extend(request(&["GET", "big"]));
    }
    let mut writer = stream.try_clone().unwrap();
    let sender = thread::spawn(move || {
        writer.write_all(&requests).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    expect(&mut stream, b"+OK\r\n");
    let one = format!("$100000\r\n{value}\r\n").into_bytes();
    for _ in 0..100 {
        expect(&mut stream, &one);
    }
    expect_end(&mut stream);
    sender.join().unwrap();
}

#[test]
fn the_version_may_change_in_mid_connection() {
    let server = server();
    let mut stream = connect(&server);
    stream
        .write_all(b"GET missing\r\nHELLO 3\r\nGET missing\r\nHELLO 2\r\nGET missing\r\n")
        .unwrap();
    let mut replies = Vec::new();
    stream.shutdown(Shutdown::Write).unwrap();
    stream.read_to_end(&mut replies).unwrap();
    let text = String::from_utf8(replies).unwrap();
    assert!(text.starts_with("$-1\r\n%7\r\n$6\r\nserver\r\n"), "{text}");
    assert!(text.contains("_\r\n*14\r\n$6\r\nserver\r\n"), "{text}");
    assert!(text.ends_with("$-1\r\n"), "{text}");
}

#[test]
fn the_same_server_answers_on_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flashkv.sock");
    let config = Config { port: 0, unixsocket: Some(path.clone()), ..Config::default() };
    let server = Server::bind(config).unwrap();
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let (requests, replies) = session();
    stream.write_all(&requests).unwrap();
    expect(&mut stream, &replies);
    server.stop();
    assert!(!path.exists(), "the socket's file is removed");
}

#[test]
fn one_client_too_many_is_told_so() {
    let config = Config { port: 0, maxclients: 2, ..Config::default() };
    let server = Server::bind(config).unwrap();
    let mut admitted: Vec<TcpStream> = (0..2).map(|_| connect(&server)).collect();
    for stream in &mut admitted {
        stream.write_all(b"PING\r\n").unwrap();
        expect(stream, b"+PONG\r\n");
    }
    let mut refused = connect(&server);
    expect(&mut refused, b"-ERR max number of clients reached\r\n");
    expect_end(&mut refused);
    admitted.pop();
    // The place is free once the server has noticed; a client that tries again gets it.
    let mut tries = 0;
    loop {
        let mut stream = connect(&server);
        let mut reply = [0; 7];
        if stream.write_all(b"PING\r\n").is_ok()
            && stream.read_exact(&mut reply).is_ok()
            && &reply == b"+PONG\r\n"
        {
            break;
        }
        tries += 1;
        assert!(tries < 1000, "the place was never freed");
        thread::yield_now();
    }
}

#[test]
fn a_taken_port_is_a_clear_error() {
    let first = server();
    let config = Config { port: first.address().port(), ..Config::default() };
    let error = Server::bind(config).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot listen on {}: ", first.address())), "{error}");
    assert!(error.contains("--port"), "{error}");
}

#[test]
fn an_unknown_host_is_a_clear_error() {
    let config = Config { host: "no such host".into(), port: 0, ..Config::default() };
    let error = Server::bind(config).unwrap_err().to_string();
    assert!(error.starts_with("cannot find the host 'no such host': "), "{error}");
}

#[test]
fn a_stop_under_load_answers_what_was_done_and_does_what_was_answered() {
    let server = server();
    let engine = std::sync::Arc::clone(server.engine());
    let address = server.address();
    let started = AtomicUsize::new(0);
    let answered: u64 = thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                let started = &started;
                scope.spawn(move || {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.set_read_timeout(Some(DEADLINE)).unwrap();
                    let batch = request(&["INCR", "done"]).repeat(50);
                    let mut replies = Vec::new();
                    let mut buffer = [0; 4096];
                    let mut first = 1;
                    while stream.write_all(&batch).is_ok() {
                        match stream.read(&mut buffer) {
                            Ok(0) | Err(_) => break,
                            Ok(count) => replies.extend_from_slice(&buffer[..count]),
                        }
                        started.fetch_add(std::mem::take(&mut first), Ordering::Relaxed);
                    }
                    // What was sent before the end may still be on its way.
                    let _ = stream.read_to_end(&mut replies);
                    replies.iter().filter(|byte| **byte == b'\n').count() as u64
                })
            })
            .collect();
        // Each has had an answer, and all of them go on.
        while started.load(Ordering::Relaxed) < 8 {
            thread::yield_now();
        }
        server.stop();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    let done = engine.db(0).get("done").unwrap().unwrap();
    let done: u64 = String::from_utf8(done).unwrap().parse().unwrap();
    assert!(answered > 0);
    // A reply may be lost with the connection's end (the peer resets it), a change behind a reply never.
    assert!(answered <= done, "{answered} answered, {done} done");
}

#[test]
fn a_stopped_server_refuses_connections() {
    let server = server();
    let address = server.address();
    let mut stream = connect(&server);
    stream.write_all(b"PING\r\n").unwrap();
    expect(&mut stream, b"+PONG\r\n");
    server.stop();
    expect_end(&mut stream);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn shutdown_ends_the_server() {
    let server = server();
    let mut stream = connect(&server);
    stream.write_all(b"SHUTDOWN NOSAVE\r\n").unwrap();
    expect_end(&mut stream);
    assert!(server.shared().is_stopping());
}

#[test]
fn a_killed_client_is_closed_at_once() {
    let server = server();
    let mut victim = connect(&server);
    let mut killer = connect(&server);
    victim.write_all(b"CLIENT ID\r\n").unwrap();
    let mut id = [0; 4];
    victim.read_exact(&mut id).unwrap();
    let id = String::from_utf8_lossy(&id[1..2]).into_owned();
    killer.write_all(&request(&["CLIENT", "KILL", "ID", &id])).unwrap();
    expect(&mut killer, b":1\r\n");
    expect_end(&mut victim);
}

#[test]
fn ten_thousand_commands_in_one_write_leave_room_for_others() {
    let server = Server::bind(Config { port: 0, threads: Some(1), ..Config::default() }).unwrap();
    let mut busy = connect(&server);
    let mut other = connect(&server);
    busy.write_all(&b"PING\r\n".repeat(10_000)).unwrap();
    other.write_all(b"PING\r\n").unwrap();
    expect(&mut other, b"+PONG\r\n");
    expect(&mut busy, &b"+PONG\r\n".repeat(10_000));
}
