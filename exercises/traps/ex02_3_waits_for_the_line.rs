//! Reads on to the end of a line once it has begun: nothing is lost, and nothing else happens meanwhile.

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
    loop {
        tokio::select! {
            ready = input.fill_buf() => {
                if ready?.is_empty() {
                    return Ok(());
                }
                let mut line = Vec::new();
                input.read_until(b'\n', &mut line).await?;
                if line.ends_with(b"\n") {
                    output.write_all(&line).await?;
                }
            }
            _ = ticks.tick() => output.write_all(b"tick\n").await?,
        }
    }
}
