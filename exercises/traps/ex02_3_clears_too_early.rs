//! Keeps the buffer outside, and empties it at the start of every turn: also of the one after a tick.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

/// Copies lines until the input ends, with a tick every second.
pub async fn relay(
    mut input: impl AsyncBufRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    ticks.tick().await;
    let mut line = Vec::new();
    loop {
        line.clear();
        tokio::select! {
            read = input.read_until(b'\n', &mut line) => {
                read?;
                if !line.ends_with(b"\n") {
                    return Ok(());
                }
                output.write_all(&line).await?;
            }
            _ = ticks.tick() => output.write_all(b"tick\n").await?,
        }
    }
}
