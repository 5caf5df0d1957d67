//! The number of the chapter: how many of the transcripts are answered exactly as Redis answers them.

use std::error::Error;
use std::sync::Arc;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use transcripts::check::{Report, check_chapter};
use transcripts::tcp::{Fresh, Remote};
use transcripts::{Error as PlayError, T0};

#[path = "../examples/naive/mod.rs"]
mod naive;

type Handler = fn(&Engine, &Request, &mut Reply<'_>);

/// Measures and prints the table.
pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    let (naive, built) = (play(naive::dispatch)?, play(dispatch)?);
    println!("transcripts answered as Redis answers them, of {}", built.outcomes.len());
    for (name, report) in [("naive", naive), ("built", built)] {
        println!(
            "{name}  {:>3}",
            report.outcomes.iter().filter(|outcome| outcome.passed()).count()
        );
    }
    Ok(())
}

/// Plays the chapter's transcripts over sockets, each to a server of its own.
fn play(handler: Handler) -> Result<Report, PlayError> {
    check_chapter(10, &mut Fresh::new(|| start(handler)))
}

fn start(handler: Handler) -> Result<(Remote, Runtime), PlayError> {
    let clock = Clock::manual(T0);
    let engine = Arc::new(Engine::new(clock.clone()));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    runtime.spawn(chapter_06::serve(listener, move |words, reply| handler(&engine, words, reply)));
    Ok((Remote::with_clock(address, move |ms| clock.advance(ms)), runtime))
}
