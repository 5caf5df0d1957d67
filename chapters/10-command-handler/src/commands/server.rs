//! Commands about the server as a whole: what it is, what it holds, and what it knows, which is the table.

use std::time::Duration;

use chapter_05::protocol::{ErrorReply, Text};
use chapter_06::protocol::Request;
use chapter_08::storage::matches;
use chapter_09::Engine;

use super::call::{Outcome, ServerCall, is};
use super::spec::Run::Server;
use super::spec::{Command, KeyRange};
use super::table;

const LOADING: &str = "loading stale";
const ADMIN: &str = "admin noscript loading stale";

pub(super) const ROWS: &[Command] = &[
    Command::new("dbsize", 1, "readonly fast", KeyRange::NONE, Server(dbsize)),
    Command::new("flushdb", -1, "write", KeyRange::NONE, Server(flush)),
    Command::new("flushall", -1, "write", KeyRange::NONE, Server(flush)),
    Command::new("info", -1, LOADING, KeyRange::NONE, Server(info)),
    Command::new("time", 1, "loading stale fast", KeyRange::NONE, Server(time)),
    Command::new("debug", -2, ADMIN, KeyRange::NONE, Server(debug)),
    Command {
        subcommands: &[
            Command::new("config|get", -3, ADMIN, KeyRange::NONE, Server(config_get)),
            Command::new("config|set", -4, ADMIN, KeyRange::NONE, Server(config_set)),
            Command::new("config|resetstat", 2, ADMIN, KeyRange::NONE, Server(ok)),
        ],
        ..Command::new("config", -2, "", KeyRange::NONE, Server(ok))
    },
    Command {
        subcommands: &[
            Command::new("command|count", 2, LOADING, KeyRange::NONE, Server(command_count)),
            Command::new("command|info", -2, LOADING, KeyRange::NONE, Server(command_info)),
            Command::new("command|getkeys", -4, LOADING, KeyRange::NONE, Server(command_getkeys)),
        ],
        ..Command::new("command", -1, LOADING, KeyRange::NONE, Server(command_info))
    },
];

/// The settings that there are. Nothing can be set.
const SETTINGS: &[(&str, &str)] =
    &[("appendonly", "no"), ("databases", "1"), ("maxmemory", "0"), ("save", "")];

/// Counts keys that have expired but are still held, as Redis does.
fn dbsize(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.count(call.db.held());
    Ok(())
}

fn flush(call: &mut ServerCall<'_>) -> Outcome {
    match call.words.from(1) {
        [] => {}
        [how] if is(how, "ASYNC") || is(how, "SYNC") => {}
        _ => return Err(ErrorReply::Syntax),
    }
    call.db.clear();
    ok(call)
}

fn ok(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.ok();
    Ok(())
}

/// The sections that were asked for; what there is not is left out.
fn info(call: &mut ServerCall<'_>) -> Outcome {
    type Text = fn(&Engine) -> String;
    const SECTIONS: [(&str, Text); 2] = [("server", info_server), ("keyspace", info_keyspace)];
    let asked = call.words.from(1);
    let all = asked.is_empty();
    let is_wanted = |name: &str| {
        all || asked
            .iter()
            .any(|word| [name, "all", "default", "everything"].iter().any(|name| is(word, name)))
    };
    let sections = SECTIONS.iter().filter(|(name, _)| is_wanted(name));
    let texts: Vec<String> = sections.map(|(_, text)| text(call.db)).collect();
    call.reply.verbatim(*b"txt", texts.join("\r\n").as_bytes());
    Ok(())
}

fn info_server(_: &Engine) -> String {
    let id = std::process::id();
    format!("# Server\r\nredis_version:7.0.15\r\nprocess_id:{id}\r\n")
}

fn info_keyspace(engine: &Engine) -> String {
    let (keys, expires) = (engine.held(), engine.held_with_deadline());
    let line = match keys {
        0 => String::new(),
        _ => format!("db0:keys={keys},expires={expires},avg_ttl=0\r\n"),
    };
    format!("# Keyspace\r\n{line}")
}

