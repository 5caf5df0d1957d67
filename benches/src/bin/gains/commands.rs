//! Chapter 10: from a parsed request to its reply.

use std::hint::black_box;

use benches::compare::Failure;
use benches::requests::{VALUE, key, request};
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::Request;
use chapter_10::commands;
use flashkv::clients::Origin;
use flashkv::commands::dispatch::Turn;
use flashkv::commands::session::Session;
use flashkv::commands::table::table;
use flashkv::metrics::Batch;
use flashkv::protocol::request::Parsed;
use flashkv::protocol::{Args, Limits, Parser};
use flashkv::{Clock, Config, Shared};

use crate::table::{Pair, Table, nanoseconds};

const KEYS: usize = 1000;

/// Chapter 10: the row of a name, and the way of a request once it is parsed.
pub(crate) fn dispatch() -> Result<Table, Failure> {
    Ok(Table {
        chapter: 10,
        about: "nanoseconds from a name to its row, and from a parsed request to its reply".into(),
        columns: vec![
            ("row", rows()),
            ("GET", run(|key| vec![b"GET".to_vec(), key])?),
            ("SET", run(|key| vec![b"SET".to_vec(), key, VALUE.to_vec()])?),
        ],
    })
}

/// Finds all rows that chapter 10 has.
fn rows() -> Pair {
    let names: Vec<String> = commands::table::all().map(|row| row.name.to_uppercase()).collect();
    let found = |find: &dyn Fn(&[u8]) -> bool| {
        let name = |turn: usize| names.get(turn % names.len()).map_or("", String::as_str);
        (0..names.len() * 20).filter(|turn| find(black_box(name(*turn).as_bytes()))).count()
    };
    nanoseconds(
        || found(&|name| black_box(commands::table::command(name)).is_some()),
        || found(&|name| black_box(table().command(name)).is_some()),
    )
}

/// Runs requests that are parsed already; `words` gives their words for a key.
fn run(words: impl Fn(Vec<u8>) -> Vec<Vec<u8>>) -> Result<Pair, Failure> {
    let keys = || (0..KEYS).map(|number| key(number * 7919 % KEYS).into_bytes());

    let engine = chapter_09::Engine::new(chapter_09::Clock::System);
    let requests: Vec<Request> = keys().filter_map(|key| Request::new(words(key))).collect();
    let mut ours = Vec::new();
    let mut chapter = || {
        ours.clear();
        let mut reply = Reply::new(&mut ours, ProtocolVersion::Resp2);
        for request in &requests {
            commands::dispatch(&engine, black_box(request), &mut reply);
        }
        requests.len()
    };

    let shared = Shared::new(Config::default(), Clock::system());
    let client = shared.clients.register(Origin::default(), 0);
    let mut session = Session::new(client, true);
    let sent: Vec<Vec<u8>> = keys()
        .map(|key| {
            let words = words(key);
            request(&words.iter().map(Vec::as_slice).collect::<Vec<_>>())
        })
        .collect();
    let mut parsers: Vec<Parser> = sent.iter().map(|_| Parser::default()).collect();
    let limits = Limits::default();
    let each = parsers.iter_mut().zip(&sent);
    let requests: Vec<Args<'_>> =
        each.filter_map(|(parser, bytes)| parsed(parser, bytes, &limits)).collect();
    let mut theirs = Vec::new();
    let mut flashkv = || {
        theirs.clear();
        let mut batch = Batch::default();
        let mut turn = Turn {
            shared: &shared,
            counters: shared.metrics.worker(0),
            batch: &mut batch,
            session: &mut session,
            // The clock is read once for a batch.
            now: shared.clock.now_ms(),
            out: &mut theirs,
        };
        for request in &requests {
            let found = turn.find(black_box(request));
            turn.execute(found, *request);
        }
        requests.len()
    };
    let times = nanoseconds(&mut chapter, &mut flashkv);
    if ours != theirs { Err("the replies differ".into()) } else { Ok(times) }
}

fn parsed<'a>(parser: &'a mut Parser, bytes: &'a [u8], limits: &Limits) -> Option<Args<'a>> {
    match parser.parse(bytes, limits, true) {
        Ok(Parsed::Request(args, _)) => Some(args),
        _ => None,
    }
}
