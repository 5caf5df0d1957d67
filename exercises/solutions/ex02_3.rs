//! 02.3, solved: what has been read of a line lives outside of `select!`, so that the future that is dropped when a tick
//! comes takes nothing with it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

/// Copies lines until the input ends, with a tick every second.
pub async fn relay(
    mut input: impl AsyncBufRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    // The first one comes at once.
    ticks.tick().await;
    let mut line = Vec::new();
    loop {
        tokio::select! {
            // Dropped half-way, it leaves in `line` what it has read; the next one goes on behind that.
            read = input.read_until(b'\n', &mut line) => {
                read?;
                if !line.ends_with(b"\n") {
                    return Ok(());
                }
                output.write_all(&line).await?;
                line.clear();
            }
            _ = ticks.tick() => output.write_all(b"tick\n").await?,
        }
    }
}
