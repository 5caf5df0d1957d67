//! One client: read what is there, answer every complete line, end when the client does.
//!
//! Knows nothing of what a line says, nor of how clients are accepted.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::framing::LineFramer;
use crate::inline;

/// The longest line that is read, as in Redis.
pub const MAX_LINE: usize = 64 * 1024;

/// The most bytes that one read takes.
const READ: usize = 4096;

/// How long, and how much, is still taken from a client that is being refused.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: u64 = 1024 * 1024;

/// What came over a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Reads that gave bytes.
    pub reads: usize,
    /// Complete lines found in those bytes.
    pub messages: usize,
}

// ANCHOR: serve
/// Serves one client until it says that it will send nothing more.
///
/// # Errors
/// When the connection breaks.
pub async fn serve<S>(mut stream: S) -> io::Result<Traffic>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut framer = LineFramer::new(MAX_LINE);
    let mut input = Vec::with_capacity(READ);
    let mut reply = Vec::new();
    let mut traffic = Traffic::default();
    // Zero bytes: the client has closed its half. All that it sent before has been answered by then.
    while stream.read_buf(&mut input).await? > 0 {
        traffic.reads += 1;
        framer.push(&input);
        input.clear();
        loop {
            match framer.next_line() {
                Ok(Some(line)) => inline::answer(line, &mut reply),
                Ok(None) => break,
                Err(_) => {
                    refuse(stream).await?;
                    return Ok(traffic);
                }
            }
            traffic.messages += 1;
            stream.write_all(&reply).await?;
            reply.clear();
        }
    }
    Ok(traffic)
}
// ANCHOR_END: serve

// ANCHOR: refuse
/// Says what is wrong, closes our half, and drops what the client still sends until it has noticed. If the socket were
/// closed with something unread in it, the system would reset the connection, and the client might never see why.
async fn refuse<S>(mut stream: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(b"-ERR Protocol error: too big inline request\r\n").await?;
    stream.shutdown().await?;
    let mut rest = stream.take(LINGER_BYTES);
    let mut nowhere = tokio::io::sink();
    let dropped = tokio::io::copy(&mut rest, &mut nowhere);
    // A client that goes on for longer than that is cut off.
    let _ = tokio::time::timeout(LINGER, dropped).await;
    Ok(())
}
// ANCHOR_END: refuse

#[cfg(test)]
mod tests {
    use super::*;

    /// What `serve` answers to `pieces`, each of which it reads by itself, before the client closes its half.
    async fn converse(pieces: &[&[u8]]) -> (Vec<u8>, Traffic) {
        let mut client = tokio_pieces(pieces);
        let mut replies = Vec::new();
        let traffic = serve(tokio::io::join(&mut client, &mut replies)).await.unwrap();
        (replies, traffic)
    }

    /// A reader that gives one piece a read.
    fn tokio_pieces<'a>(pieces: &'a [&'a [u8]]) -> Box<dyn AsyncRead + Unpin + 'a> {
        pieces.iter().rev().fold(Box::new(tokio::io::empty()), |rest, piece| {
            Box::new(AsyncReadExt::chain(*piece, rest))
        })
    }

    #[tokio::test]
    async fn reads_are_not_messages() {
        let (replies, traffic) = converse(&[b"PI", b"NG\r\nECHO hi\r\nPI", b"NG\r\n"]).await;
        assert_eq!(replies, b"+PONG\r\n$2\r\nhi\r\n+PONG\r\n");
        assert_eq!(traffic, Traffic { reads: 3, messages: 3 });
    }

    #[tokio::test]
    async fn an_unfinished_last_line_is_not_answered() {
        let (replies, traffic) = converse(&[b"PING\r\nECHO hel"]).await;
        assert_eq!(replies, b"+PONG\r\n");
        assert_eq!(traffic, Traffic { reads: 1, messages: 1 });
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_refused_with_a_reason() {
        let line = vec![b'x'; MAX_LINE + 1];
        let (replies, _) = converse(&[b"PING\r\n", &line, b"\r\nPING\r\n"]).await;
        assert_eq!(replies, b"+PONG\r\n-ERR Protocol error: too big inline request\r\n");
    }
}
