//! The server over real sockets: who is let in, and how it ends.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::net::SocketAddr;
use std::time::Duration;

use chapter_12::{Config, Report, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(30);

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Report>,
}

async fn start(config: Config) -> Running {
    let server = Server::bind(Config { port: 0, ..config }).await.unwrap();
    let address = server.address();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(server.run(async { drop(stopped.await) }));
    Running { address, stop, ended }
}

async fn connect(server: &Running) -> TcpStream {
    TcpStream::connect(server.address).await.unwrap()
}

/// Sends a request and takes as many bytes as the reply has.
async fn ask(stream: &mut TcpStream, request: &str, reply: &str) {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut came = vec![0; reply.len()];
    timeout(DEADLINE, stream.read_exact(&mut came)).await.expect("in time").unwrap();
    assert_eq!(String::from_utf8(came).unwrap(), reply);
}

/// Everything until the server closes.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut came = Vec::new();
    timeout(DEADLINE, stream.read_to_end(&mut came)).await.expect("in time").unwrap();
    came
}

#[tokio::test]
async fn a_client_too_many_is_told_so_and_its_place_is_free_again_later() {
    let server = start(Config { maxclients: 2, ..Config::default() }).await;
    let (mut first, mut second) = (connect(&server).await, connect(&server).await);
    ask(&mut first, "PING\r\n", "+PONG\r\n").await;
    ask(&mut second, "PING\r\n", "+PONG\r\n").await;
    let mut third = connect(&server).await;
    assert_eq!(rest(&mut third).await, b"-ERR max number of clients reached\r\n");
    first.shutdown().await.unwrap();
    assert_eq!(rest(&mut first).await, b"");
    // The server closes before it counts.
    let next = async {
        loop {
            let mut next = connect(&server).await;
            next.write_all(b"PING\r\n").await.unwrap();
            let mut came = [0; 1];
            if next.read_exact(&mut came).await.is_ok() && came == *b"+" {
                return;
            }
        }
    };
    timeout(DEADLINE, next).await.expect("in time");
}

#[tokio::test]
async fn what_was_received_before_a_stop_is_answered() {
    let server = start(Config::default()).await;
    let mut idle = connect(&server).await;
    ask(&mut idle, "PING\r\n", "+PONG\r\n").await;
    let mut busy = connect(&server).await;
    let value = "x".repeat(100_000);
    let set = format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n{value}\r\n");
    ask(&mut busy, &set, "+OK\r\n").await;
    // Much more than the sockets and the server hold.
    let one = format!("$100000\r\n{value}\r\n");
    ask(&mut busy, &"GET k\r\n".repeat(300), &one).await;
    server.stop.send(()).unwrap();
    // It closes who says nothing, and accepts nobody.
    assert_eq!(rest(&mut idle).await, b"");
    drop(idle);
    assert!(TcpStream::connect(server.address).await.is_err());
    assert_eq!(rest(&mut busy).await.len(), 299 * one.len());
    drop(busy);
    let report = timeout(DEADLINE, server.ended).await.expect("in time").unwrap();
    assert_eq!(report.cut_off, 0);
}

#[tokio::test]
async fn a_client_that_does_not_read_delays_the_end_to_the_deadline_only() {
    let server = start(Config { shutdown_timeout: 0, ..Config::default() }).await;
    let mut client = connect(&server).await;
    ask(&mut client, &format!("APPEND k {}\r\n", "x".repeat(60_000)), ":60000\r\n").await;
    ask(&mut client, &"GET k\r\n".repeat(500), "$60000\r\n").await;
    server.stop.send(()).unwrap();
    let report = timeout(DEADLINE, server.ended).await.expect("in time").unwrap();
    assert_eq!(report.cut_off, 1);
}

#[tokio::test]
async fn a_port_that_is_taken_is_a_clear_error() {
    let server = start(Config::default()).await;
    let config = Config { port: server.address.port(), ..Config::default() };
    let error = Server::bind(config).await.unwrap_err().to_string();
    let start = format!("cannot listen on 127.0.0.1:{}: ", server.address.port());
    assert!(error.starts_with(&start), "{error}");
}
