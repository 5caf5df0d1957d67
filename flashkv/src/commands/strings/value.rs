//! Commands on whole strings: GET, SET and their many short forms.
//!
//! They read options and times; which keys exist, and what a deadline does to them, is the storage's business.

use crate::commands::call::{KeyCall, Outcome, is};
use crate::commands::expiry::{Sign, TimeArg};
use crate::commands::spec::*;
use crate::protocol::{Args, ErrorReply};
use crate::storage::{Condition, Ttl, View};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "get",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Get the value of a key",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Read(get),
        ..Command::EMPTY
    },
    Command {
        name: "set",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec {
            flags: &["RW", "access", "update", "variable_flags"],
            notes: "RW and ACCESS due to the optional `GET` argument",
            begin: 1,
            find: Find::Range { last: 0, step: 1 },
        }],
        group: Group::String,
        since: "1.0.0",
        summary: "Set the string value of a key",
        complexity: "O(1)",
        history: &[
            ("2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."),
            ("6.0.0", "Added the `KEEPTTL` option."),
            ("6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."),
            ("7.0.0", "Allowed the `NX` and `GET` options to be used together."),
        ],
        args: &[
            key("key", 0),
            string("value"),
            one_of("condition", &[word("nx", "NX"), word("xx", "XX")]).optional().since("2.6.12"),
            word("get", "GET").optional().since("6.2.0"),
            one_of(
                "expiration",
                &[
                    integer("seconds").token("EX").since("2.6.12"),
                    integer("milliseconds").token("PX").since("2.6.12"),
                    unix_time("unix-time-seconds").token("EXAT").since("6.2.0"),
                    unix_time("unix-time-milliseconds").token("PXAT").since("6.2.0"),
                    word("keepttl", "KEEPTTL").since("6.0.0"),
                ],
            )
            .optional(),
        ],
        key_flags: Some(KeyFlags {
            option: "GET",
            from: 3,
            with: &["RW", "access", "update"],
            without: &["OW", "update"],
        }),
        run: Run::Write(set),
        ..Command::EMPTY
    },
    Command {
        name: "setnx",
        arity: 3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["OW", "insert"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Set the value of a key, only if the key does not exist",
        complexity: "O(1)",
        args: &[key("key", 0), string("value")],
        run: Run::Write(setnx),
        ..Command::EMPTY
    },
    Command {
        name: "setex",
        arity: 4,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["OW", "update"])],
        group: Group::String,
        since: "2.0.0",
        summary: "Set the value and expiration of a key",
        complexity: "O(1)",
        args: &[key("key", 0), integer("seconds"), string("value")],
        run: Run::Write(setex),
        ..Command::EMPTY
    },
    Command {
        name: "psetex",
        arity: 4,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["OW", "update"])],
        group: Group::String,
        since: "2.6.0",
        summary: "Set the value and expiration in milliseconds of a key",
        complexity: "O(1)",
        args: &[key("key", 0), integer("milliseconds"), string("value")],
        run: Run::Write(psetex),
        ..Command::EMPTY
    },
    Command {
        name: "getset",
        arity: 3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "access", "update"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Set the string value of a key and return its old value",
        complexity: "O(1)",
        deprecated: Some(("6.2.0", "`SET` with the `!GET` argument")),
        args: &[key("key", 0), string("value")],
        run: Run::Write(getset),
        ..Command::EMPTY
    },
    Command {
        name: "getdel",
        arity: 2,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RW", "access", "delete"])],
        group: Group::String,
        since: "6.2.0",
        summary: "Get the value of a key and delete the key",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Write(getdel),
        ..Command::EMPTY
    },
    Command {
        name: "getex",
        arity: -2,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec {
            flags: &["RW", "access", "update"],
            notes: "RW and UPDATE because it changes the TTL",
            begin: 1,
            find: Find::Range { last: 0, step: 1 },
        }],
        group: Group::String,
        since: "6.2.0",
        summary: "Get the value of a key and optionally set its expiration",
        complexity: "O(1)",
        args: &[
            key("key", 0),
            one_of(
                "expiration",
                &[
                    integer("seconds").token("EX"),
                    integer("milliseconds").token("PX"),
                    unix_time("unix-time-seconds").token("EXAT"),
                    unix_time("unix-time-milliseconds").token("PXAT"),
                    word("persist", "PERSIST"),
                ],
            )
            .optional(),
        ],
        run: Run::Write(getex),
        ..Command::EMPTY
    },
    Command {
        name: "strlen",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::STRING,
        keys: &[KeySpec::one(1, &["RO"])],
        group: Group::String,
        since: "2.2.0",
        summary: "Get the length of the value stored in a key",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Read(strlen),
        ..Command::EMPTY
    },
];

/// What the options of SET or GETEX say about the key's deadline.
#[derive(Debug, Clone, Copy, Default)]
enum Expiry<'a> {
    /// Nothing.
    #[default]
    Unsaid,
    /// The command's own word: KEEPTTL of SET, PERSIST of GETEX.
    Word,
    /// EX, PX, EXAT or PXAT, and the time as it was sent.
    Time(TimeArg, &'a [u8]),
}

