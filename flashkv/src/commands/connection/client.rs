//! CLIENT: what a connection tells of itself, and how others see or end it.
//!
//! Rows and the subcommands on one's own connection; listing and killing have files of their own.

mod kill;
mod list;

use std::sync::atomic::{AtomicBool, Ordering};

use self::kill::client_kill;
use self::list::{client_info, client_list};
use crate::clients::Labels;
use crate::commands::call::{Outcome, ServerCall, is};
use crate::commands::session::Replies;
use crate::commands::spec::*;
use crate::protocol::ErrorReply;
use crate::protocol::error::Text;

pub(super) const ROWS: &[Command] = &[Command {
    name: "client",
    arity: -2,
    group: Group::Connection,
    since: "2.4.0",
    summary: "A container for client connection commands",
    complexity: "Depends on subcommand.",
    subcommands: &[
        Command {
            name: "getname",
            arity: 2,
            flags: Flags::NOSCRIPT.with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "2.6.9",
            summary: "Get the current connection name",
            complexity: "O(1)",
            run: Run::Server(client_getname),
            ..Command::EMPTY
        },
        Command {
            name: "help",
            arity: 2,
            flags: Flags::LOADING.with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "5.0.0",
            summary: "Show helpful text about the different subcommands",
            complexity: "O(1)",
            run: Run::Server(client_help),
            ..Command::EMPTY
        },
        Command {
            name: "id",
            arity: 2,
            flags: Flags::NOSCRIPT.with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "5.0.0",
            summary: "Returns the client ID for the current connection",
            complexity: "O(1)",
            run: Run::Server(client_id),
            ..Command::EMPTY
        },
        Command {
            name: "info",
            arity: 2,
            flags: Flags::NOSCRIPT.with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            tips: &["nondeterministic_output"],
            group: Group::Connection,
            since: "6.2.0",
            summary: "Returns information about the current client connection.",
            complexity: "O(1)",
            run: Run::Server(client_info),
            ..Command::EMPTY
        },
        Command {
            name: "kill",
            arity: -3,
            flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "2.4.0",
            summary: "Kill the connection of a client",
            complexity: "O(N) where N is the number of client connections",
            history: &[
                ("2.8.12", "Added new filter format."),
                ("2.8.12", "`ID` option."),
                ("3.2.0", "Added `master` type in for `TYPE` option."),
                (
                    "5.0.0",
                    "Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility.",
                ),
                ("6.2.0", "`LADDR` option."),
            ],
            args: &[one_of(
                "filter",
                &[
                    string("ip:port").deprecated_since("2.8.12"),
                    one_of(
                        "new-format",
                        &[
                            integer("client-id").token("ID").optional().since("2.8.12"),
                            one_of(
                                "normal_master_slave_pubsub",
                                &[
                                    word("normal", "NORMAL"),
                                    word("master", "MASTER").since("3.2.0"),
                                    word("slave", "SLAVE"),
                                    word("replica", "REPLICA").since("5.0.0"),
                                    word("pubsub", "PUBSUB"),
                                ],
                            )
                            .token("TYPE")
                            .optional()
                            .since("2.8.12"),
                            string("username").token("USER").optional(),
                            string("ip:port").token("ADDR").optional(),
                            string("ip:port").token("LADDR").optional().since("6.2.0"),
                            string("yes/no").token("SKIPME").optional(),
                        ],
                    )
                    .multiple(),
                ],
            )],
            run: Run::Server(client_kill),
            ..Command::EMPTY
        },
        Command {
            name: "list",
            arity: -2,
            flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            tips: &["nondeterministic_output"],
            group: Group::Connection,
            since: "2.4.0",
            summary: "Get the list of client connections",
            complexity: "O(N) where N is the number of client connections",
            history: &[
                ("2.8.12", "Added unique client `id` field."),
                ("5.0.0", "Added optional `TYPE` filter."),
                ("6.0.0", "Added `user` field."),
                (
                    "6.2.0",
                    "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter.",
                ),
                ("7.0.0", "Added `resp`, `multi-mem`, `rbs` and `rbp` fields."),
                ("7.0.3", "Added `ssub` field."),
            ],
            args: &[
                one_of(
                    "normal_master_replica_pubsub",
                    &[
                        word("normal", "NORMAL"),
                        word("master", "MASTER"),
                        word("replica", "REPLICA"),
                        word("pubsub", "PUBSUB"),
                    ],
                )
                .token("TYPE")
                .optional()
                .since("5.0.0"),
                block("id", &[integer("client-id").multiple()])
                    .token("ID")
                    .optional()
                    .since("6.2.0"),
            ],
            run: Run::Server(client_list),
            ..Command::EMPTY
        },
        Command {
            name: "no-evict",
            arity: 3,
            flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "7.0.0",
            summary: "Set client eviction mode for the current connection",
            complexity: "O(1)",
            args: &[one_of("enabled", &[word("on", "ON"), word("off", "OFF")])],
            run: Run::Server(client_no_evict),
            ..Command::EMPTY
        },
        Command {
            name: "no-touch",
            arity: 3,
            flags: Flags::NOSCRIPT.with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "7.2.0",
            summary: "Controls whether commands sent by the client affect the LRU/LFU of accessed keys.",
            complexity: "O(1)",
            args: &[one_of("enabled", &[word("on", "ON"), word("off", "OFF")])],
            run: Run::Server(client_no_touch),
            ..Command::EMPTY
        },
        Command {
            name: "reply",
            arity: 3,
            flags: Flags::NOSCRIPT.with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "3.2.0",
            summary: "Instruct the server whether to reply to commands",
            complexity: "O(1)",
            args: &[one_of(
                "on_off_skip",
                &[word("on", "ON"), word("off", "OFF"), word("skip", "SKIP")],
            )],
            run: Run::Server(client_reply),
            ..Command::EMPTY
        },
        Command {
            name: "setinfo",
            arity: 4,
            flags: Flags::NOSCRIPT.with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            group: Group::Connection,
            since: "7.2.0",
            summary: "Sets information specific to the client or connection.",
            complexity: "O(1)",
            args: &[one_of(
                "attr",
                &[string("libname").token("LIB-NAME"), string("libver").token("LIB-VER")],
            )],
            run: Run::Server(client_setinfo),
            ..Command::EMPTY
        },
        Command {
            name: "setname",
            arity: 3,
            flags: Flags::NOSCRIPT.with(Flags::LOADING).with(Flags::STALE),
            acl: Acl::CONNECTION,
            group: Group::Connection,
            since: "2.6.9",
            summary: "Set the current connection name",
            complexity: "O(1)",
            args: &[string("connection-name")],
            run: Run::Server(client_setname),
            ..Command::EMPTY
        },
    ],
    ..Command::EMPTY
}];

