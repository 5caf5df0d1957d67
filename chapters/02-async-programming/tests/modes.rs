//! The three servers over real sockets: who keeps whom waiting.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use chapter_02::{single, tasks, threads};

/// For what must come; only a failing test waits for it.
const DEADLINE: Duration = Duration::from_secs(10);

/// For what must not come; waited out.
const QUIET: Duration = Duration::from_millis(100);

fn start(serve: impl FnOnce(TcpListener) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(listener));
    address
}

fn start_single() -> SocketAddr {
    start(|listener| single::run(&listener).unwrap())
}

fn start_threads() -> SocketAddr {
    start(|listener| threads::run(&listener).unwrap())
}

fn start_tokio() -> SocketAddr {
    start(|listener| {
        listener.set_nonblocking(true).unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            tasks::run(tokio::net::TcpListener::from_std(listener).unwrap()).await.unwrap();
        });
    })
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

fn expect_pong(client: &mut TcpStream) {
    let mut answer = [0; 7];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"+PONG\r\n");
}

#[test]
fn each_mode_answers_each_line_however_it_is_cut() {
    for address in [start_single(), start_threads(), start_tokio()] {
        let mut client = connect(address);
        client.write_all(b"PI").unwrap();
        client.write_all(b"NG\r\nPING\r\n").unwrap();
        expect_pong(&mut client);
        expect_pong(&mut client);
    }
}

#[test]
fn threads_and_tasks_answer_beside_an_idle_client() {
    for address in [start_threads(), start_tokio()] {
        let mut idle = connect(address);
        idle.write_all(b"PING\r\n").unwrap();
        expect_pong(&mut idle);
        let mut client = connect(address);
        client.write_all(b"PING\r\n").unwrap();
        expect_pong(&mut client);
    }
}

#[test]
fn a_single_thread_answers_only_when_the_idle_client_has_left() {
    let address = start_single();
    let mut idle = connect(address);
    idle.write_all(b"PING\r\n").unwrap();
    expect_pong(&mut idle);
    let mut client = connect(address);
    client.write_all(b"PING\r\n").unwrap();

    client.set_read_timeout(Some(QUIET)).unwrap();
    let error = client.read(&mut [0; 7]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");

    drop(idle);
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    expect_pong(&mut client);
}
