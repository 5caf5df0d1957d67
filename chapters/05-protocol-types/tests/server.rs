//! The server over real sockets.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const DEADLINE: Duration = Duration::from_secs(30);

/// Sends `request`, closes this half, and returns all that comes back.
async fn ask(request: &[u8]) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(chapter_05::server::run(listener));
    let conversation = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        stream.shutdown().await?;
        let mut answers = Vec::new();
        stream.read_to_end(&mut answers).await?;
        std::io::Result::Ok(answers)
    };
    tokio::time::timeout(DEADLINE, conversation).await.expect("in time").unwrap()
}

#[tokio::test]
async fn replies_are_those_of_redis() {
    let requests = b"PING\r\nping hello\r\nECHO hi\r\n\r\nECHO\r\nNOPE a b\r\nPING a b\r\n";
    assert_eq!(
        String::from_utf8(ask(requests).await).unwrap(),
        "+PONG\r\n$5\r\nhello\r\n$2\r\nhi\r\n\
         -ERR wrong number of arguments for 'echo' command\r\n\
         -ERR unknown command 'NOPE', with args beginning with: 'a' 'b' \r\n\
         -ERR wrong number of arguments for 'ping' command\r\n"
    );
}

#[tokio::test]
async fn any_byte_comes_back_and_none_ends_a_reply() {
    assert_eq!(ask(b"ECHO a\\x0d\\x0a\\xff\r\n").await, b"$4\r\na\r\n\xff\r\n");
    assert_eq!(
        ask(b"NO\\x0d\\x0aPE\r\nECHO \\xzz\r\n").await,
        b"-ERR unknown command 'NO  PE', with args beginning with: \r\n$4\r\n\\xzz\r\n"
    );
}

#[tokio::test]
async fn a_line_without_an_end_is_refused() {
    let line = vec![b'x'; (64 << 10) + 1];
    assert_eq!(ask(&line).await, b"-ERR Protocol error: too big inline request\r\n");
}
