//! COMMAND GETKEYS and GETKEYSANDFLAGS: which arguments of a command are keys, and what would become of them.
//!
//! The command is looked up and measured like one that is to be run, and then is not run.

use super::write_words;
use crate::commands::call::{Outcome, ServerCall};
use crate::commands::shared::Shared;
use crate::commands::table::{Entry, table};
use crate::protocol::{Args, ErrorReply};

/// Where the command that is asked about begins.
const INNER: usize = 2;

/// Source: <https://redis.io/docs/latest/commands/command-getkeys/>
pub(super) fn command_getkeys(call: &mut ServerCall<'_>) -> Outcome {
    let args = call.args.tail(INNER);
    let keys = keys_of(command_of(call.shared, &args)?, &args)?;
    call.reply.array(keys.len());
    for (key, _) in keys {
        call.reply.bulk(args.at(key));
    }
    Ok(())
}

/// Source: <https://redis.io/docs/latest/commands/command-getkeysandflags/>
pub(super) fn command_getkeysandflags(call: &mut ServerCall<'_>) -> Outcome {
    let args = call.args.tail(INNER);
    let entry = command_of(call.shared, &args)?;
    let keys = keys_of(entry, &args)?;
    let variable = entry.command.key_flags.map(|flags| flags.of(&args));
    call.reply.array(keys.len());
    for (key, flags) in keys {
        call.reply.array(2);
        call.reply.bulk(args.at(key));
        write_words(&mut call.reply, variable.unwrap_or(flags).iter().copied());
    }
    Ok(())
}

/// The command, if it could be run with these arguments as far as their number tells, and has keys.
fn command_of(shared: &Shared, args: &Args<'_>) -> Result<&'static Entry, ErrorReply> {
    let found = table().look_up(args, &shared.disabled);
    let entry = found.map_err(|_| ErrorReply::InvalidCommandSpecified)?;
    if entry.command.keys.is_empty() {
        return Err(ErrorReply::NoKeyArguments);
    }
    entry.check_arity(args.len()).map_err(|_| ErrorReply::InvalidArgumentCount)?;
    Ok(entry)
}

/// The index of each key among the arguments, with the flags of its specification.
fn keys_of(
    entry: &Entry,
    args: &Args<'_>,
) -> Result<Vec<(usize, &'static [&'static str])>, ErrorReply> {
    let mut keys = Vec::new();
    for spec in entry.command.keys {
        spec.indexes(args, |index| keys.push((index, spec.flags)));
    }
    if keys.is_empty() { Err(ErrorReply::InvalidArgumentsSpecified) } else { Ok(keys) }
}
