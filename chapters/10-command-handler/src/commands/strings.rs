//! Commands on strings.

use chapter_05::protocol::ErrorReply;
use chapter_06::protocol::Request;
use chapter_08::storage::Condition;
use chapter_09::Ttl;

use super::call::{Outcome, ReadCall, WriteCall, is, string};
use super::expiry::Unit;
use super::spec::Run::{Read, Write};
use super::spec::{Command, KeyRange};

// ANCHOR: rows
pub(super) const ROWS: &[Command] = &[
    Command::new("get", 2, "fast", KeyRange::ONE, Read(get)),
    Command::new("strlen", 2, "fast", KeyRange::ONE, Read(strlen)),
    Command::new("mget", -2, "fast", KeyRange::ALL, Read(mget)),
    Command::new("set", -3, "denyoom", KeyRange::ONE, Write(set)),
    Command::new("setnx", 3, "denyoom fast", KeyRange::ONE, Write(setnx)),
    Command::new("setex", 4, "denyoom", KeyRange::ONE, Write(|call| set_for(call, Unit::SECONDS))),
    Command::new("psetex", 4, "denyoom", KeyRange::ONE, Write(|call| set_for(call, Unit::MILLIS))),
    Command::new("mset", -3, "denyoom", KeyRange::PAIRS, Write(mset)),
    Command::new("getset", 3, "denyoom fast", KeyRange::ONE, Write(getset)),
    Command::new("getdel", 2, "fast", KeyRange::ONE, Write(getdel)),
    Command::new("append", 3, "denyoom fast", KeyRange::ONE, Write(append)),
    Command::new("incr", 2, "denyoom fast", KeyRange::ONE, Write(|call| add(call, 1))),
    Command::new("decr", 2, "denyoom fast", KeyRange::ONE, Write(|call| add(call, -1))),
    Command::new("incrby", 3, "denyoom fast", KeyRange::ONE, Write(incrby)),
    Command::new("decrby", 3, "denyoom fast", KeyRange::ONE, Write(decrby)),
];
// ANCHOR_END: rows

// ANCHOR: get
fn get(call: &mut ReadCall<'_>) -> Outcome {
    call.reply.bulk_or_null(string(&call.db, call.key())?);
    Ok(())
}

fn strlen(call: &mut ReadCall<'_>) -> Outcome {
    call.reply.count(string(&call.db, call.key())?.map_or(0, <[u8]>::len));
    Ok(())
}
// ANCHOR_END: get

/// A key that holds no string is as good as missing.
fn mget(call: &mut ReadCall<'_>) -> Outcome {
    let keys = call.words.from(1);
    call.reply.array(keys.len());
    for key in keys {
        call.reply.bulk_or_null(string(&call.db, key).ok().flatten());
    }
    Ok(())
}

