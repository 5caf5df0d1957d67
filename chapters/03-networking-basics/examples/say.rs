//! A client that sends exactly what it is told, one write for each argument, and shows every byte that comes back.
//!
//! Knows no protocol at all: that is what it is good for.

use std::error::Error;
use std::time::Duration;

use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Time enough for a write to arrive before the next one.
const PAUSE: Duration = Duration::from_millis(200);

/// How long to wait for a server that does not close the connection when we do.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends each argument with a write of its own, then closes its half and shows what comes back
#[derive(Debug, Parser)]
struct Options {
    /// Address of the server
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port of the server
    #[arg(long, default_value_t = 7003)]
    port: u16,
    /// What to send; \r and \n stand for the bytes 13 and 10
    #[arg(required = true, allow_hyphen_values = true)]
    pieces: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Options { host, port, pieces } = Options::parse();
    let mut stream = TcpStream::connect((host.as_str(), port))
        .await
        .map_err(|error| format!("no server answers on {host}:{port}: {error}"))?;
    stream.set_nodelay(true)?;
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let bytes = piece.replace("\\r", "\r").replace("\\n", "\n").into_bytes();
        stream.write_all(&bytes).await?;
    }
    // ANCHOR: half_close
    // "I shall send nothing more." Our other half stays open for the answers.
    stream.shutdown().await?;
    let mut answers = Vec::new();
    let read = stream.read_to_end(&mut answers);
    // ANCHOR_END: half_close
    if tokio::time::timeout(PATIENCE, read).await.is_err() {
        eprintln!("(the server keeps the connection open)");
    }
    for line in answers.split_inclusive(|&byte| byte == b'\n') {
        // Quotes can be shown as they are.
        println!("{}", line.escape_ascii().to_string().replace("\\'", "'").replace("\\\"", "\""));
    }
    Ok(())
}
