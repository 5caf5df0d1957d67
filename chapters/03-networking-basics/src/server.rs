//! Listens, and gives each client a task of its own.
//!
//! Knows nothing of what is said on a connection.

use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use crate::connection::{self, Traffic};

/// Pause after a failed accept: usually the process is out of file descriptors, and will be for a moment.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

// ANCHOR: run
/// Accepts clients for ever.
pub async fn run(listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(stream))),
            Err(error) => {
                eprintln!("could not accept a client: {error}");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}
// ANCHOR_END: run

/// Serves one client and says what came of it.
async fn serve(stream: TcpStream) {
    match connection::serve(stream).await {
        Ok(Traffic { reads, messages }) => {
            println!("a client left: reads {reads}, messages {messages}");
        }
        Err(error) => println!("a client was lost: {error}"),
    }
}
