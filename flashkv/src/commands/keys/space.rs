//! Keys as names: DEL, UNLINK, EXISTS, TOUCH, TYPE, RENAME, COPY, MOVE.
//!
//! None of them looks at a value. COPY and MOVE say for themselves where their keys are, since one of the two may be in
//! another database.

use smallvec::SmallVec;

use crate::commands::call::{KeyCall, Outcome, database_index, is};
use crate::commands::spec::*;
use crate::protocol::{Args, ErrorReply};
use crate::storage::{IfTaken, StorageError, View};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "del",
        arity: -2,
        flags: Flags::WRITE,
        acl: Acl::KEYSPACE,
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec::several(1, Find::Range { last: -1, step: 1 }, &["RM", "delete"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Delete a key",
        complexity: "O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).",
        args: &[key("key", 0).multiple()],
        run: Run::Write(del),
        ..Command::EMPTY
    },
    Command {
        name: "unlink",
        arity: -2,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec::several(1, Find::Range { last: -1, step: 1 }, &["RM", "delete"])],
        group: Group::Generic,
        since: "4.0.0",
        summary: "Delete a key asynchronously in another thread. Otherwise it is just as DEL, but non blocking.",
        complexity: "O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.",
        args: &[key("key", 0).multiple()],
        run: Run::Write(unlink),
        ..Command::EMPTY
    },
    Command {
        name: "exists",
        arity: -2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec::several(1, Find::Range { last: -1, step: 1 }, &["RO"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Determine if a key exists",
        complexity: "O(N) where N is the number of keys to check.",
        history: &[("3.0.3", "Accepts multiple `key` arguments.")],
        args: &[key("key", 0).multiple()],
        run: Run::Read(exists),
        ..Command::EMPTY
    },
    Command {
        name: "touch",
        arity: -2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec::several(1, Find::Range { last: -1, step: 1 }, &["RO"])],
        group: Group::Generic,
        since: "3.2.1",
        summary: "Alters the last access time of a key(s). Returns the number of existing keys specified.",
        complexity: "O(N) where N is the number of keys that will be touched.",
        args: &[key("key", 0).multiple()],
        run: Run::Read(touch),
        ..Command::EMPTY
    },
    Command {
        name: "type",
        arity: 2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RO"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Determine the type stored at key",
        complexity: "O(1)",
        args: &[key("key", 0)],
        run: Run::Read(type_),
        ..Command::EMPTY
    },
    Command {
        name: "rename",
        arity: 3,
        flags: Flags::WRITE,
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "access", "delete"]), KeySpec::one(2, &["OW", "update"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Rename a key",
        complexity: "O(1)",
        args: &[key("key", 0), key("newkey", 1)],
        run: Run::Write(rename),
        ..Command::EMPTY
    },
    Command {
        name: "renamenx",
        arity: 3,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "access", "delete"]), KeySpec::one(2, &["OW", "insert"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Rename a key, only if the new key does not exist",
        complexity: "O(1)",
        history: &[(
            "3.2.0",
            "The command no longer returns an error when source and destination names are the same.",
        )],
        args: &[key("key", 0), key("newkey", 1)],
        run: Run::Write(renamenx),
        ..Command::EMPTY
    },
    Command {
        name: "copy",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RO", "access"]), KeySpec::one(2, &["OW", "update"])],
        group: Group::Generic,
        since: "6.2.0",
        summary: "Copy a key",
        complexity: "O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
        args: &[
            key("source", 0),
            key("destination", 1),
            integer("destination-db").token("DB").optional(),
            word("replace", "REPLACE").optional(),
        ],
        locate: Some(locate_copy),
        run: Run::Write(copy),
        ..Command::EMPTY
    },
    Command {
        name: "move",
        arity: 3,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        keys: &[KeySpec::one(1, &["RW", "access", "update"])],
        group: Group::Generic,
        since: "1.0.0",
        summary: "Move a key to another database",
        complexity: "O(1)",
        args: &[key("key", 0), integer("db")],
        locate: Some(locate_move),
        run: Run::Write(move_),
        ..Command::EMPTY
    },
];

fn del(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let removed = call.keys.iter().filter(|key| db.remove(key)).count();
    call.reply.count(removed);
    Ok(())
}

/// The same as DEL: that too leaves the freeing of large values to another thread.
fn unlink(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    del(call, db)
}

fn exists(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    let found = call.keys.iter().filter(|key| db.kind(key).is_some()).count();
    call.reply.count(found);
    Ok(())
}

/// The same as EXISTS as long as no times of access are kept.
fn touch(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    exists(call, db)
}

fn type_(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    call.reply.simple(db.kind(call.key(0)).map_or("none", |kind| kind.name()));
    Ok(())
}

fn rename(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    db.rename(call.key(0), call.key(1), IfTaken::Replace)?;
    call.reply.ok();
    Ok(())
}

fn renamenx(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let renamed = db.rename(call.key(0), call.key(1), IfTaken::Refuse)?;
    call.reply.integer(i64::from(renamed));
    Ok(())
}

/// The words after COPY's two keys.
struct CopyOptions {
    /// Where the copy goes, if not to the selected database.
    database: Option<usize>,
    if_taken: IfTaken,
}

impl CopyOptions {
    fn parse(args: &Args<'_>, databases: usize) -> Result<CopyOptions, ErrorReply> {
        let mut options = CopyOptions { database: None, if_taken: IfTaken::Refuse };
        let mut rest = args.from(3);
        while let Some(word) = rest.next() {
            if is(word, "REPLACE") {
                options.if_taken = IfTaken::Replace;
            } else if is(word, "DB") {
                let index = rest.next().ok_or(ErrorReply::Syntax)?;
                options.database = Some(database_index(index, databases)?);
            } else {
                return Err(ErrorReply::Syntax);
            }
        }
        Ok(options)
    }
}

/// Pairs of database and index of an argument.
type Located = Result<SmallVec<[(usize, usize); 2]>, ErrorReply>;

fn locate_copy(args: &Args<'_>, selected: usize, databases: usize) -> Located {
    let options = CopyOptions::parse(args, databases)?;
    let target = options.database.unwrap_or(selected);
    if target == selected && args.at(1) == args.at(2) {
        return Err(ErrorReply::SameObject);
    }
    Ok(SmallVec::from([(selected, 1), (target, 2)]))
}

fn copy(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    // The database has been checked when the keys were located.
    let options = CopyOptions::parse(&call.args, usize::MAX)?;
    let copied = db.copy(call.key(0), call.key(1), options.if_taken);
    call.reply.integer(i64::from(copied));
    Ok(())
}

fn locate_move(args: &Args<'_>, selected: usize, databases: usize) -> Located {
    let target = database_index(args.at(2), databases)?;
    if target == selected {
        return Err(ErrorReply::SameObject);
    }
    Ok(SmallVec::from([(selected, 1), (target, 1)]))
}

fn move_(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    let moved = match db.rename(call.key(0), call.key(1), IfTaken::Refuse) {
        Ok(moved) => moved,
        Err(StorageError::NoSuchKey) => false,
        Err(error) => return Err(error.into()),
    };
    call.reply.integer(i64::from(moved));
    Ok(())
}
