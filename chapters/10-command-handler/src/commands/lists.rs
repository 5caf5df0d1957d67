//! Commands on lists.

use chapter_05::protocol::ErrorReply;
use chapter_08::storage::{End, List, StorageError, absolute_index, absolute_range};

use super::call::{Outcome, ReadCall, WriteCall};
use super::spec::Run::{Read, Write};
use super::spec::{Command, KeyRange};

pub(super) const ROWS: &[Command] = &[
    Command::new("lpush", -3, "denyoom fast", KeyRange::ONE, Write(|call| push(call, End::Head))),
    Command::new("rpush", -3, "denyoom fast", KeyRange::ONE, Write(|call| push(call, End::Tail))),
    Command::new("lpop", -2, "fast", KeyRange::ONE, Write(|call| pop(call, End::Head))),
    Command::new("rpop", -2, "fast", KeyRange::ONE, Write(|call| pop(call, End::Tail))),
    Command::new("llen", 2, "fast", KeyRange::ONE, Read(llen)),
    Command::new("lindex", 3, "", KeyRange::ONE, Read(lindex)),
    Command::new("lrange", 4, "", KeyRange::ONE, Read(lrange)),
    Command::new("lset", 4, "denyoom", KeyRange::ONE, Write(lset)),
    Command::new("lrem", 4, "", KeyRange::ONE, Write(lrem)),
];

fn list<'c>(call: &'c ReadCall<'_>) -> Result<Option<&'c List>, StorageError> {
    call.db.shard(call.key()).keyspace().list(call.key())
}

fn push(call: &mut WriteCall<'_>, end: End) -> Outcome {
    let (key, values) = (call.key(), call.words.from(2));
    let len = call.db.shard_mut(key).edit(key, |keyspace| keyspace.push(key, end, values))?;
    call.reply.count(len);
    Ok(())
}

// ANCHOR: pop
/// One element, or with a count an array of up to so many.
fn pop(call: &mut WriteCall<'_>, end: End) -> Outcome {
    let count = match call.words.from(2) {
        [] => None,
        [_] => Some(call.integer(2).ok().and_then(|count| usize::try_from(count).ok())),
        _ => return Err(call.command.arity_error()),
    };
    let count = count.map(|count| count.ok_or(ErrorReply::MustBePositive)).transpose()?;
    let key = call.key();
    let edit =
        call.db.shard_mut(key).edit(key, |keyspace| keyspace.pop(key, end, count.unwrap_or(1)));
    match (edit?, count) {
        (None, None) => call.reply.null(),
        (None, Some(_)) => call.reply.null_array(),
        (Some(popped), None) => call.reply.bulk_or_null(popped.first().map(Vec::as_slice)),
        (Some(popped), Some(_)) => {
            call.reply.array(popped.len());
            popped.iter().for_each(|element| call.reply.bulk(element));
        }
    }
    Ok(())
}
// ANCHOR_END: pop

fn llen(call: &mut ReadCall<'_>) -> Outcome {
    let len = list(call)?.map_or(0, List::len);
    call.reply.count(len);
    Ok(())
}

/// Looks at the key before it looks at the index, as Redis does.
fn lindex(call: &mut ReadCall<'_>) -> Outcome {
    let Some(list) = call.db.shard(call.key()).keyspace().list(call.key())? else {
        call.reply.null();
        return Ok(());
    };
    let at = absolute_index(call.integer(2)?, list.len());
    call.reply.bulk_or_null(at.and_then(|at| list.get(at)).map(Vec::as_slice));
    Ok(())
}

fn lrange(call: &mut ReadCall<'_>) -> Outcome {
    let (start, stop) = (call.integer(2)?, call.integer(3)?);
    let Some(list) = call.db.shard(call.key()).keyspace().list(call.key())? else {
        call.reply.array(0);
        return Ok(());
    };
    let range = absolute_range(start, stop, list.len());
    call.reply.array(range.len());
    list.range(range).for_each(|element| call.reply.bulk(element));
    Ok(())
}

/// Looks at the key before it looks at the index, as Redis does.
fn lset(call: &mut WriteCall<'_>) -> Outcome {
    let key = call.key();
    let exists = call.db.shard(key).keyspace().list(key)?.is_some();
    if !exists {
        return Err(StorageError::NoSuchKey.into());
    }
    let (index, value) = (call.integer(2)?, call.words.at(3));
    call.db.shard_mut(key).edit(key, |keyspace| keyspace.list_set(key, index, value))?;
    call.reply.ok();
    Ok(())
}

/// A count above zero starts at the head, one below at the tail, and zero stands for all.
fn lrem(call: &mut WriteCall<'_>) -> Outcome {
    let (key, element) = (call.key(), call.words.at(3));
    let (count, from) = match call.integer(2)? {
        0 => (usize::MAX, End::Head),
        count => {
            let from = if count > 0 { End::Head } else { End::Tail };
            (usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX), from)
        }
    };
    let shard = call.db.shard_mut(key);
    let removed = shard.edit(key, |keyspace| keyspace.list_remove(key, element, count, from))?;
    call.reply.count(removed);
    Ok(())
}
