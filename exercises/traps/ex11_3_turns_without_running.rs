//! Comes back for the rest of a batch at once, whether or not it may run.

use std::io;
use std::time::Duration;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_11::connection::{Pipeline, Progress};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until};

/// Room for what one read gives.
const READ: usize = 16 << 10;

/// Serves one client to its end.
pub async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    mut pipeline: Pipeline<impl FnMut(&Request, &mut Reply<'_>)>,
    stall: Duration,
) -> io::Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut outbox = Vec::new();
    let mut progress = Progress::NeedInput;
    let mut deadline = Instant::now();
    loop {
        let may_run = outbox.len() < pipeline.limits().output_pause;
        let was_empty = outbox.is_empty();
        tokio::select! {
            biased;
            written = writer.write(&outbox), if !was_empty => {
                outbox.drain(..written?);
                deadline = Instant::now() + stall;
            }
            read = read(&mut reader, &mut pipeline), if progress == Progress::NeedInput && may_run => {
                progress = match read? {
                    0 => Progress::Refuse,
                    _ => pipeline.run(&mut outbox),
                };
            }
            () = tokio::task::yield_now(), if progress == Progress::More => {
                if may_run {
                    progress = pipeline.run(&mut outbox);
                }
            }
            () = sleep_until(deadline), if !was_empty => return Err(io::ErrorKind::TimedOut.into()),
            else => return Ok(()),
        }
        if was_empty {
            deadline = Instant::now() + stall;
        }
    }
}

async fn read<H: FnMut(&Request, &mut Reply<'_>)>(
    reader: &mut (impl AsyncRead + Unpin),
    pipeline: &mut Pipeline<H>,
) -> io::Result<usize> {
    let input = pipeline.input();
    input.reserve(READ);
    reader.read_buf(input).await
}
