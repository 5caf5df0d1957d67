//! Commands about the connection: they touch no data.

use super::call::{Outcome, ServerCall};
use super::spec::Run::Server;
use super::spec::{Command, KeyRange};

pub(super) const ROWS: &[Command] = &[
    Command::new("ping", -1, "fast", KeyRange::NONE, Server(ping)),
    Command::new("echo", 2, "loading stale fast", KeyRange::NONE, Server(echo)),
];

fn ping(call: &mut ServerCall<'_>) -> Outcome {
    match call.words.from(1) {
        [] => call.reply.simple("PONG"),
        [message] => call.reply.bulk(message),
        _ => return Err(call.command.arity_error()),
    }
    Ok(())
}

fn echo(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.bulk(call.words.at(1));
    Ok(())
}
