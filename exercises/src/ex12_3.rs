//! 12.3 SHUTDOWN (hard, about 40 minutes)
//!
//! A server that is stopped by one of its clients: `SHUTDOWN`, in any case and with any words behind it. `run` serves, but
//! does not know the command, and never ends. Make it end as the chapter's server does:
//!
//! - From then on nobody is accepted: who connects is refused by the system.
//! - Every other client gets what it is due: what has been received from it is run, its replies are sent, and then its
//!   connection is closed. To a client that is idle the end is sent at once; it has the second that `drive` gives it to
//!   leave.
//! - The client that asked gets its replies to what it sent before. SHUTDOWN itself has no reply, nothing behind it is
//!   run, and its connection is closed, too.
//! - `run` returns when all connections are closed, or after at most `patience` more. Whoever is left then is cut off; it
//!   returns how many those were.
//! - If several clients say SHUTDOWN, the first one counts.
//!
//! The check runs it on a runtime with two threads, so do not block a thread. Use `drive` and its `stop`, a `JoinSet`, a
//! `watch` channel.
//! Delete the `todo!` when you begin.

use std::sync::Arc;
use std::time::Duration;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_09::Engine;
use chapter_10::commands::dispatch;
use chapter_11::connection::{Limits, Pipeline, drive};
use tokio::net::TcpListener;

/// Serves until a client says SHUTDOWN; returns how many clients were cut off.
pub async fn run(listener: TcpListener, engine: Arc<Engine>, patience: Duration) -> usize {
    todo!("let it end");

    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let engine = Arc::clone(&engine);
        tokio::spawn(async move {
            let handler =
                |request: &Request, reply: &mut Reply<'_>| dispatch(&engine, request, reply);
            let pipeline = Pipeline::new(Limits::default(), handler);
            // A client that is gone is nobody's error.
            let _ = drive(stream, pipeline, std::future::pending()).await;
        });
    }
}
