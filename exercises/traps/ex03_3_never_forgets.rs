//! Sets the deadline when a line begins, and keeps it while another has begun behind it.

use std::io;
use std::time::Duration;

use chapter_03::connection::MAX_LINE;
use chapter_03::framing::LineFramer;
use chapter_03::inline;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

/// Serves one client.
pub async fn serve<S>(mut stream: S, patience: Duration) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut framer = LineFramer::new(MAX_LINE);
    let mut input = Vec::with_capacity(4096);
    let mut reply = Vec::new();
    // When the line must be complete that has begun, if one has.
    let mut deadline: Option<Instant> = None;
    loop {
        let read = stream.read_buf(&mut input);
        let count = match deadline {
            None => read.await?,
            Some(deadline) => match timeout_at(deadline, read).await {
                Ok(count) => count?,
                Err(_) => return stream.write_all(b"-ERR line took too long\r\n").await,
            },
        };
        if count == 0 {
            return Ok(());
        }
        framer.push(&input);
        input.clear();
        while let Some(line) = framer.next_line().map_err(io::Error::other)? {
            inline::answer(line, &mut reply);
        }
        stream.write_all(&reply).await?;
        reply.clear();
        if framer.pending() == 0 {
            deadline = None;
        } else if deadline.is_none() {
            deadline = Some(Instant::now() + patience);
        }
    }
}
