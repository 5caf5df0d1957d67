//! Runs one request: finds its row, checks it, locks its keys, runs its handler. The only place that knows all of these.

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_09::Engine;

use super::call::{Call, Outcome};
use super::spec::Run;
use super::table;

// ANCHOR: dispatch
/// Runs a request and writes its reply.
pub fn dispatch(engine: &Engine, words: &Request, reply: &mut Reply<'_>) {
    if let Err(error) = run(engine, words, reply) {
        reply.error(&error);
    }
}

fn run(engine: &Engine, words: &Request, reply: &mut Reply<'_>) -> Outcome {
    let command = table::find(words)?;
    let reply = reply.reborrow();
    let keys = command.keys.of(words);
    match command.run {
        Run::Read(run) => run(&mut Call { command, words, db: engine.read(&keys), reply }),
        Run::Write(run) => run(&mut Call { command, words, db: engine.write(&keys), reply }),
        Run::Server(run) => run(&mut Call { command, words, db: engine, reply }),
    }
}
// ANCHOR_END: dispatch
