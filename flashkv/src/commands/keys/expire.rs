//! Deadlines of keys: EXPIRE and its kin, TTL and its kin, PERSIST.
//!
//! Knows the words and the units; `expiry` turns times into deadlines, and what a deadline that has passed does to a key
//! is the storage's business.

use crate::commands::call::{KeyCall, Outcome, is};
use crate::commands::expiry::{Sign, TimeArg};
use crate::commands::spec::*;
use crate::protocol::error::Text;
use crate::protocol::{Args, ErrorReply};
use crate::storage::{DeadlineCondition, View};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "expire",
        arity: -3,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "update"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Set a key's time to live in seconds",
        complexity: "O(1)",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[
            key("key", 0),
            integer("seconds"),
            one_of(
                "condition",
                &[word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ],
        run: Run::Write(expire),
        ..Command::EMPTY
    },
    Command {
        name: "pexpire",
        arity: -3,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "update"])],
        group: Group::Generic,
        since: "2.6.0",
        summary: "Set a key's time to live in milliseconds",
        complexity: "O(1)",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[
            key("key", 0),
            integer("milliseconds"),
            one_of(
                "condition",
                &[word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ],
        run: Run::Write(pexpire),
        ..Command::EMPTY
    },
    Command {
        name: "expireat",
        arity: -3,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "update"])],
        group: Group::Generic,
        since: "1.2.0",
        summary: "Set the expiration for a key as a UNIX timestamp",
        complexity: "O(1)",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[
            key("key", 0),
            unix_time("unix-time-seconds"),
            one_of(
                "condition",
                &[word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ],
        run: Run::Write(expireat),
        ..Command::EMPTY
    },
    Command {
        name: "pexpireat",
        arity: -3,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "update"])],
        group: Group::Generic,
        since: "2.6.0",
        summary: "Set the expiration for a key as a UNIX timestamp specified in milliseconds",
        complexity: "O(1)",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        args: &[
            key("key", 0),
            unix_time("unix-time-milliseconds"),
            one_of(
                "condition",
                &[word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT")],
            )
            .optional()
            .since("7.0.0"),
        ],
        run: Run::Write(pexpireat),
        ..Command::EMPTY
    },
    Command {
        name: "ttl",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Get the time to live for a key in seconds",
        complexity: "O(1)",
        history: &[("2.8.0", "Added the -2 reply.")],
        args: &[key("key", 0)],
        run: Run::Read(ttl),
        ..Command::EMPTY
    },
    Command {
        name: "pttl",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::Generic,
        since: "2.6.0",
        summary: "Get the time to live for a key in milliseconds",
        complexity: "O(1)",
        history: &[("2.8.0", "Added the -2 reply.")],
        args: &[key("key", 0)],
        run: Run::Read(pttl),
        ..Command::EMPTY
    },
    Command {
        name: "expiretime",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::Generic,
        since: "7.0.0",
        summary: "Get the expiration Unix timestamp for a key",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Read(expiretime),
        ..Command::EMPTY
    },
    Command {
        name: "pexpiretime",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::Generic,
        since: "7.0.0",
        summary: "Get the expiration Unix timestamp for a key in milliseconds",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Read(pexpiretime),
        ..Command::EMPTY
    },
    Command {
        name: "persist",
        arity: 2,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "update"])],
        group: Group::Generic,
        since: "2.2.0",
        summary: "Remove the expiration from a key",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Write(persist),
        ..Command::EMPTY
    },
];

fn expire(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    set_deadline(call, db, TimeArg::Seconds, "expire")
}

fn pexpire(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    set_deadline(call, db, TimeArg::Milliseconds, "pexpire")
}

fn expireat(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    set_deadline(call, db, TimeArg::UnixSeconds, "expireat")
}

fn pexpireat(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    set_deadline(call, db, TimeArg::UnixMilliseconds, "pexpireat")
}

fn set_deadline(
    call: &mut KeyCall<'_>,
    db: &mut View<'_>,
    unit: TimeArg,
    command: &'static str,
) -> Outcome {
    let condition = condition(&call.args)?;
    let deadline = unit.deadline(call.args.at(2), Sign::Any, db.now(), command)?;
    let done = db.expire(call.key(0), deadline, condition);
    call.reply.integer(i64::from(done));
    Ok(())
}

/// What the words after the time demand of the deadline that the key has.
fn condition(args: &Args<'_>) -> Result<DeadlineCondition, ErrorReply> {
    let (mut nx, mut xx, mut gt, mut lt) = (false, false, false, false);
    for word in args.from(3) {
        let seen = match word {
            word if is(word, "NX") => &mut nx,
            word if is(word, "XX") => &mut xx,
            word if is(word, "GT") => &mut gt,
            word if is(word, "LT") => &mut lt,
            _ => return Err(ErrorReply::UnsupportedOption(Text::until_nul(word))),
        };
        *seen = true;
    }
    match (nx, xx, gt, lt) {
        (false, false, false, false) => Ok(DeadlineCondition::Always),
        (true, false, false, false) => Ok(DeadlineCondition::IfNone),
        (true, ..) => Err(ErrorReply::NxConflict),
        (_, _, true, true) => Err(ErrorReply::GtWithLt),
        // A key without a deadline is taken to live for ever: GT refuses it anyway.
        (_, _, true, _) => Ok(DeadlineCondition::IfLater),
        (_, false, _, true) => Ok(DeadlineCondition::IfEarlier),
        (_, true, _, true) => Ok(DeadlineCondition::IfAnyAndEarlier),
        (_, true, ..) => Ok(DeadlineCondition::IfAny),
    }
}

fn persist(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let lifted = db.persist(call.key(0));
    call.reply.integer(i64::from(lifted));
    Ok(())
}

/// In what a deadline is told.
#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
}

/// From when a deadline is told.
#[derive(Clone, Copy)]
enum Since {
    Now,
    Epoch,
}

fn ttl(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    tell_deadline(call, db, Since::Now, Unit::Seconds)
}

fn pttl(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    tell_deadline(call, db, Since::Now, Unit::Milliseconds)
}

fn expiretime(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    tell_deadline(call, db, Since::Epoch, Unit::Seconds)
}

fn pexpiretime(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    tell_deadline(call, db, Since::Epoch, Unit::Milliseconds)
}

fn tell_deadline(call: &mut KeyCall<'_>, db: &View<'_>, since: Since, unit: Unit) -> Outcome {
    const NO_KEY: i64 = -2;
    const NO_DEADLINE: i64 = -1;
    let told = match db.deadline(call.key(0)) {
        None => NO_KEY,
        Some(None) => NO_DEADLINE,
        Some(Some(deadline)) => {
            let millis = match since {
                Since::Now => deadline.saturating_sub(db.now()),
                Since::Epoch => deadline,
            };
            let told = match unit {
                Unit::Milliseconds => millis,
                // To the nearest second. Deadlines fit an `i64`, so adding to one does not overflow.
                Unit::Seconds => (millis + 500) / 1000,
            };
            i64::try_from(told).unwrap_or(i64::MAX)
        }
    };
    call.reply.integer(told);
    Ok(())
}
