//! Commands on keys of any type: deleting, naming, listing them, and when they end.

use chapter_05::protocol::{ErrorReply, Text};
use chapter_08::storage::matches;
use chapter_09::{DeadlineCondition, IfTaken, Millis};

use super::call::{Outcome, ReadCall, ServerCall, WriteCall, is};
use super::expiry::Unit;
use super::spec::Run::{Read, Server, Write};
use super::spec::{Command, KeyRange};

pub(super) const ROWS: &[Command] = &[
    Command::new("del", -2, "", KeyRange::ALL, Write(del)),
    Command::new("exists", -2, "fast", KeyRange::ALL, Read(exists)),
    Command::new("type", 2, "fast", KeyRange::ONE, Read(kind)),
    Command::new("rename", 3, "", KeyRange::TWO, Write(rename)),
    Command::new("renamenx", 3, "fast", KeyRange::TWO, Write(renamenx)),
    Command::new("keys", 2, "readonly", KeyRange::NONE, Server(keys)),
    Command::new("expire", -3, "fast", KeyRange::ONE, Write(|call| expire(call, Unit::SECONDS))),
    Command::new("pexpire", -3, "fast", KeyRange::ONE, Write(|call| expire(call, Unit::MILLIS))),
    Command::new(
        "expireat",
        -3,
        "fast",
        KeyRange::ONE,
        Write(|call| expire(call, Unit::UNIX_SECONDS)),
    ),
    Command::new("ttl", 2, "fast", KeyRange::ONE, Read(|call| ttl(call, in_seconds))),
    Command::new("pttl", 2, "fast", KeyRange::ONE, Read(|call| ttl(call, |left| left))),
    Command::new("persist", 2, "fast", KeyRange::ONE, Write(persist)),
];

fn del(call: &mut WriteCall<'_>) -> Outcome {
    let keys = call.words.from(1).iter();
    let removed = keys.filter(|key| call.db.shard_mut(key).remove(key).is_some()).count();
    call.reply.count(removed);
    Ok(())
}

/// Counts a key as often as it is named.
fn exists(call: &mut ReadCall<'_>) -> Outcome {
    let keys = call.words.from(1).iter();
    call.reply.count(keys.filter(|key| call.db.shard(key).keyspace().contains(key)).count());
    Ok(())
}

fn kind(call: &mut ReadCall<'_>) -> Outcome {
    let kind = call.db.shard(call.key()).keyspace().kind(call.key());
    call.reply.simple(kind.map_or("none", |kind| kind.name()));
    Ok(())
}

fn rename(call: &mut WriteCall<'_>) -> Outcome {
    call.db.rename(call.key(), call.words.at(2), IfTaken::Replace)?;
    call.reply.ok();
    Ok(())
}

fn renamenx(call: &mut WriteCall<'_>) -> Outcome {
    let done = call.db.rename(call.key(), call.words.at(2), IfTaken::Refuse)?;
    call.reply.integer(i64::from(done));
    Ok(())
}

/// A lone star is no pattern but "all": by the rules of patterns it would not match the empty key.
fn keys(call: &mut ServerCall<'_>) -> Outcome {
    let pattern = call.words.at(1);
    let mut found = Vec::new();
    call.db.for_each_key(|key| {
        if pattern == b"*" || matches(pattern, key) {
            found.push(key.to_vec());
        }
    });
    call.reply.array(found.len());
    found.iter().for_each(|key| call.reply.bulk(key));
    Ok(())
}

// ANCHOR: expire
fn expire(call: &mut WriteCall<'_>, unit: Unit) -> Outcome {
    let condition = condition(call)?;
    let (key, now) = (call.key(), call.db.now());
    let deadline = unit.deadline(call.words.at(2), i64::MIN, now, call.command.name)?;
    let done = call.db.shard_mut(key).expire(key, deadline, condition, now);
    call.reply.integer(i64::from(done));
    Ok(())
}
// ANCHOR_END: expire

fn condition(call: &WriteCall<'_>) -> Result<DeadlineCondition, ErrorReply> {
    let [mut nx, mut xx, mut gt, mut lt] = [false; 4];
    for word in call.words.from(3) {
        let options = [("NX", &mut nx), ("XX", &mut xx), ("GT", &mut gt), ("LT", &mut lt)];
        match options.into_iter().find(|(option, _)| is(word, option)) {
            Some((_, given)) => *given = true,
            None => return Err(ErrorReply::UnsupportedOption(Text(word.to_vec()))),
        }
    }
    match (nx, xx, gt, lt) {
        (true, false, false, false) => Ok(DeadlineCondition::IfNone),
        (true, ..) => Err(ErrorReply::NxConflict),
        (_, _, true, true) => Err(ErrorReply::GtWithLt),
        // A key without a deadline has the latest of all: nothing is later, so XX adds nothing to GT.
        (_, _, true, _) => Ok(DeadlineCondition::IfLater),
        (_, true, _, true) => Ok(DeadlineCondition::IfAnyAndEarlier),
        (_, _, _, true) => Ok(DeadlineCondition::IfEarlier),
        (_, true, ..) => Ok(DeadlineCondition::IfAny),
        _ => Ok(DeadlineCondition::Always),
    }
}

/// -2 without a key, -1 without a deadline.
fn ttl(call: &mut ReadCall<'_>, shown: fn(Millis) -> Millis) -> Outcome {
    let shard = call.db.shard(call.key());
    let left = shard.deadline(call.key()).map(|deadline| deadline.saturating_sub(call.db.now()));
    let exists = shard.keyspace().contains(call.key());
    call.reply.integer(match left {
        Some(left) => i64::try_from(shown(left)).unwrap_or(i64::MAX),
        None if exists => -1,
        None => -2,
    });
    Ok(())
}

/// Rounded to the nearest.
fn in_seconds(left: Millis) -> Millis {
    left.saturating_add(500) / 1000
}

fn persist(call: &mut WriteCall<'_>) -> Outcome {
    let key = call.key();
    let lifted = call.db.shard_mut(key).persist(key);
    call.reply.integer(i64::from(lifted));
    Ok(())
}
