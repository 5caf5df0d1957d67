//! The chapters' transcripts against the finished server, over sockets: what they ask of a server can be done, and is
//! what whoever checks a server of their own will see.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;
use std::sync::Arc;

use flashkv::config::DebugAccess;
use flashkv::storage::Engine;
use flashkv::{Clock, Config, Server};
use transcripts::chapters::CHAPTERS;
use transcripts::check::check_chapter;
use transcripts::tcp::{Fresh, Remote};
use transcripts::{Error, T0};

#[test]
fn the_finished_server_passes_the_last_chapter() {
    let last = CHAPTERS.last().unwrap().number;
    let report = check_chapter(last, &mut Fresh::new(start)).unwrap();
    println!("{report}");
    assert!(report.passed(), "{report}");
}

#[test]
fn no_transcript_is_listed_twice() {
    let listed: Vec<&str> = CHAPTERS.last().unwrap().passes().collect();
    assert_eq!(listed.len(), listed.iter().collect::<BTreeSet<_>>().len());
}

fn start() -> Result<(Remote, Server), Error> {
    let clock = Clock::manual(T0);
    let config = Config {
        port: 0,
        threads: Some(1),
        enable_debug_command: DebugAccess::Local,
        ..Config::default()
    };
    let engine = Arc::new(Engine::new(config.databases));
    let server = Server::bind_engine(config, engine, clock.clone()).unwrap();
    Ok((Remote::with_clock(server.address(), move |ms| clock.advance(ms)), server))
}
