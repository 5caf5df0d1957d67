//! The commands of this chapter: from a request to an operation on the right shard, and to a reply.
//!
//! Takes the locks; does not know how the data is kept. A `match` that grows by a few lines with
//! each command: chapter 10 makes a table of it.

use chapter_05::protocol::{ErrorReply, Reply};
use chapter_06::protocol::{Request, parse_integer};
use chapter_07::Sharded;

use crate::storage::{Condition, End, Keyspace, StorageError, absolute_range};

impl From<StorageError> for ErrorReply {
    /// Here, at the edge, an error becomes the text that Redis has for it.
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

/// Answers one request.
pub fn run(store: &Sharded<Keyspace>, request: &Request, reply: &mut Reply<'_>) {
    if let Err(error) = answer(store, request, reply) {
        reply.error(&error);
    }
}

// ANCHOR: answer
fn answer(
    store: &Sharded<Keyspace>,
    request: &Request,
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let name = request.name().to_ascii_lowercase();
    let key = request.at(1);
    match (&*name, request.len()) {
        (b"get", 2) => {
            store.read(key, |keys| keys.string(key).map(|value| reply.bulk_or_null(value)))?;
        }
        (b"set", 3..) => {
            let condition = condition(request.from(3))?;
            match store.write(key, |keys| keys.set(key, request.at(2), condition)) {
                true => reply.ok(),
                false => reply.null(),
            }
        }
        (b"setnx", 3) => {
            let set = |keys: &mut Keyspace| keys.set(key, request.at(2), Condition::IfAbsent);
            reply.count(usize::from(store.write(key, set)));
        }
        (b"incr", 2) => reply.integer(store.write(key, |keys| keys.incr_by(key, 1))?),
        (b"append", 3) => reply.count(store.write(key, |keys| keys.append(key, request.at(2)))?),
        (b"lpush", 3..) => push(store, request, End::Head, reply)?,
        (b"rpush", 3..) => push(store, request, End::Tail, reply)?,
        (b"lpop", 2) => pop(store, key, End::Head, reply)?,
        (b"rpop", 2) => pop(store, key, End::Tail, reply)?,
        (b"lrange", 4) => {
            let index = |at| parse_integer(request.at(at)).ok_or(ErrorReply::NotAnInteger);
            let (start, stop) = (index(2)?, index(3)?);
            store.read(key, |keys| range(keys, key, start, stop, reply))?;
        }
        (b"type", 2) => {
            reply.simple(store.read(key, |keys| keys.kind(key)).map_or("none", |kind| kind.name()));
        }
        (b"del", 2..) => {
            let keys = request.from(1);
            let mut shards = store.write_keys(keys);
            let removed = keys.iter().filter_map(|key| shards.get_mut(key).remove(key));
            reply.count(removed.count());
        }
        (
            b"get" | b"set" | b"setnx" | b"incr" | b"append" | b"lpush" | b"rpush" | b"lpop"
            | b"rpop" | b"lrange" | b"type" | b"del",
            _,
        ) => return Err(ErrorReply::Arity(String::from_utf8_lossy(&name).into_owned().into())),
        _ => return Err(ErrorReply::unknown_command(request.args())),
    }
    Ok(())
}
// ANCHOR_END: answer

fn condition(options: &[impl AsRef<[u8]>]) -> Result<Condition, ErrorReply> {
    match options {
        [] => Ok(Condition::Always),
        [word] if word.as_ref().eq_ignore_ascii_case(b"NX") => Ok(Condition::IfAbsent),
        [word] if word.as_ref().eq_ignore_ascii_case(b"XX") => Ok(Condition::IfPresent),
        _ => Err(ErrorReply::Syntax),
    }
}

fn push(
    store: &Sharded<Keyspace>,
    request: &Request,
    end: End,
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let key = request.at(1);
    reply.count(store.write(key, |keys| keys.push(key, end, request.from(2)))?);
    Ok(())
}

fn pop(
    store: &Sharded<Keyspace>,
    key: &[u8],
    end: End,
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let popped = store.write(key, |keys| keys.pop(key, end, 1))?;
    reply.bulk_or_null(popped.iter().flatten().next().map(Vec::as_slice));
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
