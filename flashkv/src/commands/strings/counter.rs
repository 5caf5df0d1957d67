//! Commands that count: INCR, DECR and their kin.
//!
//! They read their step; the sum, and what is a number at all, is the storage's business.

use crate::commands::call::{KeyCall, Outcome, integer as read_integer};
use crate::commands::spec::*;
use crate::protocol::ErrorReply;
use crate::storage::View;
use crate::storage::long_double::LongDouble;

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "incr",
        arity: 2,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "access", "update"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Increment the integer value of a key by one",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Write(incr),
        ..Command::EMPTY
    },
    Command {
        name: "incrby",
        arity: 3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "access", "update"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Increment the integer value of a key by the given amount",
        complexity: "O(1)",
        args: &[key("key", 0), integer("increment")],
        run: Run::Write(incrby),
        ..Command::EMPTY
    },
    Command {
        name: "decr",
        arity: 2,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "access", "update"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Decrement the integer value of a key by one",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Write(decr),
        ..Command::EMPTY
    },
    Command {
        name: "decrby",
        arity: 3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "access", "update"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Decrement the integer value of a key by the given number",
        complexity: "O(1)",
        args: &[key("key", 0), integer("decrement")],
        run: Run::Write(decrby),
        ..Command::EMPTY
    },
    Command {
        name: "incrbyfloat",
        arity: 3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "access", "update"])],
        group: Group::String,
        since: "2.6.0",
        summary: "Increment the float value of a key by the given amount",
        complexity: "O(1)",
        args: &[key("key", 0), double("increment")],
        run: Run::Write(incrbyfloat),
        ..Command::EMPTY
    },
];

fn incr(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    add(call, db, 1)
}

fn decr(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    add(call, db, -1)
}

fn incrby(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let step = read_integer(call.args.at(2))?;
    add(call, db, step)
}

fn decrby(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let step = read_integer(call.args.at(2))?;
    add(call, db, step.checked_neg().ok_or(ErrorReply::DecrementOverflow)?)
}

fn add(call: &mut KeyCall<'_>, db: &mut View<'_>, step: i64) -> Outcome {
    let sum = db.incr_by(call.key(0), step)?;
    call.reply.integer(sum);
    Ok(())
}

fn incrbyfloat(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let key = call.key(0);
    // A value of another type is noticed before a step that is no number.
    db.expect_string(key)?;
    let step = LongDouble::parse(call.args.at(2)).ok_or(ErrorReply::NotAFloat)?;
    let sum = db.incr_by_float(key, step)?;
    call.reply.bulk(&sum);
    Ok(())
}
