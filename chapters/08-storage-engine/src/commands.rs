//! The commands of this chapter: from a request to operations on locked keys, and to a reply.
//!
//! Does not know how the data is kept, nor who locked it: chapter 09 runs the same commands on keys that end. A `match`
//! that grows with each command: chapter 10 makes a table of it.

use bytes::Bytes;
use chapter_05::protocol::{ErrorReply, Reply};
use chapter_06::protocol::{Request, parse_integer};
use chapter_07::{Sharded, WriteLocked};

use crate::storage::{Condition, End, Keyspace, StorageError, absolute_index, absolute_range};

// ANCHOR: keys
/// Locked keys, whoever locked them.
pub trait Keys {
    /// Runs `edit` on the data where `key` is.
    fn edit<R>(&mut self, key: &[u8], edit: impl FnOnce(&mut Keyspace) -> R) -> R;

    /// Sets `key` to a string; returns whether the condition held.
    fn set(&mut self, key: &[u8], value: &[u8], condition: Condition) -> bool;
}

impl Keys for WriteLocked<'_, Keyspace> {
    fn edit<R>(&mut self, key: &[u8], edit: impl FnOnce(&mut Keyspace) -> R) -> R {
        edit(self.get_mut(key))
    }

    fn set(&mut self, key: &[u8], value: &[u8], condition: Condition) -> bool {
        self.get_mut(key).set(key, value, condition)
    }
}

/// Locks the keys of a request, all of them, and answers it. No reader shares a lock here: which commands only read is
/// something that the table of chapter 10 will know.
pub fn run(store: &Sharded<Keyspace>, request: &Request, reply: &mut Reply<'_>) {
    answer(&mut store.write_keys(&keys(request)), request, reply);
}
// ANCHOR_END: keys

/// The keys that a request names.
pub fn keys(request: &Request) -> Vec<&Bytes> {
    let args = request.from(1).iter();
    match &*request.name().to_ascii_lowercase() {
        b"del" | b"exists" | b"mget" => args.collect(),
        b"mset" => args.step_by(2).collect(),
        _ => args.take(1).collect(),
    }
}

/// Answers a request whose keys are locked.
pub fn answer(data: &mut impl Keys, request: &Request, reply: &mut Reply<'_>) {
    if let Err(error) = attempt(data, request, reply) {
        reply.error(&error);
    }
}

/// Names that `attempt` knows. What is left of them there has the wrong number of arguments.
const NAMES: &str = "get set setnx getdel incr incrby decr decrby append strlen mset mget lpush rpush lpop rpop llen \
                     lindex lrange lset lrem type exists del";

fn attempt(
    data: &mut impl Keys,
    request: &Request,
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let name = request.name().to_ascii_lowercase();
    match (&*name, request.from(1)) {
        // ANCHOR: arms
        (b"get", [key]) => {
            data.edit(key, |keys| keys.string(key).map(|value| reply.bulk_or_null(value)))?;
        }
        (b"set", [key, value, options @ ..]) => set(data, key, value, options, reply)?,
        (b"setnx", [key, value]) => {
            reply.count(usize::from(data.set(key, value, Condition::IfAbsent)));
        }
        (b"incr", [key]) => add(data, key, 1, reply)?,
        (b"incrby", [key, delta]) => add(data, key, integer(delta)?, reply)?,
        (b"decr", [key]) => add(data, key, -1, reply)?,
        (b"decrby", [key, delta]) => {
            let delta = integer(delta)?.checked_neg().ok_or(ErrorReply::DecrementOverflow)?;
            add(data, key, delta, reply)?;
        }
        (b"append", [key, suffix]) => {
            reply.count(data.edit(key, |keys| keys.append(key, suffix))?);
        }
        (b"mset", pairs @ [_, _, ..]) if pairs.len().is_multiple_of(2) => {
            for (key, value) in pairs.iter().step_by(2).zip(pairs.iter().skip(1).step_by(2)) {
                data.set(key, value, Condition::Always);
            }
            reply.ok();
        }
        // ANCHOR_END: arms
        (b"mget", keys @ [_, ..]) => {
            reply.array(keys.len());
            for key in keys {
                data.edit(key, |keys| reply.bulk_or_null(keys.string(key).unwrap_or_default()));
            }
        }
        (b"strlen", [key]) => {
            reply.count(
                data.edit(key, |keys| keys.string(key).map(|text| text.map_or(0, <[_]>::len)))?,
            );
        }
        (b"getdel", [key]) => data.edit(key, |keys| {
            reply.bulk_or_null(keys.string(key)?);
            keys.remove(key);
            Ok::<_, StorageError>(())
        })?,
        (b"lpush", [key, values @ ..]) if !values.is_empty() => {
            reply.count(data.edit(key, |keys| keys.push(key, End::Head, values))?);
        }
        (b"rpush", [key, values @ ..]) if !values.is_empty() => {
            reply.count(data.edit(key, |keys| keys.push(key, End::Tail, values))?);
        }
        (b"lpop", [key, count @ ..]) if count.len() < 2 => pop(data, key, End::Head, count, reply)?,
        (b"rpop", [key, count @ ..]) if count.len() < 2 => pop(data, key, End::Tail, count, reply)?,
        (b"llen", [key]) => {
            reply.count(
                data.edit(key, |keys| {
                    keys.list(key).map(|list| list.map_or(0, |list| list.len()))
                })?,
            );
        }
        (b"lindex", [key, index]) => data.edit(key, |keys| index_of(keys, key, index, reply))?,
        (b"lrange", [key, start, stop]) => {
            let (start, stop) = (integer(start)?, integer(stop)?);
            data.edit(key, |keys| range(keys, key, start, stop, reply))?;
        }
        (b"lset", [key, index, value]) => {
            let index = integer(index)?;
            data.edit(key, |keys| keys.list_set(key, index, value))?;
            reply.ok();
        }
        (b"lrem", [key, count, value]) => {
            let (count, from) = match integer(count)? {
                0 => (u64::MAX, End::Head),
                count if count > 0 => (count.unsigned_abs(), End::Head),
                count => (count.unsigned_abs(), End::Tail),
            };
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            reply.count(data.edit(key, |keys| keys.list_remove(key, value, count, from))?);
        }
        (b"type", [key]) => {
            reply.simple(data.edit(key, |keys| keys.kind(key)).map_or("none", |kind| kind.name()));
        }
        (b"exists", keys @ [_, ..]) => {
            let there = keys.iter().filter(|key| data.edit(key, |keys| keys.contains(key)));
            reply.count(there.count());
        }
        (b"del", keys @ [_, ..]) => {
            let removed = keys.iter().filter_map(|key| data.edit(key, |keys| keys.remove(key)));
            reply.count(removed.count());
        }
        (known, _) if NAMES.split(' ').any(|name| name.as_bytes() == known) => {
            return Err(ErrorReply::Arity(String::from_utf8_lossy(known).into_owned().into()));
        }
        // PING, ECHO, and what nobody knows.
        _ => chapter_05::commands::answer(request.args(), reply),
    }
    Ok(())
}

