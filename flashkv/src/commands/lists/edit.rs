//! Changing lists elsewhere than at their ends: LINSERT, LSET, LREM, LTRIM.
//!
//! Reads the arguments in the order in which Redis complains of them; the changes themselves are the storage's.

use crate::commands::call::{self, KeyCall, Outcome, is};
use crate::commands::spec::*;
use crate::protocol::ErrorReply;
use crate::storage::{End, Side, StorageError, View};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "linsert",
        arity: 5,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "insert"])],
        group: Group::List,
        since: "2.2.0",
        summary: "Insert an element before or after another element in a list",
        complexity: "O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).",
        args: &[
            key("key", 0),
            one_of("where", &[word("before", "BEFORE"), word("after", "AFTER")]),
            string("pivot"),
            string("element"),
        ],
        run: Run::Write(linsert),
        ..Command::EMPTY
    },
    Command {
        name: "lset",
        arity: 4,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "update"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Set the value of an element in a list by its index",
        complexity: "O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).",
        args: &[key("key", 0), integer("index"), string("element")],
        run: Run::Write(lset),
        ..Command::EMPTY
    },
    Command {
        name: "lrem",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "delete"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Remove elements from a list",
        complexity: "O(N+M) where N is the length of the list and M is the number of elements removed.",
        args: &[key("key", 0), integer("count"), string("element")],
        run: Run::Write(lrem),
        ..Command::EMPTY
    },
    Command {
        name: "ltrim",
        arity: 4,
        flags: Flags::WRITE,
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "delete"])],
        group: Group::List,
        since: "1.0.0",
        summary: "Trim a list to the specified range",
        complexity: "O(N) where N is the number of elements to be removed by the operation.",
        args: &[key("key", 0), integer("start"), integer("stop")],
        run: Run::Write(ltrim),
        ..Command::EMPTY
    },
];

fn linsert(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let side = match call.args.at(2) {
        word if is(word, "BEFORE") => Side::Before,
        word if is(word, "AFTER") => Side::After,
        _ => return Err(ErrorReply::Syntax),
    };
    let (pivot, element) = (call.args.at(3), call.args.at(4));
    match db.list_insert(call.key(0), side, pivot, element)? {
        Some(len) => call.reply.count(len),
        None => call.reply.integer(-1),
    }
    Ok(())
}

fn lset(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let key = call.key(0);
    let index = match call::integer(call.args.at(2)) {
        Ok(index) => index,
        // Redis looks at the key first: what is wrong with that is reported before the index.
        Err(error) => {
            db.list(key)?.ok_or(StorageError::NoSuchKey)?;
            return Err(error);
        }
    };
    db.list_set(key, index, call.args.at(3))?;
    call.reply.ok();
    Ok(())
}

fn lrem(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let (count, from) = match call::integer(call.args.at(2))? {
        0 => (usize::MAX, End::Head),
        count => (
            usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX),
            if count > 0 { End::Head } else { End::Tail },
        ),
    };
    let removed = db.list_remove(call.key(0), call.args.at(3), count, from)?;
    call.reply.count(removed);
    Ok(())
}

fn ltrim(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let (start, stop) = (call::integer(call.args.at(2))?, call::integer(call.args.at(3))?);
    db.list_trim(call.key(0), start, stop)?;
    call.reply.ok();
    Ok(())
}
