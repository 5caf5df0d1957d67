//! Asks for lines first. The one that is not finished is dropped all the same.

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
            biased;
            line = next_line(&mut input) => match line? {
                Some(line) => output.write_all(&line).await?,
                None => return Ok(()),
            },
            _ = ticks.tick() => output.write_all(b"tick\n").await?,
        }
    }
}

/// The next line with its end, or `None` at the end of the input.
async fn next_line(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line).await?;
    Ok(line.ends_with(b"\n").then_some(line))
}
