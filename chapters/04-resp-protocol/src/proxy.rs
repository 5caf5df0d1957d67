//! Passes bytes on between clients and a server, and tells what they are.
//!
//! What it cannot describe it still passes on: to the two ends it must make no difference.

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::decode::{Decoder, Side, WireError};

/// What is done with each description: shown, or looked at by a test.
pub type Tell = Arc<dyn Fn(&dyn Display) + Send + Sync>;

/// Pause after a failed accept: usually the process is out of file descriptors, and will be for a moment.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Accepts clients for ever and connects each to `upstream`.
pub async fn run(listener: TcpListener, upstream: String, tell: Tell) {
    for number in 1.. {
        let stream = loop {
            match listener.accept().await {
                Ok((stream, _)) => break stream,
                Err(error) => tell(&format_args!("could not accept a client: {error}\n")),
            }
            tokio::time::sleep(AFTER_FAILURE).await;
        };
        let (upstream, tell) = (upstream.clone(), Arc::clone(&tell));
        tokio::spawn(async move {
            let client = format!("client {number}");
            match serve(stream, &upstream, &client, &tell).await {
                Ok(()) => tell(&format_args!("{client} left\n")),
                Err(error) => tell(&format_args!("{client} was lost: {error}\n")),
            }
        });
    }
}

// ANCHOR: serve
/// One client: a connection to the server, and two relays that run at the same time.
async fn serve(mut client: TcpStream, upstream: &str, name: &str, tell: &Tell) -> io::Result<()> {
    let server = match TcpStream::connect(upstream).await {
        Ok(server) => server,
        Err(error) => {
            let text = format!("-ERR cannot reach {upstream}: {error}\r\n");
            client.write_all(text.as_bytes()).await?;
            return Err(error);
        }
    };
    // Small frames must not wait for one another.
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::try_join!(
        relay(from_client, to_server, Side::Client, format!("{name} sends"), tell),
        relay(from_server, to_client, Side::Server, format!("{name} gets"), tell),
    )?;
    Ok(())
}

/// Passes on what one end sends until it has closed its half; then closes that half at the other end, too.
async fn relay(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    side: Side,
    title: String,
    tell: &Tell,
) -> io::Result<()> {
    let mut decoder = Some(Decoder::new(side));
    let mut chunk = Vec::with_capacity(16 << 10);
    while from.read_buf(&mut chunk).await? > 0 {
        // First told, then passed on: so a request is told before its reply.
        if let Some(Err(error)) = decoder.as_mut().map(|it| describe(it, &chunk, &title, tell)) {
            tell(&format_args!("{title} what is no RESP: {error}\n"));
            decoder = None;
        }
        to.write_all(&chunk).await?;
        chunk.clear();
    }
    to.shutdown().await
}
// ANCHOR_END: serve

/// Tells the frames that `bytes` complete.
///
/// # Errors
/// [`WireError`] if the stream cannot be followed any further.
pub fn describe(
    decoder: &mut Decoder,
    bytes: &[u8],
    title: &str,
    tell: &Tell,
) -> Result<(), WireError> {
    decoder.push(bytes);
    while let Some(frame) = decoder.next_frame()? {
        tell(&format_args!("{title} {} bytes\n{frame}", frame.bytes));
    }
    Ok(())
}
