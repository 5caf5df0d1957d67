//! A thread for each client: whoever waits, waits alone.
//!
//! Knows nothing of what is answered.

use std::io;
use std::net::TcpListener;
use std::thread;

use crate::single;

// ANCHOR: threads
/// Accepts clients for ever, and starts a thread for each.
///
/// # Errors
/// When no more clients can be accepted, or no more threads be started.
pub fn run(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        thread::Builder::new().name("client".into()).spawn(move || single::serve(stream))?;
    }
}
// ANCHOR_END: threads
