//! Moving an element from one list to another, or around one list: LMOVE, RPOPLPUSH.
//!
//! Both lists are locked together; that nobody sees the element in neither list follows from that, not from this file.

use super::end_named;
use crate::commands::call::{KeyCall, Outcome};
use crate::commands::spec::*;
use crate::storage::{End, View};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "lmove",
        arity: 5,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "access", "delete"]), KeySpec::one(2, &["RW", "insert"])],
        group: Group::List,
        since: "6.2.0",
        summary: "Pop an element from a list, push it to another list and return it",
        complexity: "O(1)",
        args: &[
            key("source", 0),
            key("destination", 1),
            one_of("wherefrom", &[word("left", "LEFT"), word("right", "RIGHT")]),
            one_of("whereto", &[word("left", "LEFT"), word("right", "RIGHT")]),
        ],
        run: Run::Write(lmove),
        ..Command::EMPTY
    },
    Command {
        name: "rpoplpush",
        arity: 3,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::LIST,
        keys: &[KeySpec::one(1, &["RW", "access", "delete"]), KeySpec::one(2, &["RW", "insert"])],
        group: Group::List,
        since: "1.2.0",
        summary: "Remove the last element in a list, prepend it to another list and return it",
        complexity: "O(1)",
        deprecated: Some(("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")),
        args: &[key("source", 0), key("destination", 1)],
        run: Run::Write(rpoplpush),
        ..Command::EMPTY
    },
];

fn lmove(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let (from, to) = (end_named(call.args.at(3))?, end_named(call.args.at(4))?);
    transfer(call, db, from, to)
}

fn rpoplpush(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    transfer(call, db, End::Tail, End::Head)
}

fn transfer(call: &mut KeyCall<'_>, db: &mut View<'_>, from: End, to: End) -> Outcome {
    let element = db.move_element(call.key(0), from, call.key(1), to)?;
    call.reply.bulk_or_null(element.as_deref());
    Ok(())
}