impl<'a> Expiry<'a> {
    /// Takes in an option with its value from the arguments after it. The same one again is harmless, the last one counts;
    /// another one contradicts it.
    fn read(
        &mut self,
        option: &[u8],
        own_word: &str,
        rest: &mut impl Iterator<Item = &'a [u8]>,
    ) -> Outcome {
        let new = match TimeArg::of_option(option) {
            Some(unit) => Expiry::Time(unit, rest.next().ok_or(ErrorReply::Syntax)?),
            None if is(option, own_word) => Expiry::Word,
            None => return Err(ErrorReply::Syntax),
        };
        match (*self, new) {
            (Expiry::Unsaid, _) | (Expiry::Word, Expiry::Word) => {}
            (Expiry::Time(old, _), Expiry::Time(new, _)) if old == new => {}
            _ => return Err(ErrorReply::Syntax),
        }
        *self = new;
        Ok(())
    }
}

/// What SET answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Answer {
    /// OK, or a null if its condition did not hold.
    #[default]
    Done,
    /// The old value (GET).
    OldValue,
}

#[derive(Debug, Default)]
struct SetOptions<'a> {
    condition: Condition,
    answer: Answer,
    expiry: Expiry<'a>,
}

impl<'a> SetOptions<'a> {
    fn parse(args: &Args<'a>) -> Result<Self, ErrorReply> {
        let mut options = SetOptions::default();
        let mut rest = args.from(3);
        while let Some(option) = rest.next() {
            if is(option, "NX") && options.condition != Condition::IfPresent {
                options.condition = Condition::IfAbsent;
            } else if is(option, "XX") && options.condition != Condition::IfAbsent {
                options.condition = Condition::IfPresent;
            } else if is(option, "GET") {
                options.answer = Answer::OldValue;
            } else {
                options.expiry.read(option, "KEEPTTL", &mut rest)?;
            }
        }
        Ok(options)
    }
}

fn get(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let string = db.string(call.key(0))?;
    call.reply.bulk_or_null(string.map(|string| string.bytes));
    Ok(())
}

fn strlen(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let string = db.string(call.key(0))?;
    call.reply.count(string.map_or(0, |string| string.bytes.len()));
    Ok(())
}

fn set(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    if call.args.len() == 3 {
        db.set(call.key(0), call.args.at(2), Condition::Always, Ttl::Clear);
        call.reply.ok();
        return Ok(());
    }
    set_with_options(call, db)
}

fn set_with_options(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let options = SetOptions::parse(&call.args)?;
    let ttl = match options.expiry {
        Expiry::Unsaid => Ttl::Clear,
        Expiry::Word => Ttl::Keep,
        Expiry::Time(unit, time) => {
            Ttl::At(unit.deadline(time, Sign::Positive, db.now(), "set")?)
        }
    };
    if options.answer == Answer::OldValue {
        answer_value(call, db)?;
    }
    let done = db.set(call.key(0), call.args.at(2), options.condition, ttl);
    match options.answer {
        Answer::OldValue => {}
        Answer::Done if done => call.reply.ok(),
        Answer::Done => call.reply.null(),
    }
    Ok(())
}

fn setnx(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let done = db.set(call.key(0), call.args.at(2), Condition::IfAbsent, Ttl::Clear);
    call.reply.integer(i64::from(done));
    Ok(())
}

fn setex(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    set_for(call, db, TimeArg::Seconds, "setex")
}

fn psetex(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    set_for(call, db, TimeArg::Milliseconds, "psetex")
}

fn set_for(
    call: &mut KeyCall<'_>,
    db: &mut View<'_>,
    unit: TimeArg,
    command: &'static str,
) -> Outcome {
    let deadline = unit.deadline(call.args.at(2), Sign::Positive, db.now(), command)?;
    db.set(call.key(0), call.args.at(3), Condition::Always, Ttl::At(deadline));
    call.reply.ok();
    Ok(())
}

fn getset(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    answer_value(call, db)?;
    db.set(call.key(0), call.args.at(2), Condition::Always, Ttl::Clear);
    Ok(())
}

fn getdel(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    answer_value(call, db)?;
    db.remove(call.key(0));
    Ok(())
}

fn getex(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let mut expiry = Expiry::Unsaid;
    let mut rest = call.args.from(2);
    while let Some(option) = rest.next() {
        expiry.read(option, "PERSIST", &mut rest)?;
    }
    let key = call.key(0);
    let Some(string) = db.string(key)? else {
        call.reply.null();
        return Ok(());
    };
    let had_deadline = string.deadline.is_some();
    call.reply.bulk(string.bytes);
    match expiry {
        Expiry::Time(unit, time) => {
            let deadline = unit.deadline(time, Sign::Positive, db.now(), "getex")?;
            db.set_deadline(key, Some(deadline));
        }
        Expiry::Word if had_deadline => {
            db.set_deadline(key, None);
        }
        Expiry::Word | Expiry::Unsaid => {}
    }
    Ok(())
}

/// Answers the value of a key that is about to be written. If it is no string, nothing must be written.
fn answer_value(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let string = db.string(call.key(0))?;
    call.reply.bulk_or_null(string.map(|string| string.bytes));
    Ok(())
}
