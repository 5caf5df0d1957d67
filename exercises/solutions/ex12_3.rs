//! 12.3, solved: one channel on which a client asks for the end, and one by which the connections are told.

use std::sync::Arc;
use std::time::Duration;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_09::Engine;
use chapter_10::commands::dispatch;
use chapter_11::connection::{Limits, Pipeline, drive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Serves until a client says SHUTDOWN; returns how many clients were cut off.
pub async fn run(listener: TcpListener, engine: Arc<Engine>, patience: Duration) -> usize {
    let (ask, asked) = watch::channel(false);
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(until(asked));
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            Ok((stream, _)) = listener.accept() => {
                let stop = until(stopped.clone());
                connections.spawn(serve(stream, Arc::clone(&engine), ask.clone(), stop));
            }
        }
    }
    // First nobody new, then everybody old.
    drop(listener);
    stopping.send_replace(true);
    let drained = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(patience, drained).await;
    let cut_off = connections.len();
    connections.shutdown().await;
    cut_off
}

async fn until(mut told: watch::Receiver<bool>) {
    // An error says that the sender is gone, and the server with it.
    let _ = told.wait_for(|told| *told).await;
}

async fn serve(
    stream: TcpStream,
    engine: Arc<Engine>,
    ask: watch::Sender<bool>,
    stop: impl Future<Output = ()>,
) {
    let mut is_over = false;
    let handler = |request: &Request, reply: &mut Reply<'_>| {
        if is_over {
            // Received behind the SHUTDOWN.
        } else if request.name().eq_ignore_ascii_case(b"SHUTDOWN") {
            is_over = true;
            ask.send_replace(true);
        } else {
            dispatch(&engine, request, reply);
        }
    };
    // A client that is gone is nobody's error.
    let _ = drive(stream, Pipeline::new(Limits::default(), handler), stop).await;
}
