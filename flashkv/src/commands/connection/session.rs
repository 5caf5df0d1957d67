//! Commands on the connection's own state: who it is, which database and which version of the protocol it uses.
//!
//! What others may see of a connection is `client`'s business; the socket is nobody's here.

use std::sync::atomic::Ordering;

use super::client::set_name;
use crate::commands::call::{Outcome, ServerCall, database_index, is};
use crate::commands::session::Replies;
use crate::commands::spec::*;
use crate::number::parse_i64;
use crate::protocol::error::Text;
use crate::protocol::{ErrorReply, REDIS_VERSION, RespValue, Version};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "ping",
        arity: -1,
        flags: Flags::FAST,
        acl: Acl::CONNECTION,
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        group: Group::Connection,
        since: "1.0.0",
        summary: "Ping the server",
        complexity: "O(1)",
        args: &[string("message").optional()],
        run: Run::Server(ping),
        ..Command::EMPTY
    },
    Command {
        name: "echo",
        arity: 2,
        flags: Flags::LOADING.with(Flags::STALE).with(Flags::FAST),
        acl: Acl::CONNECTION,
        group: Group::Connection,
        since: "1.0.0",
        summary: "Echo the given string",
        complexity: "O(1)",
        args: &[string("message")],
        run: Run::Server(echo),
        ..Command::EMPTY
    },
    Command {
        name: "hello",
        arity: -1,
        flags: Flags::NOSCRIPT
            .with(Flags::LOADING)
            .with(Flags::STALE)
            .with(Flags::FAST)
            .with(Flags::NO_AUTH)
            .with(Flags::ALLOW_BUSY),
        acl: Acl::CONNECTION,
        group: Group::Connection,
        since: "6.0.0",
        summary: "Handshake with Redis",
        complexity: "O(1)",
        history: &[(
            "6.2.0",
            "`protover` made optional; when called without arguments the command reports the current connection's context.",
        )],
        args: &[block(
            "arguments",
            &[
                integer("protover"),
                block("username_password", &[string("username"), string("password")])
                    .token("AUTH")
                    .optional(),
                string("clientname").token("SETNAME").optional(),
            ],
        )
        .optional()],
        run: Run::Server(hello),
        ..Command::EMPTY
    },
    Command {
        name: "auth",
        arity: -2,
        flags: Flags::NOSCRIPT
            .with(Flags::LOADING)
            .with(Flags::STALE)
            .with(Flags::FAST)
            .with(Flags::NO_AUTH)
            .with(Flags::ALLOW_BUSY),
        acl: Acl::CONNECTION,
        group: Group::Connection,
        since: "1.0.0",
        summary: "Authenticate to the server",
        complexity: "O(N) where N is the number of passwords defined for the user",
        history: &[("6.0.0", "Added ACL style (username and password).")],
        args: &[string("username").optional().since("6.0.0"), string("password")],
        run: Run::Server(auth),
        ..Command::EMPTY
    },
    Command {
        name: "select",
        arity: 2,
        flags: Flags::LOADING.with(Flags::STALE).with(Flags::FAST),
        acl: Acl::CONNECTION,
        group: Group::Connection,
        since: "1.0.0",
        summary: "Change the selected database for the current connection",
        complexity: "O(1)",
        args: &[integer("index")],
        run: Run::Server(select),
        ..Command::EMPTY
    },
    Command {
        name: "quit",
        arity: -1,
        flags: Flags::NOSCRIPT
            .with(Flags::LOADING)
            .with(Flags::STALE)
            .with(Flags::FAST)
            .with(Flags::NO_AUTH)
            .with(Flags::ALLOW_BUSY),
        acl: Acl::CONNECTION,
        group: Group::Connection,
        since: "1.0.0",
        summary: "Close the connection",
        complexity: "O(1)",
        run: Run::Server(quit),
        ..Command::EMPTY
    },
    Command {
        name: "reset",
        arity: 1,
        flags: Flags::NOSCRIPT
            .with(Flags::LOADING)
            .with(Flags::STALE)
            .with(Flags::FAST)
            .with(Flags::NO_AUTH)
            .with(Flags::ALLOW_BUSY),
        acl: Acl::CONNECTION,
        group: Group::Connection,
        since: "6.2.0",
        summary: "Reset the connection",
        complexity: "O(1)",
        run: Run::Server(reset),
        ..Command::EMPTY
    },
];

/// The only user there is.
const USER: &[u8] = b"default";

