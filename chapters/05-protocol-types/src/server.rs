//! Clients that send lines. Knows where a line ends, from chapter 03, and where its words do; not what they mean.

use std::io;

use chapter_03::framing::LineFramer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::commands::answer;
use crate::protocol::{ErrorReply, ProtocolVersion, Reply, Text};

/// The longest line that is read, as in Redis.
const MAX_LINE: usize = 64 << 10;

/// Serves all clients, until it is dropped.
///
/// # Errors
/// When no client can be accepted any more.
pub async fn run(listener: TcpListener) -> io::Result<()> {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => drop(clients.spawn(serve(accepted?.0))),
            Some(_) = clients.join_next() => {}
        }
    }
}

// ANCHOR: serve
async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut framer = LineFramer::new(MAX_LINE);
    let (mut input, mut replies) = (Vec::with_capacity(4096), Vec::new());
    while stream.read_buf(&mut input).await? > 0 {
        framer.push(&input);
        input.clear();
        loop {
            let mut reply = Reply::new(&mut replies, ProtocolVersion::Resp2);
            match framer.next_line() {
                Ok(Some(line)) => answer(&words(line), &mut reply),
                Ok(None) => break,
                Err(_) => {
                    let text = b"ERR Protocol error: too big inline request";
                    reply.error(&ErrorReply::Other(Text(text.to_vec())));
                    return stream.write_all(&replies).await;
                }
            }
            stream.write_all(&replies).await?;
            replies.clear();
        }
    }
    Ok(())
}
// ANCHOR_END: serve

fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.map(unescape).collect()
}

/// `\xHH` becomes a byte, so that any byte can be sent in a line; in Redis it does so between quotes, which chapter 06
/// adds.
pub fn unescape(mut text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    while let [first, rest @ ..] = text {
        let (byte, after) = match text {
            [b'\\', b'x', high, low, after @ ..] => match hex_value(*high, *low) {
                Some(byte) => (byte, after),
                None => (*first, rest),
            },
            _ => (*first, rest),
        };
        bytes.push(byte);
        text = after;
    }
    bytes
}

fn hex_value(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
