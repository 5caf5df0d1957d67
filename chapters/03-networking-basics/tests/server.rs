//! The server over real sockets.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::net::SocketAddr;
use std::time::Duration;

use chapter_03::connection::MAX_LINE;
use chapter_03::server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const DEADLINE: Duration = Duration::from_secs(30);

async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::run(listener));
    address
}

/// Sends `request`, closes this half, and returns all that comes back.
async fn ask(address: SocketAddr, request: &[u8]) -> String {
    let conversation = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        stream.shutdown().await?;
        let mut answers = Vec::new();
        stream.read_to_end(&mut answers).await?;
        std::io::Result::Ok(String::from_utf8(answers).unwrap())
    };
    tokio::time::timeout(DEADLINE, conversation).await.expect("in time").unwrap()
}

#[tokio::test]
async fn all_is_answered_after_the_client_has_closed_its_half() {
    let address = start().await;
    assert_eq!(ask(address, b"PING\r\nECHO hi\r\nPI").await, "+PONG\r\n$2\r\nhi\r\n");
    assert_eq!(ask(address, b"").await, "");
}

#[tokio::test]
async fn an_idle_client_keeps_nobody_waiting() {
    let address = start().await;
    let _idle = TcpStream::connect(address).await.unwrap();
    assert_eq!(ask(address, b"PING\n").await, "+PONG\r\n");
}

#[tokio::test]
async fn a_client_that_sends_too_long_a_line_learns_why_it_is_closed() {
    let address = start().await;
    // Much more than the server reads before it refuses, and than it could leave unread without a reset.
    let line = vec![b'x'; 8 * MAX_LINE];
    assert_eq!(ask(address, &line).await, "-ERR Protocol error: too big inline request\r\n");
}

#[tokio::test]
async fn what_redis_cli_sends_is_taken_for_three_lines() {
    let address = start().await;
    let replies = ask(address, b"*1\r\n$4\r\nPING\r\n").await;
    assert_eq!(replies, "-ERR unknown command '*1'\r\n-ERR unknown command '$4'\r\n+PONG\r\n");
}