/// The kinds of clients that Redis tells apart. Here all are normal ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientType {
    Normal,
    Master,
    Replica,
    Pubsub,
}

impl ClientType {
    fn parse(name: &[u8]) -> Result<ClientType, ErrorReply> {
        let names = [
            ("normal", ClientType::Normal),
            ("master", ClientType::Master),
            ("replica", ClientType::Replica),
            ("slave", ClientType::Replica),
            ("pubsub", ClientType::Pubsub),
        ];
        let found = names.iter().find(|(known, _)| is(name, known));
        found
            .map(|(_, kind)| *kind)
            .ok_or_else(|| ErrorReply::UnknownClientType(Text::until_nul(name)))
    }
}

fn client_getname(call: &mut ServerCall<'_>) -> Outcome {
    let name = call.session.client.labels().name;
    call.reply.bulk_or_null(Some(name.as_slice()).filter(|name| !name.is_empty()));
    Ok(())
}

fn client_setname(call: &mut ServerCall<'_>) -> Outcome {
    set_name(call, call.args.at(2))?;
    call.reply.ok();
    Ok(())
}

/// Names the connection; an empty name takes the old one away.
pub(super) fn set_name(call: &mut ServerCall<'_>, name: &[u8]) -> Outcome {
    if !is_plain(name) {
        return Err(ErrorReply::ClientName);
    }
    call.session.client.set_labels(|labels| labels.name = name.to_vec());
    Ok(())
}

