//! Looking at how values are kept: OBJECT and MEMORY USAGE.
//!
//! The answers are those Redis would give for the same value, not a description of the storage here; only the bytes of
//! MEMORY USAGE are our own.

use crate::commands::call::{self, KeyCall, Outcome, ServerCall, is};
use crate::commands::spec::*;
use crate::protocol::{Args, ErrorReply};
use crate::storage::View;

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "object",
        arity: -2,
        group: Group::Generic,
        since: "2.2.3",
        summary: "A container for object introspection commands",
        complexity: "Depends on subcommand.",
        subcommands: &[
            Command {
                name: "encoding",
                arity: 3,
                flags: Flags::READONLY,
                acl: Acl::KEYSPACE,
                tips: &["nondeterministic_output"],
                keys: &[KeySpec::one(2, &["RO"])],
                group: Group::Generic,
                since: "2.2.3",
                summary: "Inspect the internal encoding of a Redis object",
                complexity: "O(1)",
                args: &[key("key", 0)],
                run: Run::Read(object_encoding),
                ..Command::EMPTY
            },
            Command {
                name: "freq",
                arity: 3,
                flags: Flags::READONLY,
                acl: Acl::KEYSPACE,
                tips: &["nondeterministic_output"],
                keys: &[KeySpec::one(2, &["RO"])],
                group: Group::Generic,
                since: "4.0.0",
                summary: "Get the logarithmic access frequency counter of a Redis object",
                complexity: "O(1)",
                args: &[key("key", 0)],
                run: Run::Read(object_freq),
                ..Command::EMPTY
            },
            Command {
                name: "help",
                arity: 2,
                flags: Flags::LOADING.with(Flags::STALE),
                acl: Acl::KEYSPACE,
                group: Group::Generic,
                since: "6.2.0",
                summary: "Show helpful text about the different subcommands",
                complexity: "O(1)",
                run: Run::Server(object_help),
                ..Command::EMPTY
            },
            Command {
                name: "idletime",
                arity: 3,
                flags: Flags::READONLY,
                acl: Acl::KEYSPACE,
                tips: &["nondeterministic_output"],
                keys: &[KeySpec::one(2, &["RO"])],
                group: Group::Generic,
                since: "2.2.3",
                summary: "Get the time since a Redis object was last accessed",
                complexity: "O(1)",
                args: &[key("key", 0)],
                run: Run::Read(object_idletime),
                ..Command::EMPTY
            },
            Command {
                name: "refcount",
                arity: 3,
                flags: Flags::READONLY,
                acl: Acl::KEYSPACE,
                tips: &["nondeterministic_output"],
                keys: &[KeySpec::one(2, &["RO"])],
                group: Group::Generic,
                since: "2.2.3",
                summary: "Get the number of references to the value of the key",
                complexity: "O(1)",
                args: &[key("key", 0)],
                run: Run::Read(object_refcount),
                ..Command::EMPTY
            },
        ],
        ..Command::EMPTY
    },
    Command {
        name: "memory",
        arity: -2,
        group: Group::Server,
        since: "4.0.0",
        summary: "A container for memory diagnostics commands",
        complexity: "Depends on subcommand.",
        subcommands: &[
            Command {
                name: "help",
                arity: 2,
                flags: Flags::LOADING.with(Flags::STALE),
                group: Group::Server,
                since: "4.0.0",
                summary: "Show helpful text about the different subcommands",
                complexity: "O(1)",
                run: Run::Server(memory_help),
                ..Command::EMPTY
            },
            Command {
                name: "usage",
                arity: -3,
                flags: Flags::READONLY,
                keys: &[KeySpec::one(2, &["RO"])],
                group: Group::Server,
                since: "4.0.0",
                summary: "Estimate the memory usage of a key",
                complexity: "O(N) where N is the number of samples.",
                args: &[key("key", 0), integer("count").token("SAMPLES").optional()],
                run: Run::Read(memory_usage),
                ..Command::EMPTY
            },
        ],
        ..Command::EMPTY
    },
];

fn object_encoding(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    match db.encoding(call.key(0)) {
        Some(encoding) => call.reply.bulk(encoding.name().as_bytes()),
        None => call.reply.null(),
    }
    Ok(())
}

fn object_refcount(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    match db.reference_count(call.key(0)) {
        Some(count) => call.reply.integer(count),
        None => call.reply.null(),
    }
    Ok(())
}

/// Entries hold no time of access yet, so every key passes for one that was used just now.
fn object_idletime(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    match db.kind(call.key(0)) {
        Some(_) => call.reply.integer(0),
        None => call.reply.null(),
    }
    Ok(())
}

/// Only an LFU policy counts accesses, and there is none to select.
fn object_freq(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    match db.kind(call.key(0)) {
        Some(_) => Err(ErrorReply::NoAccessFrequency),
        None => {
            call.reply.null();
            Ok(())
        }
    }
}

fn object_help(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.lines(&[
        "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "ENCODING <key>",
        "    Return the kind of internal representation used in order to store the value",
        "    associated with a <key>.",
        "FREQ <key>",
        "    Return the access frequency index of the <key>. The returned integer is",
        "    proportional to the logarithm of the recent access frequency of the key.",
        "IDLETIME <key>",
        "    Return the idle time of the <key>, that is the approximated number of",
        "    seconds elapsed since the last access to the key.",
        "REFCOUNT <key>",
        "    Return the number of references of the value associated with the specified",
        "    <key>.",
        "HELP",
        "    Prints this help.",
    ]);
    Ok(())
}

fn memory_usage(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    check_samples(&call.args)?;
    match db.memory_usage(call.key(0)) {
        Some(bytes) => call.reply.count(bytes),
        None => call.reply.null(),
    }
    Ok(())
}

/// Redis estimates a long list from as many of its elements as SAMPLES says. Here the sum is kept, so that the number is
/// checked and then not needed.
fn check_samples(args: &Args<'_>) -> Outcome {
    let mut rest = args.from(3);
    while let Some(word) = rest.next() {
        let count = rest.next().filter(|_| is(word, "SAMPLES")).ok_or(ErrorReply::Syntax)?;
        if call::integer(count)? < 0 {
            return Err(ErrorReply::Syntax);
        }
    }
    Ok(())
}

fn memory_help(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.lines(&[
        "MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "USAGE <key> [SAMPLES <count>]",
        "    Return memory in bytes used by <key> and its value. Nested values are",
        "    sampled up to <count> times (default: 5, 0 means sample all).",
        "HELP",
        "    Prints this help.",
    ]);
    Ok(())
}
