//! The naive server: it believes what a client announces, and parses from the first byte each time.
//!
//! It works as long as every client is honest and quick.

use std::error::Error;

use chapter_05::commands::answer;
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::measure::naive;
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers PING and ECHO, until a client announces more than there is memory
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7106)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let listener = TcpListener::bind((options.host.as_str(), options.port)).await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream));
    }
}

async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let (mut input, mut replies) = (Vec::new(), Vec::new());
    while stream.read_buf(&mut input).await? > 0 {
        while let Some((args, len)) = naive::parse(&input) {
            input.drain(..len);
            answer(&args, &mut Reply::new(&mut replies, ProtocolVersion::Resp2));
            stream.write_all(&replies).await?;
            replies.clear();
        }
    }
    Ok(())
}
