//! The server over real sockets.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;
use chapter_11::connection::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(30);

async fn start(limits: Limits) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let engine = Arc::new(Engine::new(Clock::System));
    tokio::spawn(chapter_11::serve(listener, limits, move |request, reply| {
        dispatch(&engine, request, reply);
    }));
    address
}

/// Sends `requests` while it reads, closes this half, and returns all that comes back.
async fn ask(address: SocketAddr, requests: &[u8]) -> Vec<u8> {
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let mut replies = Vec::new();
    let send = async {
        writer.write_all(requests).await?;
        writer.shutdown().await
    };
    let conversation = async { tokio::try_join!(send, reader.read_to_end(&mut replies)) };
    timeout(DEADLINE, conversation).await.expect("in time").unwrap();
    replies
}

#[tokio::test]
async fn a_pipeline_longer_than_a_batch_is_answered_in_order() {
    let requests: Vec<u8> = (0..5000).flat_map(|_| *b"INCR a\r\n").collect();
    let replies: String = (1..=5000).map(|count| format!(":{count}\r\n")).collect();
    assert_eq!(ask(start(Limits::default()).await, &requests).await, replies.into_bytes());
}

#[tokio::test]
async fn a_request_of_megabytes_is_a_request() {
    let value = vec![b'v'; 5 << 20];
    let set = [
        format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${}\r\n", value.len()).as_bytes(),
        &value,
        b"\r\nGET k\r\n",
    ]
    .concat();
    let replies = [format!("+OK\r\n${}\r\n", value.len()).as_bytes(), &value, b"\r\n"].concat();
    assert!(ask(start(Limits::default()).await, &set).await == replies);
}

#[tokio::test]
async fn a_client_that_asks_for_too_much_is_closed_and_no_other() {
    let address = start(Limits { output_max: 1000, ..Limits::default() }).await;
    let append = [b"APPEND k ", &[b'v'; 900][..], b"\r\n"].concat();
    assert_eq!(ask(address, &append.repeat(2)).await, b":900\r\n:1800\r\n");
    assert_eq!(ask(address, b"GET k\r\n").await, b"");
    assert_eq!(ask(address, b"STRLEN k\r\n").await, b":1800\r\n");
}

#[tokio::test]
async fn a_client_that_cannot_be_followed_learns_why() {
    // Much more behind it than the server reads at once.
    let requests = [b"PING\r\n*1\r\n:1\r\n", &[b'x'; 1 << 20][..]].concat();
    assert_eq!(
        ask(start(Limits::default()).await, &requests).await,
        b"+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n"
    );
}
