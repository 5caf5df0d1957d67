//! Gives every read its time: a byte just before each deadline keeps the connection for ever.

use std::io;
use std::time::Duration;

use chapter_03::connection::MAX_LINE;
use chapter_03::framing::LineFramer;
use chapter_03::inline;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Serves one client.
pub async fn serve<S>(mut stream: S, patience: Duration) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut framer = LineFramer::new(MAX_LINE);
    let mut input = Vec::with_capacity(4096);
    let mut reply = Vec::new();
    loop {
        let read = stream.read_buf(&mut input);
        let count = match framer.pending() {
            0 => read.await?,
            _ => match timeout(patience, read).await {
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
    }
}
