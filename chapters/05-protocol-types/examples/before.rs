//! The naive server: replies are text, put together with `format!`.
//!
//! It works as long as everything that a client sends is text, and has no line end in it.

use std::error::Error;

use chapter_03::framing::LineFramer;
use chapter_05::server::unescape;
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers PING and ECHO with formatted text, as long as it is fed text
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7105)]
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

async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut framer = LineFramer::new(64 << 10);
    let mut input = Vec::with_capacity(4096);
    while stream.read_buf(&mut input).await? > 0 {
        framer.push(&input);
        input.clear();
        while let Ok(Some(line)) = framer.next_line() {
            let reply = answer(&unescape(line));
            stream.write_all(reply.as_bytes()).await?;
        }
    }
    Ok(())
}

// ANCHOR: naive
fn answer(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    match line.split_once(' ') {
        None if line == "PING" => "+PONG\r\n".to_owned(),
        Some(("ECHO", text)) => format!("+{text}\r\n"),
        _ => format!("-ERR unknown command '{line}'\r\n"),
    }
}
// ANCHOR_END: naive
