//! COMMAND: what the server tells about its own commands.
//!
//! Everything is read from the rows of the table; nothing here knows a command by its name. `info`, `docs` and `keys`
//! write what one row says, this file picks the rows.

mod docs;
mod info;
mod keys;

use crate::commands::call::{Outcome, ServerCall, is};
use crate::commands::disabled::Disabled;
use crate::commands::shared::Shared;
use crate::commands::spec::{Acl, Command, Flags, Group, Run, one_of, pattern, string};
use crate::commands::table::{Entry, table};
use crate::protocol::{ErrorReply, Reply};
use crate::storage::glob;

pub(super) const ROWS: &[Command] = &[Command {
    name: "command",
    arity: -1,
    flags: Flags::LOADING.with(Flags::STALE),
    acl: Acl::CONNECTION,
    tips: &["nondeterministic_output_order"],
    group: Group::Server,
    since: "2.8.13",
    summary: "Get array of Redis command details",
    complexity: "O(N) where N is the total number of Redis commands",
    subcommands: &[
        Command {
            name: "count",
            arity: 2,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Server,
            since: "2.8.13",
            summary: "Get total number of Redis commands",
            complexity: "O(1)",
            run: Run::Server(command_count),
            ..Command::EMPTY
        },
        Command {
            name: "docs",
            arity: -2,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            tips: &["nondeterministic_output_order"],
            group: Group::Server,
            since: "7.0.0",
            summary: "Get array of specific Redis command documentation",
            complexity: "O(N) where N is the number of commands to look up",
            args: &[string("command-name").optional().multiple()],
            run: Run::Server(command_docs),
            ..Command::EMPTY
        },
        Command {
            name: "getkeys",
            arity: -4,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Server,
            since: "2.8.13",
            summary: "Extract keys given a full Redis command",
            complexity: "O(N) where N is the number of arguments to the command",
            run: Run::Server(keys::command_getkeys),
            ..Command::EMPTY
        },
        Command {
            name: "getkeysandflags",
            arity: -4,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Server,
            since: "7.0.0",
            summary: "Extract keys and access flags given a full Redis command",
            complexity: "O(N) where N is the number of arguments to the command",
            run: Run::Server(keys::command_getkeysandflags),
            ..Command::EMPTY
        },
        Command {
            name: "help",
            arity: 2,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Server,
            since: "5.0.0",
            summary: "Show helpful text about the different subcommands",
            complexity: "O(1)",
            run: Run::Server(command_help),
            ..Command::EMPTY
        },
        Command {
            name: "info",
            arity: -2,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            tips: &["nondeterministic_output_order"],
            group: Group::Server,
            since: "2.8.13",
            summary: "Get array of specific Redis command details, or all when no argument is given.",
            complexity: "O(N) where N is the number of commands to look up",
            history: &[(
                "7.0.0",
                "Allowed to be called with no argument to get info on all commands.",
            )],
            args: &[string("command-name").optional().multiple()],
            run: Run::Server(command_info),
            ..Command::EMPTY
        },
        Command {
            name: "list",
            arity: -2,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            tips: &["nondeterministic_output_order"],
            group: Group::Server,
            since: "7.0.0",
            summary: "Get an array of Redis command names",
            complexity: "O(N) where N is the total number of Redis commands",
            args: &[one_of(
                "filterby",
                &[
                    string("module-name").token("MODULE"),
                    string("category").token("ACLCAT"),
                    pattern("pattern").token("PATTERN"),
                ],
            )
            .token("FILTERBY")
            .optional()],
            run: Run::Server(command_list),
            ..Command::EMPTY
        },
    ],
    run: Run::Server(command),
    ..Command::EMPTY
}];

/// COMMAND, and COMMAND INFO without names: all commands; those of containers inside them.
///
/// Source: <https://redis.io/docs/latest/commands/command/>
fn command(call: &mut ServerCall<'_>) -> Outcome {
    let commands = enabled(table().commands(), &call.shared.disabled);
    call.reply.array(commands.len());
    for entry in commands {
        info::write(&mut call.reply, entry, &call.shared.disabled);
    }
    Ok(())
}

