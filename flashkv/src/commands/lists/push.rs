//! Pushing onto the ends of lists and popping off them: LPUSH, LPUSHX, LPOP, LMPOP and their mirror images.
//!
//! Knows the arguments and the shapes of the replies; that a list comes with its first element and goes with its last
//! is the storage's doing.

use super::end_named;
use crate::commands::call::{KeyCall, Outcome, is, positive};
use crate::commands::spec::*;
use crate::number::parse_i64;
use crate::protocol::{Args, ErrorReply};
use crate::storage::{End, IfMissing, View};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "lpush",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "insert"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Prepend one or multiple elements to a list",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        history: &[("2.4.0", "Accepts multiple `element` arguments.")],
        args: &[key("key", 0), string("element").multiple()],
        run: Run::Write(lpush),
        ..Command::EMPTY
    },
    Command {
        name: "rpush",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "insert"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Append one or multiple elements to a list",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        history: &[("2.4.0", "Accepts multiple `element` arguments.")],
        args: &[key("key", 0), string("element").multiple()],
        run: Run::Write(rpush),
        ..Command::EMPTY
    },
    Command {
        name: "lpushx",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "insert"])],
        group: Group::List,
        since: "2.2.0",
        summary: "Prepend an element to a list, only if the list exists",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        history: &[("4.0.0", "Accepts multiple `element` arguments.")],
        args: &[key("key", 0), string("element").multiple()],
        run: Run::Write(lpushx),
        ..Command::EMPTY
    },
    Command {
        name: "rpushx",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM).with(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "insert"])],
        group: Group::List,
        since: "2.2.0",
        summary: "Append an element to a list, only if the list exists",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        history: &[("4.0.0", "Accepts multiple `element` arguments.")],
        args: &[key("key", 0), string("element").multiple()],
        run: Run::Write(rpushx),
        ..Command::EMPTY
    },
    Command {
        name: "lpop",
        arity: -2,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "access", "delete"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Remove and get the first elements in a list",
        complexity: "O(N) where N is the number of elements returned",
        history: &[("6.2.0", "Added the `count` argument.")],
        args: &[key("key", 0), integer("count").optional().since("6.2.0")],
        run: Run::Write(lpop),
        ..Command::EMPTY
    },
    Command {
        name: "rpop",
        arity: -2,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "access", "delete"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Remove and get the last elements in a list",
        complexity: "O(N) where N is the number of elements returned",
        history: &[("6.2.0", "Added the `count` argument.")],
        args: &[key("key", 0), integer("count").optional().since("6.2.0")],
        run: Run::Write(rpop),
        ..Command::EMPTY
    },
    Command {
        name: "lmpop",
        arity: -4,
        flags: Flags::WRITE.with(Flags::MOVABLE_KEYS),
        acl: Acl::LIST,
        keys: &[KeySpec::several(1, Find::Count, &["RW", "access", "delete"])],
        group: Group::List,
        since: "7.0.0",
        summary: "Pop elements from a list",
        complexity: "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
        args: &[
            integer("numkeys"),
            key("key", 0).multiple(),
            one_of("where", &[word("left", "LEFT"), word("right", "RIGHT")]),
            integer("count").token("COUNT").optional(),
        ],
        run: Run::Write(lmpop),
        ..Command::EMPTY
    },
];

fn lpush(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    push(call, db, End::Head, IfMissing::Create)
}

fn rpush(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    push(call, db, End::Tail, IfMissing::Create)
}

fn lpushx(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    push(call, db, End::Head, IfMissing::Ignore)
}

fn rpushx(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    push(call, db, End::Tail, IfMissing::Ignore)
}

fn push(call: &mut KeyCall<'_>, db: &mut View<'_>, end: End, if_missing: IfMissing) -> Outcome {
    let len = db.push(call.key(0), end, call.args.from(2), if_missing)?;
    call.reply.count(len);
    Ok(())
}

fn lpop(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    pop(call, db, End::Head, "lpop")
}

fn rpop(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    pop(call, db, End::Tail, "rpop")
}

fn pop(call: &mut KeyCall<'_>, db: &mut View<'_>, end: End, command: &'static str) -> Outcome {
    // The row cannot say "two or three arguments": its arity is only the least number of them.
    if call.args.len() > 3 {
        return Err(ErrorReply::Arity(command.into()));
    }
    match call.args.get(2) {
        None => pop_one(call, db, end),
        Some(count) => pop_up_to(call, db, end, positive(count)?),
    }
}

fn pop_one(call: &mut KeyCall<'_>, db: &mut View<'_>, end: End) -> Outcome {
    let popped = db.pop(call.key(0), end, 1, |element| call.reply.bulk(element))?;
    if popped.is_none() {
        call.reply.null();
    }
    Ok(())
}

fn pop_up_to(call: &mut KeyCall<'_>, db: &mut View<'_>, end: End, count: usize) -> Outcome {
    let start = call.reply.written();
    match db.pop(call.key(0), end, count, |element| call.reply.bulk(element))? {
        None => call.reply.null_array(),
        Some(popped) => call.reply.insert(start, |reply| reply.array(popped)),
    }
    Ok(())
}

/// What LMPOP takes off the first list that there is.
struct ManyPop {
    end: End,
    count: usize,
}

impl ManyPop {
    fn parse(args: &Args<'_>) -> Result<ManyPop, ErrorReply> {
        let number_of_keys = above_zero(args.at(1), "numkeys")?;
        // A number of keys that leaves no argument for the end must not be added to.
        let end_at = number_of_keys.checked_add(2).ok_or(ErrorReply::Syntax)?;
        let end = end_named(args.get(end_at).ok_or(ErrorReply::Syntax)?)?;
        let mut rest = args.from(end_at + 1);
        let count = match rest.next() {
            None => 1,
            Some(word) if is(word, "COUNT") => {
                above_zero(rest.next().ok_or(ErrorReply::Syntax)?, "count")?
            }
            Some(_) => return Err(ErrorReply::Syntax),
        };
        if rest.next().is_some() {
            return Err(ErrorReply::Syntax);
        }
        Ok(ManyPop { end, count })
    }
}

fn above_zero(argument: &[u8], name: &'static str) -> Result<usize, ErrorReply> {
    let number = parse_i64(argument).and_then(|number| usize::try_from(number).ok());
    number.filter(|number| *number > 0).ok_or(ErrorReply::NotAboveZero(name))
}

fn lmpop(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let ManyPop { end, count } = ManyPop::parse(&call.args)?;
    for key in call.keys {
        let start = call.reply.written();
        call.reply.array(2);
        call.reply.bulk(key.bytes);
        let elements = call.reply.written();
        if let Some(popped) = db.pop(key, end, count, |element| call.reply.bulk(element))? {
            call.reply.insert(elements, |reply| reply.array(popped));
            return Ok(());
        }
        call.reply.rewind(start);
    }
    call.reply.null_array();
    Ok(())
}
