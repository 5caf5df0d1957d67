//! Every transcript of the chapter over a real socket: each reply must be that of the finished server, which is Redis's.

#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::sync::Arc;

use chapter_09::{Clock, Engine, commands};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use transcripts::check::check_chapter;
use transcripts::tcp::{Fresh, Remote};
use transcripts::{Error, T0};

#[test]
fn all_transcripts_of_the_chapter_pass() {
    let report = check_chapter(9, &mut Fresh::new(start)).unwrap();
    assert!(report.passed(), "{report}");
}

/// A server with an empty store and a clock that only the transcript moves. Dropping the runtime ends it.
fn start() -> Result<(Remote, Runtime), Error> {
    let clock = Clock::manual(T0);
    let engine = Arc::new(Engine::new(clock.clone()));
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    runtime.spawn(chapter_06::serve(listener, move |request, reply| {
        commands::run(&engine, request, reply);
    }));
    Ok((Remote::with_clock(address, move |ms| clock.advance(ms)), runtime))
}
