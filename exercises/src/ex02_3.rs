//! 02.3 The line that select lost (hard, about 40 minutes)
//!
//! `relay` copies whole lines from its input to its output, and writes a line `tick` every second, so that whoever
//! reads knows that it is alive. It passed all tests. In use, now and then, the beginning of a line is missing: most
//! often when the sender is slow.
//!
//! Find out where the bytes go, and mend it. Lines and ticks must both go on as they do now: ticks at whole seconds from
//! the start, each line as soon as its end has come. What is left at the end without a line end is dropped.
//! Delete the `todo!` when you begin.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

/// Copies lines until the input ends, with a tick every second.
pub async fn relay(
    mut input: impl AsyncBufRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    todo!("find out where the bytes go");

    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    // The first one comes at once.
    ticks.tick().await;
    loop {
        tokio::select! {
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
