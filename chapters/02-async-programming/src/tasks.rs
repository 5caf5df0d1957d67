//! A task for each client: a few threads take turns at whichever of them can go on.
//!
//! Knows nothing of what is answered.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::pong;

// ANCHOR: accept
/// Accepts clients for ever, and starts a task for each.
///
/// # Errors
/// When no more clients can be accepted.
pub async fn run(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream));
    }
}
// ANCHOR_END: accept

// ANCHOR: serve
/// Serves one client until it leaves. At each `.await` the thread is free for other tasks.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(&pong::answer(chunk.get(..count).unwrap_or_default())).await?;
    }
}
// ANCHOR_END: serve

// ANCHOR: select
/// The same until Ctrl-C.
///
/// # Errors
/// When no more clients can be accepted, or Ctrl-C cannot be watched for.
pub async fn run_until_ctrl_c(listener: TcpListener) -> io::Result<()> {
    tokio::select! {
        ended = run(listener) => ended,
        interrupted = tokio::signal::ctrl_c() => {
            println!("stopping");
            interrupted
        }
    }
}
// ANCHOR_END: select
