//! The naive version of chapter 07: one lock around the store, held while the reply is sent.
//!
//! It is correct: no update is lost. And one client that does not take its reply keeps all the others waiting.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply};
use chapter_06::protocol::{Limits, Request, RequestParser};
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

type Store = HashMap<Bytes, Bytes>;

/// The naive version: the lock is held while the reply is sent
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7107)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let listener = TcpListener::bind((options.host, options.port)).await?;
    println!("listening on {}", listener.local_addr()?);
    let store: Arc<Mutex<Store>> = Arc::default();
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve_client(stream, Arc::clone(&store)));
    }
}

// ANCHOR: client
async fn serve_client(mut stream: TcpStream, store: Arc<Mutex<Store>>) -> std::io::Result<()> {
    let mut parser = RequestParser::new(Limits::default());
    let mut buffer = BytesMut::new();
    loop {
        while let Ok(Some(request)) = parser.parse(&mut buffer) {
            let mut store = store.lock().await;
            let mut replies = Vec::new();
            answer(&mut store, &request, &mut Reply::new(&mut replies, ProtocolVersion::Resp2));
            // The lock is still held here. Tokio's mutex allows that; a client that does not read does the rest.
            stream.write_all(&replies).await?;
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}
// ANCHOR_END: client

fn answer(store: &mut Store, request: &Request, reply: &mut Reply<'_>) {
    match (request.name().to_ascii_lowercase().as_slice(), request.args()) {
        (b"get", [_, key]) => reply.bulk_or_null(store.get(key).map(|value| &value[..])),
        (b"set", [_, key, value]) => {
            store.insert(Bytes::copy_from_slice(key), Bytes::copy_from_slice(value));
            reply.ok();
        }
        (b"del", [_, keys @ ..]) if !keys.is_empty() => {
            reply.count(keys.iter().filter(|key| store.remove(*key).is_some()).count());
        }
        _ => reply.error(&ErrorReply::unknown_command(request.args())),
    }
}
