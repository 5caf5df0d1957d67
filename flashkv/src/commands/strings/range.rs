//! Commands on a part of a string: APPEND, GETRANGE, SETRANGE.
//!
//! They read positions; which bytes these mean, and how long a string may grow, is the storage's business.

use crate::commands::call::{KeyCall, Outcome, integer as read_integer};
use crate::commands::spec::*;
use crate::protocol::ErrorReply;
use crate::storage::{View, substring};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "append",
        arity: 3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "insert"])],
        group: Group::String,
        since: "2.0.0",
        summary: "Append a value to a key",
        complexity: "O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by Redis will double the free space available on every reallocation.",
        args: &[key("key", 0), string("value")],
        run: Run::Write(append),
        ..Command::EMPTY
    },
    Command {
        name: "getrange",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::String,
        since: "2.4.0",
        summary: "Get a substring of the string stored at a key",
        complexity: "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
        args: &[key("key", 0), integer("start"), integer("end")],
        run: Run::Read(getrange),
        ..Command::EMPTY
    },
    Command {
        name: "substr",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Get a substring of the string stored at a key",
        complexity: "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
        deprecated: Some(("2.0.0", "`GETRANGE`")),
        args: &[key("key", 0), integer("start"), integer("end")],
        run: Run::Read(getrange),
        ..Command::EMPTY
    },
    Command {
        name: "setrange",
        arity: 4,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "update"])],
        group: Group::String,
        since: "2.2.0",
        summary: "Overwrite part of a string at key starting at the specified offset",
        complexity: "O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.",
        args: &[key("key", 0), integer("offset"), string("value")],
        run: Run::Write(setrange),
        ..Command::EMPTY
    },
];

fn append(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let len = db.append(call.key(0), call.args.at(2))?;
    call.reply.count(len);
    Ok(())
}

/// GETRANGE, and SUBSTR, its old name.
fn getrange(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let (start, end) = (read_integer(call.args.at(2))?, read_integer(call.args.at(3))?);
    let bytes = db.string(call.key(0))?.map_or(&[][..], |string| string.bytes);
    call.reply.bulk(substring(bytes, start, end));
    Ok(())
}

fn setrange(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let offset = read_integer(call.args.at(2))?;
    let offset = usize::try_from(offset).map_err(|_| ErrorReply::OffsetOutOfRange)?;
    let len = db.set_range(call.key(0), offset, call.args.at(3))?;
    call.reply.count(len);
    Ok(())
}
