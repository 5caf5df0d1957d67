//! Every transcript of the chapter over a real socket: each reply must be that of the finished server, which is Redis's.

#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::sync::Arc;

use chapter_07::Sharded;
use chapter_08::commands;
use chapter_08::storage::Keyspace;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use transcripts::Error;
use transcripts::check::check_chapter;
use transcripts::tcp::{Fresh, Remote};

#[test]
fn all_transcripts_of_the_chapter_pass() {
    let report = check_chapter(8, &mut Fresh::new(start)).unwrap();
    assert!(report.passed(), "{report}");
}

/// A server of its own for each transcript. Dropping the runtime ends it.
fn start() -> Result<(Remote, Runtime), Error> {
    let store: Arc<Sharded<Keyspace>> = Arc::default();
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    runtime.spawn(chapter_06::serve(listener, move |request, reply| {
        commands::run(&store, request, reply);
    }));
    Ok((Remote::with_clock(address, |_| {}), runtime))
}
