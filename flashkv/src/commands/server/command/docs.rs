//! What COMMAND DOCS says of a command: what redis-cli and other tools show to a person who types it.
//!
//! Writes rows; does not know which were asked for. A field that has nothing to say is left out of its map, so each map
//! is gathered before it is announced.

use super::{enabled, write_words};
use crate::commands::disabled::Disabled;
use crate::commands::spec::{Arg, Kind};
use crate::commands::table::Entry;
use crate::protocol::Reply;

/// A value in the description of a command.
enum Value<'a> {
    Text(&'a str),
    Number(i64),
    /// A set of words.
    Words(Vec<&'static str>),
    /// Versions and what changed with them.
    History(&'a [(&'static str, &'static str)]),
    Arguments(&'a [Arg]),
    Subcommands(Vec<&'a Entry>),
}

/// The fields of one map, in Redis' order.
type Fields<'a> = Vec<(&'static str, Value<'a>)>;

/// Writes a map from the commands' names to what is known of them.
pub(super) fn write_all(reply: &mut Reply<'_>, entries: &[&Entry], disabled: &Disabled) {
    reply.map(entries.len());
    for entry in entries {
        reply.bulk(entry.full_name.as_bytes());
        write_fields(reply, command_fields(entry, disabled), disabled);
    }
}

fn command_fields<'e>(entry: &'e Entry, disabled: &Disabled) -> Fields<'e> {
    let command = entry.command;
    let mut fields = vec![
        ("summary", Value::Text(command.summary)),
        ("since", Value::Text(command.since)),
        ("group", Value::Text(command.group.name())),
    ];
    if !command.complexity.is_empty() {
        fields.push(("complexity", Value::Text(command.complexity)));
    }
    let doc_flags =
        words([(command.deprecated.is_some(), "deprecated"), (command.system, "syscmd")]);
    if !doc_flags.is_empty() {
        fields.push(("doc_flags", Value::Words(doc_flags)));
    }
    if let Some((since, instead)) = command.deprecated {
        fields.push(("deprecated_since", Value::Text(since)));
        fields.push(("replaced_by", Value::Text(instead)));
    }
    if !command.history.is_empty() {
        fields.push(("history", Value::History(command.history)));
    }
    if !command.args.is_empty() {
        fields.push(("arguments", Value::Arguments(command.args)));
    }
    let subcommands = enabled(&entry.subcommands, disabled);
    if !subcommands.is_empty() {
        fields.push(("subcommands", Value::Subcommands(subcommands)));
    }
    fields
}

fn argument_fields(arg: &Arg) -> Fields<'_> {
    let mut fields = vec![("name", Value::Text(arg.name)), ("type", Value::Text(arg.kind.name()))];
    if let Kind::Key(spec) = arg.kind {
        fields.push(("key_spec_index", Value::Number(spec.into())));
    }
    let texts =
        [("token", arg.token), ("since", arg.since), ("deprecated_since", arg.deprecated_since)];
    let given = texts.into_iter().filter(|(_, text)| !text.is_empty());
    fields.extend(given.map(|(name, text)| (name, Value::Text(text))));
    let flags = words([
        (arg.optional, "optional"),
        (arg.multiple, "multiple"),
        (arg.multiple_token, "multiple_token"),
    ]);
    if !flags.is_empty() {
        fields.push(("flags", Value::Words(flags)));
    }
    if !arg.parts.is_empty() {
        fields.push(("arguments", Value::Arguments(arg.parts)));
    }
    fields
}

/// The words whose condition holds.
fn words<const N: usize>(conditions: [(bool, &'static str); N]) -> Vec<&'static str> {
    conditions.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word).collect()
}

fn write_fields(reply: &mut Reply<'_>, fields: Fields<'_>, disabled: &Disabled) {
    reply.map(fields.len());
    for (name, value) in fields {
        reply.bulk(name.as_bytes());
        write_value(reply, value, disabled);
    }
}

fn write_value(reply: &mut Reply<'_>, value: Value<'_>, disabled: &Disabled) {
    match value {
        Value::Text(text) => reply.bulk(text.as_bytes()),
        Value::Number(number) => reply.integer(number),
        Value::Words(words) => write_words(reply, words.into_iter()),
        Value::History(changes) => {
            reply.set(changes.len());
            for (version, change) in changes {
                reply.array(2);
                reply.bulk(version.as_bytes());
                reply.bulk(change.as_bytes());
            }
        }
        Value::Arguments(args) => {
            reply.array(args.len());
            for arg in args {
                write_fields(reply, argument_fields(arg), disabled);
            }
        }
        Value::Subcommands(entries) => write_all(reply, &entries, disabled),
    }
}
