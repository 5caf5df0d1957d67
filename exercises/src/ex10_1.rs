//! 10.1 Rows that are not true (easy, about 15 minutes)
//!
//! Four commands were added to a server. Their handlers are right. Their rows were copied from other commands and not
//! looked at again: in each of the four, something is not true. What Redis's documents say of them:
//!
//! ```text
//! TOUCH key [key ...]                        how many of the keys exist
//! LPUSHX key element [element ...]           like LPUSH, but only if there is a list
//! MSETNX key value [key value ...]           like MSET, but only if none of the keys exists
//! RPOPLPUSH source destination               moves an element from the tail of one list to the head of another
//! ```
//!
//! - A row says how many words a request has, its name included; negative: at least so many.
//! - A row says which of the words are keys: all of them, and no other. COMMAND INFO shows the three numbers of a
//!   `KeyRange`, so that they must be those of Redis, too.
//!
//! Mend the rows, and nothing else. Delete the `todo!` when you begin.

use std::borrow::Cow;

use chapter_05::protocol::ErrorReply;
use chapter_08::storage::{Condition, End};
use chapter_09::Ttl;
use chapter_10::commands::call::{Outcome, ReadCall, WriteCall};
use chapter_10::commands::spec::{Command, KeyRange, Run};

const ROWS: &[Command] = &[
    Command {
        name: "touch",
        arity: 2,
        flags: "fast",
        keys: KeyRange::ONE,
        run: Run::Read(touch),
        subcommands: &[],
    },
    Command {
        name: "lpushx",
        arity: -2,
        flags: "denyoom fast",
        keys: KeyRange::ONE,
        run: Run::Write(lpushx),
        subcommands: &[],
    },
    Command {
        name: "msetnx",
        arity: -3,
        flags: "denyoom",
        keys: KeyRange::ALL,
        run: Run::Write(msetnx),
        subcommands: &[],
    },
    Command {
        name: "rpoplpush",
        arity: -3,
        flags: "denyoom",
        keys: KeyRange::ONE,
        run: Run::Write(rpoplpush),
        subcommands: &[],
    },
];

/// The rows of the four commands.
pub fn rows() -> &'static [Command] {
    todo!("find what is not true in the rows, and mend it");

    ROWS
}

fn touch(call: &mut ReadCall<'_>) -> Outcome {
    let keys = call.words.from(1).iter();
    call.reply.count(keys.filter(|key| call.db.shard(key).keyspace().contains(key)).count());
    Ok(())
}

fn lpushx(call: &mut WriteCall<'_>) -> Outcome {
    let (key, elements) = (call.key(), call.words.from(2));
    let len = match call.db.shard(key).keyspace().list(key)? {
        Some(_) => {
            let shard = call.db.shard_mut(key);
            shard.edit(key, |keyspace| keyspace.push(key, End::Head, elements))?
        }
        None => 0,
    };
    call.reply.count(len);
    Ok(())
}

fn msetnx(call: &mut WriteCall<'_>) -> Outcome {
    let (pairs, rest) = call.words.from(1).as_chunks();
    if !rest.is_empty() {
        return Err(ErrorReply::Arity(Cow::Borrowed(call.command.name)));
    }
    let is_free = |key: &[u8]| !call.db.shard(key).keyspace().contains(key);
    let all_free = pairs.iter().all(|[key, _]| is_free(key));
    for [key, value] in pairs.iter().filter(|_| all_free) {
        call.db.shard_mut(key).set(key, value, Condition::Always, Ttl::Clear);
    }
    call.reply.integer(i64::from(all_free));
    Ok(())
}

fn rpoplpush(call: &mut WriteCall<'_>) -> Outcome {
    let (source, destination) = (call.key(), call.words.at(2));
    // Before anything is taken out: both must be lists, if they are there.
    call.db.shard(source).keyspace().list(source)?;
    call.db.shard(destination).keyspace().list(destination)?;
    let shard = call.db.shard_mut(source);
    let popped = shard.edit(source, |keyspace| keyspace.pop(source, End::Tail, 1))?;
    let Some(moved) = popped else {
        call.reply.null();
        return Ok(());
    };
    let shard = call.db.shard_mut(destination);
    shard.edit(destination, |keyspace| keyspace.push(destination, End::Head, &moved))?;
    call.reply.bulk_or_null(moved.first().map(Vec::as_slice));
    Ok(())
}