fn time(call: &mut ServerCall<'_>) -> Outcome {
    let now = call.db.clock().now_ms();
    call.reply.array(2);
    call.reply.bulk((now / 1000).to_string().as_bytes());
    call.reply.bulk((now % 1000 * 1000).to_string().as_bytes());
    Ok(())
}

/// Tells its subcommands apart itself: in Redis they are no commands of the table either.
fn debug(call: &mut ServerCall<'_>) -> Outcome {
    match call.words.from(1) {
        [name, seconds] if is(name, "SLEEP") => {
            let seconds = std::str::from_utf8(seconds).ok().and_then(|text| text.parse().ok());
            // Like Redis, no time at all for what is no time.
            let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            std::thread::sleep(time.unwrap_or_default());
            ok(call)
        }
        _ => {
            let name = Text::cut(call.words.at(1), 128);
            Err(ErrorReply::SubcommandSyntax { name, container: call.command.name })
        }
    }
}

fn config_get(call: &mut ServerCall<'_>) -> Outcome {
    let is_wanted = |name: &str| {
        let patterns = call.words.from(2).iter();
        patterns.map(|word| word.to_ascii_lowercase()).any(|word| matches(&word, name.as_bytes()))
    };
    let found: Vec<_> = SETTINGS.iter().filter(|(name, _)| is_wanted(name)).collect();
    call.reply.map(found.len());
    for (name, value) in found {
        call.reply.bulk(name.as_bytes());
        call.reply.bulk(value.as_bytes());
    }
    Ok(())
}

fn config_set(call: &mut ServerCall<'_>) -> Outcome {
    let mut text = b"ERR Unknown option or number of arguments for CONFIG SET - '".to_vec();
    text.extend_from_slice(call.words.at(2));
    text.push(b'\'');
    Err(ErrorReply::Other(Text(text)))
}

fn command_count(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.count(table::all().count());
    Ok(())
}

// ANCHOR: command_info
/// COMMAND and COMMAND INFO: the rows themselves.
fn command_info(call: &mut ServerCall<'_>) -> Outcome {
    let names = call.words.from(2);
    let rows: Vec<Option<&Command>> = match names {
        [] => table::all().map(Some).collect(),
        _ => names.iter().map(|name| table::command(name)).collect(),
    };
    call.reply.array(rows.len());
    for row in rows {
        match row {
            Some(row) => write_row(call, row),
            None => call.reply.null(),
        }
    }
    Ok(())
}

fn write_row(call: &mut ServerCall<'_>, row: &Command) {
    call.reply.array(6);
    call.reply.bulk(row.name.as_bytes());
    call.reply.integer(row.arity.into());
    call.reply.set(row.flags().count());
    row.flags().for_each(|flag| call.reply.simple(flag));
    call.reply.count(row.keys.first);
    call.reply.integer(row.keys.last);
    call.reply.count(row.keys.step);
}
// ANCHOR_END: command_info

/// The keys of another request, which is not run.
fn command_getkeys(call: &mut ServerCall<'_>) -> Outcome {
    let refuse = |text: &str| Err(ErrorReply::Other(Text(text.into())));
    let Some(request) = Request::new(call.words.from(2).iter().cloned()) else {
        return refuse("ERR Invalid command specified");
    };
    let keys = match table::find(&request) {
        Ok(command) => command.keys.of(&request),
        Err(ErrorReply::Arity(_)) => {
            return refuse("ERR Invalid number of arguments specified for command");
        }
        Err(_) => return refuse("ERR Invalid command specified"),
    };
    if keys.is_empty() {
        return refuse("ERR The command has no key arguments");
    }
    call.reply.array(keys.len());
    keys.iter().for_each(|key| call.reply.bulk(key));
    Ok(())
}