fn ping(call: &mut ServerCall<'_>) -> Outcome {
    match call.args.len() {
        1 => call.reply.simple("PONG"),
        2 => call.reply.bulk(call.args.at(1)),
        _ => return Err(ErrorReply::Arity(call.entry.full_name.as_str().into())),
    }
    Ok(())
}

fn echo(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.bulk(call.args.at(1));
    Ok(())
}

/// Options take effect as they are read, as in Redis: a name sticks although a later option is wrong.
fn hello(call: &mut ServerCall<'_>) -> Outcome {
    let version = call.args.get(1).map(protocol_version).transpose()?;
    let mut index = 2;
    while let Some(option) = call.args.get(index) {
        match (call.args.get(index + 1), call.args.get(index + 2)) {
            (Some(user), Some(password)) if is(option, "AUTH") => {
                call.session.secrets.add(index + 1);
                call.session.secrets.add(index + 2);
                log_in(call, user, password)?;
                index += 3;
            }
            (Some(name), _) if is(option, "SETNAME") => {
                set_name(call, name)?;
                index += 2;
            }
            _ => return Err(ErrorReply::HelloOption(Text::until_nul(option))),
        }
    }
    if !call.session.authenticated && call.shared.settings.requires_password() {
        return Err(ErrorReply::HelloNoAuth);
    }
    if let Some(version) = version {
        call.session.speak(version);
        call.reply.set_version(version);
    }
    let proto = match call.session.version {
        Version::Resp2 => 2,
        Version::Resp3 => 3,
    };
    let id = i64::try_from(call.session.client.id).unwrap_or(i64::MAX);
    let fields = [
        ("server", RespValue::bulk("redis")),
        ("version", RespValue::bulk(REDIS_VERSION)),
        ("proto", RespValue::Integer(proto)),
        ("id", RespValue::Integer(id)),
        ("mode", RespValue::bulk("standalone")),
        ("role", RespValue::bulk("master")),
        ("modules", RespValue::Array(Vec::new())),
    ];
    let fields = fields.map(|(name, value)| (RespValue::bulk(name), value));
    call.reply.value(&RespValue::Map(fields.into()));
    Ok(())
}

fn protocol_version(argument: &[u8]) -> Result<Version, ErrorReply> {
    match parse_i64(argument) {
        Some(2) => Ok(Version::Resp2),
        Some(3) => Ok(Version::Resp3),
        Some(_) => Err(ErrorReply::UnsupportedProtocol),
        None => Err(ErrorReply::ProtocolNotAnInteger),
    }
}

fn auth(call: &mut ServerCall<'_>) -> Outcome {
    // Even of a wrong call, anything may be the password.
    call.session.secrets.add_from(1);
    match call.args.len() {
        2 if !call.shared.settings.requires_password() => {
            return Err(ErrorReply::NoPasswordConfigured);
        }
        2 => log_in(call, USER, call.args.at(1))?,
        3 => log_in(call, call.args.at(1), call.args.at(2))?,
        _ => return Err(ErrorReply::Syntax),
    }
    call.reply.ok();
    Ok(())
}

/// Trusts the connection if the password is right, or if there is none. A wrong one leaves the connection as it was.
fn log_in(call: &mut ServerCall<'_>, user: &[u8], password: &[u8]) -> Outcome {
    let settings = &call.shared.settings;
    let right = !settings.requires_password() || settings.is_password(password);
    if user != USER || !right {
        return Err(ErrorReply::WrongPass);
    }
    call.session.authenticated = true;
    Ok(())
}

fn select(call: &mut ServerCall<'_>) -> Outcome {
    let database = database_index(call.args.at(1), call.engine().databases())?;
    call.session.select(database);
    call.reply.ok();
    Ok(())
}

fn quit(call: &mut ServerCall<'_>) -> Outcome {
    call.session.closing = true;
    call.reply.ok();
    Ok(())
}

/// As if just connected; only NO-EVICT and what SETINFO told stay.
fn reset(call: &mut ServerCall<'_>) -> Outcome {
    let session = &mut *call.session;
    session.select(0);
    session.speak(Version::Resp2);
    session.authenticated = !call.shared.settings.requires_password();
    session.replies = Replies::On;
    session.client.set_labels(|labels| labels.name.clear());
    session.client.no_touch.store(false, Ordering::Relaxed);
    call.reply.set_version(Version::Resp2);
    call.reply.simple("RESET");
    Ok(())
}