/// Whether a text can stand in a line of CLIENT LIST.
fn is_plain(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_graphic)
}

fn client_setinfo(call: &mut ServerCall<'_>) -> Outcome {
    let (attribute, value) = (call.args.at(2), call.args.at(3));
    let place: fn(&mut Labels) -> &mut Vec<u8> = match attribute {
        _ if is(attribute, "LIB-NAME") => |labels| &mut labels.library,
        _ if is(attribute, "LIB-VER") => |labels| &mut labels.library_version,
        _ => return Err(ErrorReply::UnknownClientAttribute(Text::until_nul(attribute))),
    };
    if !is_plain(value) {
        return Err(ErrorReply::ClientAttribute(Text::until_nul(attribute)));
    }
    call.session.client.set_labels(|labels| *place(labels) = value.to_vec());
    call.reply.ok();
    Ok(())
}

fn client_id(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.integer(i64::try_from(call.session.client.id).unwrap_or(i64::MAX));
    Ok(())
}

fn client_reply(call: &mut ServerCall<'_>) -> Outcome {
    let mode = call.args.at(2);
    if is(mode, "ON") {
        call.session.replies = Replies::On;
        call.reply.ok();
    } else if is(mode, "OFF") {
        call.session.replies = Replies::Off;
    } else if is(mode, "SKIP") {
        // While there are no replies at all, there is none to skip.
        if call.session.replies != Replies::Off {
            call.session.replies = Replies::SkipNext;
        }
    } else {
        return Err(ErrorReply::Syntax);
    }
    Ok(())
}

fn client_no_evict(call: &mut ServerCall<'_>) -> Outcome {
    switch(call, |call| &call.session.client.no_evict)
}

fn client_no_touch(call: &mut ServerCall<'_>) -> Outcome {
    switch(call, |call| &call.session.client.no_touch)
}

/// Sets a flag of the connection to what the argument says, `on` or `off`.
fn switch<'a>(
    call: &mut ServerCall<'a>,
    flag: for<'c> fn(&'c ServerCall<'a>) -> &'c AtomicBool,
) -> Outcome {
    let on = match call.args.at(2) {
        word if is(word, "ON") => true,
        word if is(word, "OFF") => false,
        _ => return Err(ErrorReply::Syntax),
    };
    flag(call).store(on, Ordering::Relaxed);
    call.reply.ok();
    Ok(())
}

fn client_help(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.lines(&[
        "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GETNAME",
        "    Return the name of the current connection.",
        "ID",
        "    Return the ID of the current connection.",
        "INFO",
        "    Return information about the current client connection.",
        "KILL <ip:port>",
        "    Kill connection made from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    Kill connections. Options are:",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made from the specified address",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "      Kill connections made to specified local address",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Kill connections by type.",
        "    * USER <username>",
        "      Kill connections authenticated by <username>.",
        "    * SKIPME (YES|NO)",
        "      Skip killing current connection (default: yes).",
        "    * ID <client-id>",
        "      Kill the connection of that ID.",
        "LIST [options ...]",
        "    Return information about client connections. Options:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Return clients of specified type.",
        "    * ID <client-id> [<client-id> ...]",
        "      Return clients of specified IDs.",
        "REPLY (ON|OFF|SKIP)",
        "    Control the replies sent to the current connection.",
        "SETINFO (LIB-NAME|LIB-VER) <value>",
        "    Tell the name or the version of the client library.",
        "SETNAME <name>",
        "    Assign the name <name> to the current connection.",
        "NO-EVICT (ON|OFF)",
        "    Protect current client connection from eviction.",
        "NO-TOUCH (ON|OFF)",
        "    Keep this connection's commands from counting as use of a key.",
        "HELP",
        "    Prints this help.",
    ]);
    Ok(())
}
