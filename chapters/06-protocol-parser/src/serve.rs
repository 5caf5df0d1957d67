//! The plain connection loop: reads, parses, handles one request, writes its reply, and so on. One write for each
//! command, which is what chapter 11 improves on.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use chapter_05::protocol::{ProtocolVersion, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::protocol::{Limits, Request, RequestParser};

/// Room for what one read gives.
const READ: usize = 16 << 10;

/// Pause after a failed accept: usually the process is out of descriptors, and will be for a moment.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Listens on `host` and `port`, says so on standard output, and serves until Ctrl-C.
///
/// # Errors
/// If it cannot listen there.
pub async fn run<H>(host: &str, port: u16, handler: H) -> io::Result<()>
where
    H: Fn(&Request, &mut Reply<'_>) + Clone + Send + 'static,
{
    let listener = TcpListener::bind((host, port)).await.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error}"))
    })?;
    println!("listening on {}", listener.local_addr()?);
    tokio::select! {
        () = serve(listener, handler) => Ok(()),
        stopped = tokio::signal::ctrl_c() => stopped,
    }
}

/// Serves every client that connects, each in a task of its own. Runs until it is dropped, and takes its connections
/// with it.
pub async fn serve<H>(listener: TcpListener, handler: H)
where
    H: Fn(&Request, &mut Reply<'_>) + Clone + Send + 'static,
{
    accept(listener, |stream| serve_client(stream, handler.clone())).await;
}

// ANCHOR: accept
/// Runs what `serve_client` makes of each client, in a task of its own. Runs until it is dropped, and takes those tasks
/// with it.
pub async fn accept<F>(listener: TcpListener, mut serve_client: impl FnMut(TcpStream) -> F)
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_client(stream));
                }
                Err(error) => {
                    eprintln!("could not accept a connection: {error}");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            },
            // What a connection ended with is its client's affair; a finished task's place is given back.
            Some(_) = connections.join_next() => {}
        }
    }
}
// ANCHOR_END: accept

// ANCHOR: client
async fn serve_client(
    mut stream: TcpStream,
    handler: impl Fn(&Request, &mut Reply<'_>),
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut parser = RequestParser::new(Limits::default());
    let mut buffer = BytesMut::new();
    let mut replies = Vec::new();
    loop {
        replies.clear();
        let mut reply = Reply::new(&mut replies, ProtocolVersion::Resp2);
        match parser.parse(&mut buffer) {
            Ok(Some(request)) => {
                handler(&request, &mut reply);
                stream.write_all(&replies).await?;
            }
            Ok(None) => {
                buffer.reserve(READ);
                if stream.read_buf(&mut buffer).await? == 0 {
                    return Ok(());
                }
            }
            Err(error) => {
                reply.error_text(&error);
                return stream.write_all(&replies).await;
            }
        }
    }
}
// ANCHOR_END: client
