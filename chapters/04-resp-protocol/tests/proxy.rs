//! The proxy between a client and a server, over real sockets.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use chapter_04::proxy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const DEADLINE: Duration = Duration::from_secs(10);

/// A server that reads until its client has closed its half, and only then sends `reply`.
async fn start_server(reply: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        stream.read_to_end(&mut request).await.unwrap();
        stream.write_all(reply).await.unwrap();
    });
    address.to_string()
}

async fn start_proxy(upstream: String) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, told) = mpsc::channel();
    let tell: proxy::Tell = Arc::new(move |text| drop(sender.send(text.to_string())));
    tokio::spawn(proxy::run(listener, upstream, tell));
    (address, told)
}

/// Sends `request`, closes this half, and returns all that comes back.
async fn ask(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let conversation = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        stream.shutdown().await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    tokio::time::timeout(DEADLINE, conversation).await.expect("in time").unwrap()
}

#[tokio::test]
async fn both_directions_pass_unchanged_and_are_told() {
    let (address, told) = start_proxy(start_server(b"%1\r\n+a\r\n_\r\n").await).await;
    assert_eq!(ask(address, b"*1\r\n$4\r\nPING\r\n").await, b"%1\r\n+a\r\n_\r\n");
    assert_eq!(
        told.recv_timeout(DEADLINE).unwrap(),
        "client 1 sends 14 bytes\n  \
           *1\\r\\n            array of 1 value\n    \
             $4\\r\\nPING\\r\\n  bulk string of 4 bytes\n"
    );
    assert_eq!(
        told.recv_timeout(DEADLINE).unwrap(),
        "client 1 gets 11 bytes\n  \
           %1\\r\\n    map of 1 pair\n    \
             +a\\r\\n  simple string\n    \
             _\\r\\n   null\n"
    );
}

#[tokio::test]
async fn what_is_no_resp_passes_all_the_same() {
    let (address, told) = start_proxy(start_server(b"HTTP/1.1 200 OK\r\n").await).await;
    assert_eq!(ask(address, b"PING\r\n").await, b"HTTP/1.1 200 OK\r\n");
    assert_eq!(
        told.recv_timeout(DEADLINE).unwrap(),
        "client 1 sends 6 bytes\n  PING\\r\\n  inline command\n"
    );
    assert_eq!(
        told.recv_timeout(DEADLINE).unwrap(),
        "client 1 gets what is no RESP: no type of RESP starts with `H`\n"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_reply() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    let (address, _told) = start_proxy(upstream.clone()).await;
    let answer = String::from_utf8(ask(address, b"").await).unwrap();
    assert!(answer.starts_with(&format!("-ERR cannot reach {upstream}: ")), "{answer}");
}
