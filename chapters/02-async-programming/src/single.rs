//! One thread for everything: one client after the other.
//!
//! Knows nothing of what is answered.

use std::io::{self, Read, Write};
use std::net::TcpListener;

use crate::pong;

// ANCHOR: single
/// Accepts clients for ever. While it serves one, it does nothing else.
///
/// # Errors
/// When no more clients can be accepted.
pub fn run(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        // One client's broken connection is no reason to stop.
        let _ = serve(stream);
    }
}

/// Serves one client until it leaves. Each `read` puts the thread to sleep until there is something to read.
pub(crate) fn serve(mut stream: impl Read + Write) -> io::Result<()> {
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(&pong::answer(chunk.get(..count).unwrap_or_default()))?;
    }
}
// ANCHOR_END: single
