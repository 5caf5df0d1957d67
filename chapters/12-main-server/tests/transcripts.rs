//! Every transcript of the 46 commands over a real socket: each reply must be that of the finished server, which is
//! Redis's.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::future::pending;
use std::sync::Arc;

use chapter_09::{Clock, Engine};
use chapter_12::{Config, Server};
use tokio::runtime::Runtime;
use transcripts::check::check_chapter;
use transcripts::tcp::{Fresh, Remote};
use transcripts::{Error, T0};

#[test]
fn all_transcripts_of_the_chapter_pass() {
    let report = check_chapter(12, &mut Fresh::new(start)).unwrap();
    assert!(report.passed(), "{report}");
}

/// A server with an empty store and a clock that only the transcript moves. Dropping the runtime ends it.
fn start() -> Result<(Remote, Runtime), Error> {
    let clock = Clock::manual(T0);
    let engine = Arc::new(Engine::new(clock.clone()));
    let runtime = Runtime::new()?;
    let config = Config { port: 0, ..Config::default() };
    let server = runtime.block_on(Server::bind_engine(config, engine)).unwrap();
    let address = server.address();
    runtime.spawn(server.run(pending()));
    Ok((Remote::with_clock(address, move |ms| clock.advance(ms)), runtime))
}
