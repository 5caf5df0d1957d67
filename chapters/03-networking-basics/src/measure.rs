//! The number of the chapter: how many reads it takes to get the same messages, sent in three ways.
//!
//! Both servers run in this process, and the client talks to them over real sockets.

use std::fmt::Write;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::connection::{self, Traffic};

const MESSAGES: usize = 300;
const PAUSE: Duration = Duration::from_millis(1);

/// How the client sends its messages.
#[derive(Debug, Clone, Copy)]
enum Sending {
    AfterTheAnswer,
    AllAtOnce,
    InHalves,
}

/// Measures and returns a table.
///
/// # Errors
/// When a connection breaks.
pub async fn run() -> io::Result<String> {
    let mut table =
        format!("{MESSAGES} times PING: reads of the server, and PONGs that come back\n");
    let _ = writeln!(table, "{:<34} {:>6} {:>6} {:>6}", "", "reads", "naive", "built");
    for (name, sending) in [
        ("one write each, after the answer", Sending::AfterTheAnswer),
        ("one write for all of them", Sending::AllAtOnce),
        ("two writes each, a pause between", Sending::InHalves),
    ] {
        let (_, naive) = converse(serve_naively, sending).await?;
        let (reads, built) = converse(connection::serve, sending).await?;
        let _ = writeln!(table, "{name:<34} {reads:>6} {naive:>6} {built:>6}");
    }
    Ok(table)
}

/// One client, one server, one connection: the server's reads, and the PONGs that the client got.
async fn converse<F>(
    serve: impl FnOnce(TcpStream) -> F,
    sending: Sending,
) -> io::Result<(usize, usize)>
where
    F: Future<Output = io::Result<Traffic>>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = TcpStream::connect(listener.local_addr()?).await?;
    let (server, _) = listener.accept().await?;
    let (traffic, pongs) = tokio::try_join!(serve(server), ask(client, sending))?;
    Ok((traffic.reads, pongs))
}

/// Sends the messages, closes its half, and counts the right answers.
async fn ask(mut stream: TcpStream, sending: Sending) -> io::Result<usize> {
    // Otherwise our own system would hold small writes back in order to send fewer packets.
    stream.set_nodelay(true)?;
    let mut answers = Vec::new();
    match sending {
        Sending::AfterTheAnswer => {
            let mut answer = *b"+PONG\r\n";
            for _ in 0..MESSAGES {
                stream.write_all(b"PING\r\n").await?;
                stream.read_exact(&mut answer).await?;
                answers.extend_from_slice(&answer);
            }
        }
        Sending::AllAtOnce => stream.write_all(&b"PING\r\n".repeat(MESSAGES)).await?,
        Sending::InHalves => {
            for _ in 0..MESSAGES {
                stream.write_all(b"PI").await?;
                tokio::time::sleep(PAUSE).await;
                stream.write_all(b"NG\r\n").await?;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    stream.shutdown().await?;
    stream.read_to_end(&mut answers).await?;
    Ok(answers.windows(7).filter(|window| window == b"+PONG\r\n").count())
}

/// What `examples/before.rs` does: takes each read for a message.
async fn serve_naively(mut stream: TcpStream) -> io::Result<Traffic> {
    let mut traffic = Traffic::default();
    let mut input = Vec::with_capacity(4096);
    while stream.read_buf(&mut input).await? > 0 {
        traffic.reads += 1;
        let answer: &[u8] = if input == b"PING\r\n" { b"+PONG\r\n" } else { b"-ERR\r\n" };
        stream.write_all(answer).await?;
        input.clear();
    }
    Ok(traffic)
}
