//! The server over real sockets.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::net::SocketAddr;
use std::time::Duration;

use chapter_05::commands::answer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const DEADLINE: Duration = Duration::from_secs(30);

async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(chapter_06::serve(listener, |request, reply| answer(request.args(), reply)));
    address
}

/// Sends `pieces`, closes this half, and returns all that comes back.
async fn ask(address: SocketAddr, pieces: &[&[u8]]) -> String {
    let conversation = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        for piece in pieces {
            stream.write_all(piece).await?;
        }
        stream.shutdown().await?;
        let mut answers = Vec::new();
        stream.read_to_end(&mut answers).await?;
        std::io::Result::Ok(String::from_utf8(answers).unwrap())
    };
    tokio::time::timeout(DEADLINE, conversation).await.expect("in time").unwrap()
}

#[tokio::test]
async fn requests_in_both_forms_and_any_pieces_are_answered() {
    let pieces: [&[u8]; 4] =
        [b"*1\r\n$4\r", b"\nPI", b"NG\r\nECHO \"a b\"\r\n*2\r\n$4\r\necho\r\n$2\r\n\r\n\r", b"\n"];
    let replies = "+PONG\r\n$3\r\na b\r\n$2\r\n\r\n\r\n";
    let address = start().await;
    assert_eq!(ask(address, &pieces).await, replies);
    let bytes = pieces.concat();
    assert_eq!(ask(address, &bytes.chunks(1).collect::<Vec<_>>()).await, replies);
}

#[tokio::test]
async fn a_large_request_is_a_request() {
    let text = "x".repeat(1 << 20);
    let request = format!("*2\r\n$4\r\nECHO\r\n${}\r\n{text}\r\n", text.len());
    let reply = format!("${}\r\n{text}\r\n", text.len());
    assert_eq!(ask(start().await, &[request.as_bytes()]).await, reply);
}

#[tokio::test]
async fn an_announcement_brings_nothing_down() {
    let address = start().await;
    let error = "-ERR Protocol error: invalid multibulk length\r\n";
    assert_eq!(ask(address, &[b"*10000000000000\r\n"]).await, error);
    assert_eq!(ask(address, &[b"*1000000000\r\n"]).await, "");
    assert_eq!(ask(address, &[b"PING\r\n"]).await, "+PONG\r\n");
}

#[tokio::test]
async fn a_client_that_cannot_be_followed_learns_why() {
    let replies = ask(start().await, &[b"PING\r\n*1\r\n:1\r\nPING\r\n"]).await;
    assert_eq!(replies, "+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n");
}
