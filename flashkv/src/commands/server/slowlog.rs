//! SLOWLOG: shows the commands that took long.
//!
//! Which commands those are is decided where they are timed, in `connection`.

use crate::commands::call::{Outcome, ServerCall};
use crate::commands::slowlog::SlowCommand;
use crate::commands::spec::*;
use crate::number::parse_i64;
use crate::protocol::error::Text;
use crate::protocol::{ErrorReply, Reply};

/// Commands that GET shows unless told how many.
const SHOWN: usize = 10;

pub(super) const ROWS: &[Command] = &[Command {
    name: "slowlog",
    arity: -2,
    group: Group::Server,
    since: "2.2.12",
    summary: "A container for slow log commands",
    complexity: "Depends on subcommand.",
    subcommands: &[
        Command {
            name: "get",
            arity: -2,
            flags: Flags::ADMIN.with(Flags::LOADING).with(Flags::STALE),
            tips: &["request_policy:all_nodes", "nondeterministic_output"],
            group: Group::Server,
            since: "2.2.12",
            summary: "Get the slow log's entries",
            complexity: "O(N) where N is the number of entries returned",
            history: &[("4.0.0", "Added client IP address, port and name to the reply.")],
            args: &[integer("count").optional()],
            run: Run::Server(slowlog_get),
            ..Command::EMPTY
        },
        Command {
            name: "help",
            arity: 2,
            flags: Flags::LOADING.with(Flags::STALE),
            group: Group::Server,
            since: "6.2.0",
            summary: "Show helpful text about the different subcommands",
            complexity: "O(1)",
            run: Run::Server(slowlog_help),
            ..Command::EMPTY
        },
        Command {
            name: "len",
            arity: 2,
            flags: Flags::ADMIN.with(Flags::LOADING).with(Flags::STALE),
            tips: &[
                "request_policy:all_nodes",
                "response_policy:agg_sum",
                "nondeterministic_output",
            ],
            group: Group::Server,
            since: "2.2.12",
            summary: "Get the slow log's length",
            complexity: "O(1)",
            run: Run::Server(slowlog_len),
            ..Command::EMPTY
        },
        Command {
            name: "reset",
            arity: 2,
            flags: Flags::ADMIN.with(Flags::LOADING).with(Flags::STALE),
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            group: Group::Server,
            since: "2.2.12",
            summary: "Clear all entries from the slow log",
            complexity: "O(N) where N is the number of entries in the slowlog",
            run: Run::Server(slowlog_reset),
            ..Command::EMPTY
        },
    ],
    ..Command::EMPTY
}];

fn slowlog_get(call: &mut ServerCall<'_>) -> Outcome {
    if call.args.len() > 3 {
        let name = Text::cut(call.args.at(1), 128);
        return Err(ErrorReply::SubcommandSyntax { name, container: "SLOWLOG" });
    }
    let count = match call.args.get(2).map(parse_i64) {
        None => SHOWN,
        Some(Some(-1)) => usize::MAX,
        Some(number) => {
            let count = number.and_then(|number| usize::try_from(number).ok());
            count.ok_or(ErrorReply::SlowlogCount)?
        }
    };
    let commands = call.shared.slowlog.newest(count);
    call.reply.array(commands.len());
    commands.iter().for_each(|command| write_command(&mut call.reply, command));
    Ok(())
}

fn write_command(reply: &mut Reply<'_>, command: &SlowCommand) {
    reply.array(6);
    for number in [command.id, command.at, command.us] {
        reply.integer(i64::try_from(number).unwrap_or(i64::MAX));
    }
    reply.array(command.args.len());
    command.args.iter().for_each(|argument| reply.bulk(argument));
    reply.bulk(command.address.as_bytes());
    reply.bulk(&command.name);
}

fn slowlog_len(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.count(call.shared.slowlog.len());
    Ok(())
}

fn slowlog_reset(call: &mut ServerCall<'_>) -> Outcome {
    call.shared.slowlog.reset();
    call.reply.ok();
    Ok(())
}

fn slowlog_help(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.lines(&[
        "SLOWLOG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET [<count>]",
        "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
        "    Entries are made of:",
        "    id, timestamp, time in microseconds, arguments array, client IP and port,",
        "    client name",
        "LEN",
        "    Return the length of the slowlog.",
        "RESET",
        "    Reset the slowlog.",
        "HELP",
        "    Prints this help.",
    ]);
    Ok(())
}
