//! 03.3 The client that dribbles (hard, about 40 minutes)
//!
//! The chapter's server keeps what it has of a line until the rest comes, for as long as it takes. A client that sends a
//! byte a minute keeps its buffer and its connection for ever; ten thousand of them keep everybody else out. (The attack
//! is known as Slowloris.)
//!
//! Write the connection of a server with a limit: a line has to be complete `patience` after its first byte arrived.
//!
//! - If it is not, the answer is `-ERR line took too long\r\n`, and the connection ends.
//! - A client with no line begun may be silent for as long as it likes: it costs next to nothing.
//! - Lines are answered with `inline::answer`, as in the chapter, and a half-close ends it well. For a line that is too
//!   long, just end the connection.
//!
//! `LineFramer::pending` tells how much of a line is waiting. For time use `tokio::time` only: the check moves that clock.

use std::io;
use std::time::Duration;

use chapter_03::connection::MAX_LINE;
use chapter_03::framing::LineFramer;
use chapter_03::inline;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Serves one client.
pub async fn serve<S>(mut stream: S, patience: Duration) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    todo!()
}
