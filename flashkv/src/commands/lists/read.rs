//! Reading lists: LLEN, LINDEX, LRANGE, LPOS.
//!
//! Elements go from the locked list straight into the reply; how they are stored is not known here.

use crate::commands::call::{self, KeyCall, Outcome, is};
use crate::commands::spec::*;
use crate::number::parse_i64;
use crate::protocol::{Args, ErrorReply};
use crate::storage::{End, ListSearch, View, absolute_index, absolute_range};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "llen",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RO"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Get the length of a list",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Read(llen),
        ..Command::EMPTY
    },
    Command {
        name: "lindex",
        arity: 3,
        flags: Flags::READONLY,
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Get an element from a list by its index",
        complexity: "O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).",
        args: &[key("key", 0), integer("index")],
        run: Run::Read(lindex),
        ..Command::EMPTY
    },
    Command {
        name: "lrange",
        arity: 4,
        flags: Flags::READONLY,
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Get a range of elements from a list",
        complexity: "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.",
        args: &[key("key", 0), integer("start"), integer("stop")],
        run: Run::Read(lrange),
        ..Command::EMPTY
    },
    Command {
        name: "lpos",
        arity: -3,
        flags: Flags::READONLY,
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RO", "access"])],
        group: Group::List,
        since: "6.0.6",
        summary: "Return the index of matching elements on a list",
        complexity: "O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.",
        args: &[
            key("key", 0),
            string("element"),
            integer("rank").token("RANK").optional(),
            integer("num-matches").token("COUNT").optional(),
            integer("len").token("MAXLEN").optional(),
        ],
        run: Run::Read(lpos),
        ..Command::EMPTY
    },
];

fn llen(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let len = db.list(call.key(0))?.map_or(0, |list| list.len());
    call.reply.count(len);
    Ok(())
}

fn lindex(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let key = call.key(0);
    let Some(list) = db.list(key)? else {
        // Redis looks at the key first: without a list, the index may be anything.
        call.reply.null();
        return Ok(());
    };
    let at = absolute_index(call::integer(call.args.at(2))?, list.len());
    call.reply.bulk_or_null(at.and_then(|at| list.get(at)));
    Ok(())
}

fn lrange(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let (first, last) = (call::integer(call.args.at(2))?, call::integer(call.args.at(3))?);
    let key = call.key(0);
    let Some(list) = db.list(key)? else {
        call.reply.array(0);
        return Ok(());
    };
    let (start, count) = absolute_range(first, last, list.len());
    call.reply.array(count);
    list.range(start, count).for_each(|element| call.reply.bulk(element));
    Ok(())
}

/// What LPOS looks for, and whether it answers with one index or with an array.
struct PositionRequest {
    search: ListSearch,
    answer: Answer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    One,
    Array,
}

impl PositionRequest {
    fn parse(args: &Args<'_>) -> Result<PositionRequest, ErrorReply> {
        let mut search = ListSearch { from: End::Head, skip: 0, count: 1, max_len: usize::MAX };
        let mut answer = Answer::One;
        let mut rest = args.from(3);
        while let Some(word) = rest.next() {
            let value = rest.next().ok_or(ErrorReply::Syntax)?;
            if is(word, "RANK") {
                (search.from, search.skip) = rank(value)?;
            } else if is(word, "COUNT") {
                search.count = limit(value, "COUNT")?;
                answer = Answer::Array;
            } else if is(word, "MAXLEN") {
                search.max_len = limit(value, "MAXLEN")?;
            } else {
                return Err(ErrorReply::Syntax);
            }
        }
        Ok(PositionRequest { search, answer })
    }
}

/// Where a search starts, and the matches it passes over: rank 2 passes one, rank -2 one from the tail.
fn rank(argument: &[u8]) -> Result<(End, usize), ErrorReply> {
    let rank = call::integer(argument)?;
    if rank == 0 {
        return Err(ErrorReply::RankZero);
    }
    if rank == i64::MIN {
        // Redis 7.0 overflows here; later versions refuse the number with these words.
        return Err(ErrorReply::NotBetween { low: -i64::MAX, high: i64::MAX });
    }
    let from = if rank > 0 { End::Head } else { End::Tail };
    Ok((from, usize::try_from(rank.unsigned_abs() - 1).unwrap_or(usize::MAX)))
}

/// A limit, for which 0 means that there is none.
fn limit(argument: &[u8], option: &'static str) -> Result<usize, ErrorReply> {
    let number = parse_i64(argument).and_then(|number| usize::try_from(number).ok());
    match number.ok_or(ErrorReply::MustNotBeNegative(option))? {
        0 => Ok(usize::MAX),
        limit => Ok(limit),
    }
}

fn lpos(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let PositionRequest { search, answer } = PositionRequest::parse(&call.args)?;
    let (key, element) = (call.key(0), call.args.at(2));
    let start = call.reply.written();
    let found = db.positions(key, element, &search, |at| call.reply.count(at))?;
    match answer {
        Answer::Array => call.reply.insert(start, |reply| reply.array(found)),
        Answer::One if found == 0 => call.reply.null(),
        Answer::One => {}
    }
    Ok(())
}