/// Source: <https://redis.io/docs/latest/commands/command-info/>
fn command_info(call: &mut ServerCall<'_>) -> Outcome {
    let names = call.args.from(2);
    if names.len() == 0 {
        return command(call);
    }
    call.reply.array(names.len());
    for name in names {
        match named(call.shared, name) {
            Some(entry) => info::write(&mut call.reply, entry, &call.shared.disabled),
            None => call.reply.null(),
        }
    }
    Ok(())
}

/// Source: <https://redis.io/docs/latest/commands/command-docs/>
fn command_docs(call: &mut ServerCall<'_>) -> Outcome {
    let names = call.args.from(2);
    let disabled = &call.shared.disabled;
    let entries = match names.len() {
        0 => enabled(table().commands(), disabled),
        _ => names.filter_map(|name| named(call.shared, name)).collect(),
    };
    docs::write_all(&mut call.reply, &entries, disabled);
    Ok(())
}

/// Source: <https://redis.io/docs/latest/commands/command-count/>
fn command_count(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.count(enabled(table().commands(), &call.shared.disabled).len());
    Ok(())
}

/// What COMMAND LIST is narrowed down to.
#[derive(Debug)]
enum Filter {
    /// Nothing left out.
    All,
    /// Commands of a module: there are no modules.
    Module,
    /// Commands of an access-control category; none if there is no such category.
    Category(Option<Acl>),
    /// Names that match a pattern.
    Pattern(Vec<u8>),
}

impl Filter {
    fn parse(call: &ServerCall<'_>) -> Result<Filter, ErrorReply> {
        let by = call.args.at(3);
        let what = call.args.at(4);
        match call.args.len() {
            2 => Ok(Filter::All),
            5 if !is(call.args.at(2), "FILTERBY") => Err(ErrorReply::Syntax),
            5 if is(by, "MODULE") => Ok(Filter::Module),
            5 if is(by, "ACLCAT") => Ok(Filter::Category(Acl::by_name(what))),
            5 if is(by, "PATTERN") => Ok(Filter::Pattern(what.to_vec())),
            _ => Err(ErrorReply::Syntax),
        }
    }

    fn admits(&self, entry: &Entry) -> bool {
        match self {
            Filter::All => true,
            Filter::Module => false,
            Filter::Category(category) => {
                category.is_some_and(|category| entry.categories().has(category))
            }
            Filter::Pattern(pattern) => {
                glob::matches_ignore_case(pattern, entry.full_name.as_bytes())
            }
        }
    }
}

/// Source: <https://redis.io/docs/latest/commands/command-list/>
fn command_list(call: &mut ServerCall<'_>) -> Outcome {
    let filter = Filter::parse(call)?;
    let names: Vec<&str> = table()
        .all()
        .filter(|entry| filter.admits(entry) && !call.shared.disabled.has(entry))
        .map(|entry| entry.full_name.as_str())
        .collect();
    call.reply.array(names.len());
    for name in names {
        call.reply.bulk(name.as_bytes());
    }
    Ok(())
}

/// Source: <https://redis.io/docs/latest/commands/command-help/>
fn command_help(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.array(HELP.len());
    for line in HELP {
        call.reply.simple(line);
    }
    Ok(())
}

const HELP: &[&str] = &[
    "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "(no subcommand)",
    "    Return details about all Redis commands.",
    "COUNT",
    "    Return the total number of commands in this Redis server.",
    "LIST",
    "    Return a list of all commands in this Redis server.",
    "INFO [<command-name> ...]",
    "    Return details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "DOCS [<command-name> ...]",
    "    Return documentation details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "GETKEYS <full-command>",
    "    Return the keys from a full Redis command.",
    "GETKEYSANDFLAGS <full-command>",
    "    Return the keys and the access flags from a full Redis command.",
    "HELP",
    "    Prints this help.",
];

/// Those of the commands that clients may know of.
fn enabled<'e>(entries: &'e [Entry], disabled: &Disabled) -> Vec<&'e Entry> {
    entries.iter().filter(|entry| !disabled.has(entry)).collect()
}

/// The command of that full name, if clients may know of it.
fn named(shared: &Shared, name: &[u8]) -> Option<&'static Entry> {
    table().by_full_name(name).filter(|entry| !shared.disabled.has(entry))
}

/// Announces and writes a set of words, each a simple string.
fn write_words<'w>(reply: &mut Reply<'_>, words: impl Iterator<Item = &'w str>) {
    let words: Vec<&str> = words.collect();
    reply.set(words.len());
    for word in words {
        reply.simple(word);
    }
}