fn set(
    data: &mut impl Keys,
    key: &[u8],
    value: &[u8],
    options: &[Bytes],
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let mut condition = Condition::Always;
    let mut wants_old = false;
    for option in options {
        match (&*option.to_ascii_lowercase(), condition) {
            (b"nx", Condition::Always | Condition::IfAbsent) => condition = Condition::IfAbsent,
            (b"xx", Condition::Always | Condition::IfPresent) => condition = Condition::IfPresent,
            (b"get", _) => wants_old = true,
            _ => return Err(ErrorReply::Syntax),
        }
    }
    if wants_old {
        data.edit(key, |keys| keys.string(key).map(|old| reply.bulk_or_null(old)))?;
    }
    match (data.set(key, value, condition), wants_old) {
        (_, true) => {}
        (true, false) => reply.ok(),
        (false, false) => reply.null(),
    }
    Ok(())
}

fn integer(argument: &[u8]) -> Result<i64, ErrorReply> {
    parse_integer(argument).ok_or(ErrorReply::NotAnInteger)
}

fn add(
    data: &mut impl Keys,
    key: &[u8],
    delta: i64,
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    reply.integer(data.edit(key, |keys| keys.incr_by(key, delta))?);
    Ok(())
}

fn pop(
    data: &mut impl Keys,
    key: &[u8],
    end: End,
    count: &[Bytes],
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let Some(count) = count.first() else {
        let popped = data.edit(key, |keys| keys.pop(key, end, 1))?;
        reply.bulk_or_null(popped.iter().flatten().next().map(Vec::as_slice));
        return Ok(());
    };
    let count = parse_integer(count).and_then(|count| usize::try_from(count).ok());
    let count = count.ok_or(ErrorReply::MustBePositive)?;
    match data.edit(key, |keys| keys.pop(key, end, count))? {
        None => reply.null_array(),
        Some(popped) => {
            reply.array(popped.len());
            popped.iter().for_each(|element| reply.bulk(element));
        }
    }
    Ok(())
}

fn index_of(
    keys: &Keyspace,
    key: &[u8],
    index: &[u8],
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let list = keys.list(key)?;
    let index = integer(index)?;
    let element =
        list.and_then(|list| absolute_index(index, list.len()).and_then(|at| list.get(at)));
    reply.bulk_or_null(element.map(Vec::as_slice));
    Ok(())
}

fn range(
    keys: &Keyspace,
    key: &[u8],
    start: i64,
    stop: i64,
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let Some(list) = keys.list(key)? else {
        reply.array(0);
        return Ok(());
    };
    let range = absolute_range(start, stop, list.len());
    reply.array(range.len());
    list.range(range).for_each(|element| reply.bulk(element));
    Ok(())
}

// ANCHOR: errors
impl From<StorageError> for ErrorReply {
    /// Only here, at the edge, an error becomes the text that Redis has for it.
    fn from(error: StorageError) -> ErrorReply {
        match error {
            StorageError::WrongType => ErrorReply::WrongType,
            StorageError::NotAnInteger => ErrorReply::NotAnInteger,
            StorageError::Overflow => ErrorReply::Overflow,
            StorageError::TooLong => ErrorReply::StringTooLong,
            StorageError::IndexOutOfRange => ErrorReply::IndexOutOfRange,
            StorageError::NoSuchKey => ErrorReply::NoSuchKey,
        }
    }
}
// ANCHOR_END: errors
