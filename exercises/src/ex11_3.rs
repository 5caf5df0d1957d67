//! 11.3 The client that does not read (hard, about 50 minutes)
//!
//! `serve` does one thing at a time: it reads, runs, and waits until all replies are written. So a client that sends much
//! before it reads waits for the server, which waits for the client. And a client that never reads keeps its connection
//! and its memory for ever. Mend both:
//!
//! - While replies wait for the client, requests are read and run, until `limits().output_pause` bytes of replies wait.
//!   Above that nothing is read and nothing is run. When the client has taken some, it goes on, with what was read before.
//! - Every byte of a reply is sent once, in order. When the client has sent its last (a read gives 0), or cannot be
//!   followed (`Progress::Refuse`), what waits is still sent. Then `serve` returns `Ok(())`.
//! - If the socket takes no byte for the time `stall` while replies wait, `serve` returns an error of the kind `TimedOut`.
//!   What the client sends meanwhile makes no difference; while no reply waits, no time runs.
//!
//! `drive` of the chapter does the first two, and cannot do the third. Its `output_max` and its lingering are not asked
//! for, nor a `write` that takes 0 bytes. Use tokio's clock: `tokio::time`.
//! Delete the `todo!` when you begin.

use std::io;
use std::time::Duration;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_11::connection::{Pipeline, Progress};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Room for what one read gives.
const READ: usize = 16 << 10;

/// Serves one client to its end.
pub async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    mut pipeline: Pipeline<impl FnMut(&Request, &mut Reply<'_>)>,
    stall: Duration,
) -> io::Result<()> {
    todo!("do several things at a time");

    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut replies = Vec::new();
    loop {
        let input = pipeline.input();
        input.reserve(READ);
        if reader.read_buf(input).await? == 0 {
            return Ok(());
        }
        let mut progress = Progress::More;
        while progress == Progress::More {
            progress = pipeline.run(&mut replies);
            writer.write_all(&replies).await?;
            replies.clear();
        }
        if progress == Progress::Refuse {
            return Ok(());
        }
    }
}
