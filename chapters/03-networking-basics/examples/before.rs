//! The naive server: it takes each read for one message.
//!
//! It works as long as every client writes a line, waits for the answer, and has luck with the network.

use std::error::Error;

use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers PING and ECHO, as long as each read happens to be one line
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7103)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Options { host, port } = Options::parse();
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream));
    }
}

// ANCHOR: naive
async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut chunk = [0; 1024];
    loop {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        let message = String::from_utf8_lossy(chunk.get(..count).unwrap_or_default());
        let reply = match message.trim_end().split_once(' ') {
            None if message.trim_end() == "PING" => "+PONG\r\n".to_owned(),
            Some(("ECHO", text)) => format!("${}\r\n{text}\r\n", text.len()),
            _ => format!("-ERR unknown command '{}'\r\n", message.trim_end().replace("\r\n", " ")),
        };
        stream.write_all(reply.as_bytes()).await?;
    }
}
// ANCHOR_END: naive
