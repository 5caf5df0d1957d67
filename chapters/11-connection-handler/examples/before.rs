//! The naive server: a buffer of 64 KiB should be enough for everybody.
//!
//! It works as long as no request is longer. It also writes each reply by itself, as the chapters before this one do.

use std::error::Error;
use std::sync::Arc;

use bytes::BytesMut;
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::RequestParser;
use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// All 46 commands, for requests of up to 64 KiB
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7111)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let listener = TcpListener::bind((options.host.as_str(), options.port)).await?;
    println!("listening on {}", listener.local_addr()?);
    let engine = Arc::new(Engine::new(Clock::System));
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream, Arc::clone(&engine)));
    }
}

// ANCHOR: naive
async fn serve(mut stream: TcpStream, engine: Arc<Engine>) -> std::io::Result<()> {
    let mut parser = RequestParser::default();
    let (mut buffer, mut replies) = (BytesMut::new(), Vec::new());
    let mut chunk = [0; 64 * 1024];
    loop {
        let room = chunk.len() - buffer.len();
        let count = stream.read(chunk.get_mut(..room).unwrap_or_default()).await?;
        if count == 0 {
            return Ok(());
        }
        buffer.extend_from_slice(chunk.get(..count).unwrap_or_default());
        while let Ok(Some(request)) = parser.parse(&mut buffer) {
            dispatch(&engine, &request, &mut Reply::new(&mut replies, ProtocolVersion::Resp2));
            stream.write_all(&replies).await?;
            replies.clear();
        }
    }
}
// ANCHOR_END: naive
