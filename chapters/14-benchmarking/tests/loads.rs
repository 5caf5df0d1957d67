//! Both loops over real sockets, against the finished server and against servers that misbehave.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use chapter_14::{Load, LoadError, demonstration, fill};
use flashkv::{Config, Server};

const SHORT: Load = Load { connections: 4, time: Duration::from_millis(50) };

fn flashkv() -> Result<Server, flashkv::ServerError> {
    Server::bind(Config { port: 0, threads: Some(1), ..Config::default() })
}

/// A server whose connections each get these bytes for whatever they send first, and nothing more.
fn saying(reply: &'static [u8]) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(reply);
                // Until the client goes.
                while stream.read(&mut [0; 1024]).is_ok_and(|len| len > 0) {}
            });
        }
    });
    Ok(address)
}

#[test]
fn a_closed_loop_counts_every_reply_once() {
    let server = flashkv().unwrap();
    fill(server.address()).unwrap();
    assert_eq!(server.engine().db(0).len() as u64, chapter_14::workload::KEYS);
    for pipeline in [1, 16] {
        let outcome = SHORT.closed(server.address(), pipeline).unwrap();
        let answered = outcome.latencies.answered();
        assert!(answered > 0 && answered.is_multiple_of(pipeline as usize));
        assert!(outcome.rate > 0.0 && outcome.latencies.percentile(1.0).is_some());
    }
}

#[test]
fn an_open_loop_sends_as_many_as_are_due() {
    let server = flashkv().unwrap();
    fill(server.address()).unwrap();
    let outcome = SHORT.open(server.address(), 2000.0).unwrap();
    assert_eq!(outcome.latencies.answered(), 100);
}

#[test]
fn a_server_that_answers_errors_is_not_measured() {
    let server = saying(b"-ERR unknown command\r\n").unwrap();
    let said = r"the server answers: -ERR unknown command\r\n";
    assert_eq!(SHORT.closed(server, 1).unwrap_err().to_string(), said);
    assert_eq!(SHORT.open(server, 1000.0).unwrap_err().to_string(), said);
    assert_eq!(fill(server).unwrap_err().to_string(), said);
}

#[test]
fn a_server_that_answers_twice_is_not_measured() {
    let server = saying(b"+OK\r\n+OK\r\n").unwrap();
    let one = Load { connections: 1, ..SHORT };
    let said = "the server answers: more than it was asked";
    assert_eq!(one.closed(server, 1).unwrap_err().to_string(), said);
}

#[test]
fn a_server_without_the_keys_is_not_measured() {
    let server = flashkv().unwrap();
    let error = SHORT.closed(server.address(), 1).unwrap_err();
    assert!(matches!(error, LoadError::WrongReply(_)), "{error}");
}

// ANCHOR: omission
/// Bounds from below only: a machine that is busy makes latencies longer, never shorter.
#[test]
fn a_stall_is_charged_for_all_who_would_have_waited() {
    let load = Load { connections: 4, time: Duration::from_millis(200) };
    let (closed, open) = demonstration::run(&load, 1000.0, Duration::from_millis(100)).unwrap();
    assert!(closed.latencies.percentile(1.0).unwrap() >= 90.0);
    // Half of the requests are due while it stands still, a quarter in the first half of that: these wait for 50 ms.
    assert!(open.latencies.percentile(0.8).unwrap() >= 45.0);
}
// ANCHOR_END: omission
