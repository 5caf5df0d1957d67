//! CONFIG: shows and changes the server's settings.
//!
//! Which parameters there are, and how their values are read and written, is in `parameters`.

mod parameters;
mod value;

use std::borrow::Cow;

use self::parameters::{PARAMETERS, Parameter};
use crate::commands::call::{Outcome, ServerCall};
use crate::commands::spec::*;
use crate::protocol::ErrorReply;
use crate::protocol::error::Text;
use crate::storage::glob;

pub(super) const ROWS: &[Command] = &[Command {
    name: "config",
    arity: -2,
    group: Group::Server,
    since: "2.0.0",
    summary: "A container for server configuration commands",
    complexity: "Depends on subcommand.",
    subcommands: &[
        Command {
            name: "get",
            arity: -3,
            flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
            group: Group::Server,
            since: "2.0.0",
            summary: "Get the values of configuration parameters",
            complexity: "O(N) when N is the number of configuration parameters provided",
            history: &[(
                "7.0.0",
                "Added the ability to pass multiple pattern parameters in one call",
            )],
            args: &[block("parameter", &[string("parameter")]).multiple()],
            run: Run::Server(config_get),
            ..Command::EMPTY
        },
        Command {
            name: "help",
            arity: 2,
            flags: Flags::LOADING.with(Flags::STALE),
            group: Group::Server,
            since: "5.0.0",
            summary: "Show helpful text about the different subcommands",
            complexity: "O(1)",
            run: Run::Server(config_help),
            ..Command::EMPTY
        },
        Command {
            name: "resetstat",
            arity: 2,
            flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
            group: Group::Server,
            since: "2.0.0",
            summary: "Reset the stats returned by INFO",
            complexity: "O(1)",
            run: Run::Server(config_resetstat),
            ..Command::EMPTY
        },
        Command {
            name: "rewrite",
            arity: 2,
            flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
            group: Group::Server,
            since: "2.8.0",
            summary: "Rewrite the configuration file with the in memory configuration",
            complexity: "O(1)",
            run: Run::Server(config_rewrite),
            ..Command::EMPTY
        },
        Command {
            name: "set",
            arity: -4,
            flags: Flags::ADMIN.with(Flags::NOSCRIPT).with(Flags::LOADING).with(Flags::STALE),
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            group: Group::Server,
            since: "2.0.0",
            summary: "Set configuration parameters to the given values",
            complexity: "O(N) when N is the number of configuration parameters provided",
            history: &[("7.0.0", "Added the ability to set multiple parameters in one call.")],
            args: &[block("parameter_value", &[string("parameter"), string("value")]).multiple()],
            run: Run::Server(config_set),
            ..Command::EMPTY
        },
    ],
    ..Command::EMPTY
}];

/// A parameter asked for by its exact name is answered under the name as it was typed, and once however often it is
/// asked for.
fn config_get(call: &mut ServerCall<'_>) -> Outcome {
    let mut found: Vec<(&Parameter, Cow<'_, [u8]>)> = Vec::new();
    for asked in call.args.from(2) {
        let is_pattern = asked.iter().any(|byte| b"[*?".contains(byte));
        for parameter in PARAMETERS {
            let matches = if is_pattern {
                glob::matches_ignore_case(asked, parameter.name.as_bytes())
            } else {
                parameter.is_named(asked)
            };
            if matches && !found.iter().any(|(other, _)| other.name == parameter.name) {
                let shown = if is_pattern { parameter.name.as_bytes() } else { asked };
                found.push((parameter, shown.into()));
            }
        }
    }
    call.reply.map(found.len());
    for (parameter, name) in found {
        call.reply.bulk(&name);
        call.reply.bulk(&parameter.show(call.shared));
    }
    Ok(())
}

/// All or nothing: the names are checked first, then the values in order, and only then anything is changed.
fn config_set(call: &mut ServerCall<'_>) -> Outcome {
    if !call.args.len().is_multiple_of(2) {
        return Err(ErrorReply::Syntax);
    }
    let changes = named_changes(call)?;
    let shared = call.shared;
    shared.settings.try_update(|live| {
        for change in &changes {
            let Change { parameter, value, .. } = *change;
            parameter.set(live, value).map_err(|reason| change.refused(reason))?;
        }
        for change in &changes {
            change.parameter.check(shared, live).map_err(|reason| change.refused(reason))?;
        }
        shared.engine.set_max_string(live.limits.bulk);
        Ok::<_, ErrorReply>(())
    })?;
    call.reply.ok();
    Ok(())
}

/// One of CONFIG SET's pairs.
struct Change<'a> {
    parameter: &'static Parameter,
    name: &'a [u8],
    value: &'a [u8],
}

impl Change<'_> {
    fn refused(&self, reason: Cow<'static, str>) -> ErrorReply {
        ErrorReply::ParameterRefused { name: Text::until_nul(self.name), reason }
    }
}

/// The parameters to set; the first name that cannot be set is the error. All are looked at even so, since a secret must
/// not be logged because of a mistake in front of it.
fn named_changes<'a>(call: &mut ServerCall<'a>) -> Result<Vec<Change<'a>>, ErrorReply> {
    let mut changes: Vec<Change<'a>> = Vec::new();
    let mut result = Ok(());
    for index in (2..call.args.len()).step_by(2) {
        let (name, value) = (call.args.at(index), call.args.at(index + 1));
        let Some(parameter) = PARAMETERS.iter().find(|parameter| parameter.is_named(name)) else {
            result = result.and(Err(ErrorReply::UnknownParameter(Text::until_nul(name))));
            continue;
        };
        if parameter.is_secret() {
            call.session.secrets.add(index + 1);
        }
        if result.is_err() {
            continue;
        }
        let change = Change { parameter, name, value };
        if parameter.is_immutable() {
            result = Err(change.refused(value::IMMUTABLE.into()));
        } else if changes.iter().any(|other| other.parameter.name == parameter.name) {
            result = Err(change.refused("duplicate parameter".into()));
        } else {
            changes.push(change);
        }
    }
    result.map(|()| changes)
}

fn config_resetstat(call: &mut ServerCall<'_>) -> Outcome {
    call.shared.metrics.reset();
    call.reply.ok();
    Ok(())
}

/// Settings come from the command line and the environment: there is no file to write them to.
fn config_rewrite(_call: &mut ServerCall<'_>) -> Outcome {
    Err(ErrorReply::NoConfigFile)
}

fn config_help(call: &mut ServerCall<'_>) -> Outcome {
    call.reply.lines(&[
        "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "GET <pattern>",
        "    Return parameters matching the glob-like <pattern> and their values.",
        "SET <directive> <value>",
        "    Set the configuration <directive> to <value>.",
        "RESETSTAT",
        "    Reset statistics reported by the INFO command.",
        "REWRITE",
        "    Rewrite the configuration file.",
        "HELP",
        "    Prints this help.",
    ]);
    Ok(())
}
