//! What COMMAND INFO says of a command: arity, flags, key positions, categories, tips, key specifications, subcommands.
//!
//! Writes a row; does not know which rows were asked for.

use super::{enabled, write_words};
use crate::commands::disabled::Disabled;
use crate::commands::spec::{Find, KeySpec};
use crate::commands::table::Entry;
use crate::protocol::Reply;

/// Writes one command, with those of its subcommands inside that are not disabled.
pub(super) fn write(reply: &mut Reply<'_>, entry: &Entry, disabled: &Disabled) {
    let command = entry.command;
    reply.array(10);
    reply.bulk(entry.full_name.as_bytes());
    reply.integer(command.arity.into());
    write_words(reply, command.flags.names());
    let range = entry.key_range;
    reply.count(range.first);
    reply.integer(range.last);
    reply.count(range.step);
    reply.set(entry.categories().names().count());
    for category in entry.categories().names() {
        reply.simple(&format!("@{category}"));
    }
    reply.set(command.tips.len());
    for tip in command.tips {
        reply.bulk(tip.as_bytes());
    }
    reply.set(command.keys.len());
    for spec in command.keys {
        write_key_spec(reply, spec);
    }
    let subcommands = enabled(&entry.subcommands, disabled);
    reply.set(subcommands.len());
    for subcommand in subcommands {
        write(reply, subcommand, disabled);
    }
}

fn write_key_spec(reply: &mut Reply<'_>, spec: &KeySpec) {
    if spec.notes.is_empty() {
        reply.map(3);
    } else {
        reply.map(4);
        reply.bulk(b"notes");
        reply.bulk(spec.notes.as_bytes());
    }
    reply.bulk(b"flags");
    write_words(reply, spec.flags.iter().copied());
    reply.bulk(b"begin_search");
    write_method(reply, "index", &[("index", spec.begin.into())]);
    reply.bulk(b"find_keys");
    match spec.find {
        Find::Range { last, step } => write_method(
            reply,
            "range",
            &[("lastkey", last.into()), ("keystep", step.into()), ("limit", 0)],
        ),
        Find::Count => {
            write_method(reply, "keynum", &[("keynumidx", 0), ("firstkey", 1), ("keystep", 1)]);
        }
    }
}

/// One step of finding keys: the method's name and its parameters.
fn write_method(reply: &mut Reply<'_>, name: &str, parameters: &[(&str, i64)]) {
    reply.map(2);
    reply.bulk(b"type");
    reply.bulk(name.as_bytes());
    reply.bulk(b"spec");
    reply.map(parameters.len());
    for (parameter, value) in parameters {
        reply.bulk(parameter.as_bytes());
        reply.integer(*value);
    }
}