/// The options of SET, as they were sent: times are looked at when all options are known to be right.
#[derive(Debug, Default)]
struct SetOptions<'a> {
    condition: Condition,
    answers_old: bool,
    expiry: Expiry<'a>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Expiry<'a> {
    #[default]
    None,
    Keep,
    In(Unit, &'a [u8]),
}

impl<'a> SetOptions<'a> {
    fn parse(words: &'a Request) -> Result<SetOptions<'a>, ErrorReply> {
        let mut options = SetOptions::default();
        let mut rest = words.from(3).iter();
        while let Some(word) = rest.next() {
            if is(word, "NX") && options.condition != Condition::IfPresent {
                options.condition = Condition::IfAbsent;
            } else if is(word, "XX") && options.condition != Condition::IfAbsent {
                options.condition = Condition::IfPresent;
            } else if is(word, "GET") {
                options.answers_old = true;
            } else {
                let new = match Unit::of_option(word) {
                    Some(unit) => Expiry::In(unit, rest.next().ok_or(ErrorReply::Syntax)?),
                    None if is(word, "KEEPTTL") => Expiry::Keep,
                    None => return Err(ErrorReply::Syntax),
                };
                options.expiry = options.expiry.or(new)?;
            }
        }
        Ok(options)
    }
}

impl<'a> Expiry<'a> {
    /// The same kind again is harmless, and the last one counts. Another kind contradicts it.
    fn or(self, new: Expiry<'a>) -> Result<Expiry<'a>, ErrorReply> {
        match (self, new) {
            (Expiry::None, _) | (Expiry::Keep, Expiry::Keep) => Ok(new),
            (Expiry::In(old, _), Expiry::In(unit, _)) if old == unit => Ok(new),
            _ => Err(ErrorReply::Syntax),
        }
    }
}

fn set(call: &mut WriteCall<'_>) -> Outcome {
    let options = SetOptions::parse(call.words)?;
    let ttl = match options.expiry {
        Expiry::None => Ttl::Clear,
        Expiry::Keep => Ttl::Keep,
        Expiry::In(unit, time) => Ttl::At(unit.deadline(time, 1, call.db.now(), "set")?),
    };
    let key = call.key();
    if options.answers_old {
        call.reply.bulk_or_null(string(&call.db, key)?);
    }
    let done = call.db.shard_mut(key).set(key, call.words.at(2), options.condition, ttl);
    match done {
        _ if options.answers_old => {}
        true => call.reply.ok(),
        false => call.reply.null(),
    }
    Ok(())
}

fn setnx(call: &mut WriteCall<'_>) -> Outcome {
    let key = call.key();
    let value = call.words.at(2);
    let done = call.db.shard_mut(key).set(key, value, Condition::IfAbsent, Ttl::Clear);
    call.reply.integer(i64::from(done));
    Ok(())
}

fn set_for(call: &mut WriteCall<'_>, unit: Unit) -> Outcome {
    let key = call.key();
    let deadline = unit.deadline(call.words.at(2), 1, call.db.now(), call.command.name)?;
    let shard = call.db.shard_mut(key);
    shard.set(key, call.words.at(3), Condition::Always, Ttl::At(deadline));
    call.reply.ok();
    Ok(())
}

fn mset(call: &mut WriteCall<'_>) -> Outcome {
    let (pairs, rest) = call.words.from(1).as_chunks();
    if !rest.is_empty() {
        return Err(call.command.arity_error());
    }
    for [key, value] in pairs {
        call.db.shard_mut(key).set(key, value, Condition::Always, Ttl::Clear);
    }
    call.reply.ok();
    Ok(())
}

fn getset(call: &mut WriteCall<'_>) -> Outcome {
    let key = call.key();
    call.reply.bulk_or_null(string(&call.db, key)?);
    call.db.shard_mut(key).set(key, call.words.at(2), Condition::Always, Ttl::Clear);
    Ok(())
}

fn getdel(call: &mut WriteCall<'_>) -> Outcome {
    let key = call.key();
    call.reply.bulk_or_null(string(&call.db, key)?);
    call.db.shard_mut(key).remove(key);
    Ok(())
}

fn append(call: &mut WriteCall<'_>) -> Outcome {
    let (key, suffix) = (call.key(), call.words.at(2));
    let len = call.db.shard_mut(key).edit(key, |keyspace| keyspace.append(key, suffix))?;
    call.reply.count(len);
    Ok(())
}

// ANCHOR: add
fn add(call: &mut WriteCall<'_>, delta: i64) -> Outcome {
    let key = call.key();
    let sum = call.db.shard_mut(key).edit(key, |keyspace| keyspace.incr_by(key, delta))?;
    call.reply.integer(sum);
    Ok(())
}

fn incrby(call: &mut WriteCall<'_>) -> Outcome {
    let delta = call.integer(2)?;
    add(call, delta)
}

fn decrby(call: &mut WriteCall<'_>) -> Outcome {
    // The lowest integer has no counterpart.
    let delta = call.integer(2)?.checked_neg().ok_or(ErrorReply::DecrementOverflow)?;
    add(call, delta)
}
// ANCHOR_END: add
