//! The connections of a listener. Knows nothing of what is said on them.

use std::future::pending;
use std::io;

use chapter_05::protocol::Reply;
use chapter_06::accept;
use chapter_06::protocol::Request;
use tokio::net::{TcpListener, TcpStream};

use crate::connection::{ConnectionError, Limits, Pipeline, drive};

/// Serves every client that connects, as chapter 06's `serve` does, but batch by batch. Runs until it is dropped, and
/// takes its connections with it.
pub async fn serve<H>(listener: TcpListener, limits: Limits, handler: H)
where
    H: Fn(&Request, &mut Reply<'_>) + Clone + Send + 'static,
{
    accept(listener, |stream| serve_client(stream, Pipeline::new(limits, handler.clone()))).await;
}

async fn serve_client(
    stream: TcpStream,
    pipeline: Pipeline<impl Fn(&Request, &mut Reply<'_>)>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match drive(stream, pipeline, pending()).await {
        Ok(()) => Ok(()),
        Err(ConnectionError::Io(error)) => Err(error),
        Err(error @ ConnectionError::OutputLimit { .. }) => {
            eprintln!("closed a connection: {error}");
            Ok(())
        }
    }
}
