//! The commands of this chapter: those of chapter 08, on keys that may end, and those that say when.
//!
//! Turns times to live into deadlines; what a deadline does to a key is the shards' business.

use bytes::Bytes;
use chapter_05::protocol::{ErrorReply, Reply};
use chapter_06::protocol::{Request, parse_integer};
use chapter_08::commands::{self, Keys};
use chapter_08::storage::{Condition, Keyspace};

use crate::{DeadlineCondition, Engine, Millis, Ttl, WriteView};

// ANCHOR: keys
impl Keys for WriteView<'_> {
    fn edit<R>(&mut self, key: &[u8], edit: impl FnOnce(&mut Keyspace) -> R) -> R {
        self.shard_mut(key).edit(key, edit)
    }

    fn set(&mut self, key: &[u8], value: &[u8], condition: Condition) -> bool {
        self.shard_mut(key).set(key, value, condition, Ttl::Clear)
    }
}

/// Answers one request.
pub fn run(engine: &Engine, request: &Request, reply: &mut Reply<'_>) {
    match answer(engine, request, reply) {
        Ok(Answered::Yes) => {}
        // Nothing to do with time: chapter 08 knows it, and finds no expired key here.
        Ok(Answered::No) => {
            commands::answer(&mut engine.write(&commands::keys(request)), request, reply);
        }
        Err(error) => reply.error(&error),
    }
}
// ANCHOR_END: keys

enum Answered {
    Yes,
    No,
}

// ANCHOR: answer
fn answer(
    engine: &Engine,
    request: &Request,
    reply: &mut Reply<'_>,
) -> Result<Answered, ErrorReply> {
    let name = request.name().to_ascii_lowercase();
    match (&*name, request.from(1)) {
        (b"set", [key, value, option, time]) => {
            let Some(unit) = Unit::of(option) else { return Ok(Answered::No) };
            let mut view = engine.write(&[key]);
            let deadline = unit.deadline(positive(time)?, view.now());
            let ttl = Ttl::At(deadline.ok_or(ErrorReply::InvalidExpire("set"))?);
            view.shard_mut(key).set(key, value, Condition::Always, ttl);
            reply.ok();
        }
        (b"expire", [key, time]) => expire(engine, key, time, Unit::Seconds, "expire", reply)?,
        (b"pexpire", [key, time]) => expire(engine, key, time, Unit::Millis, "pexpire", reply)?,
        (b"ttl", [key]) => time_left(engine, key, Unit::Seconds, reply),
        (b"pttl", [key]) => time_left(engine, key, Unit::Millis, reply),
        (b"persist", [key]) => {
            reply.count(usize::from(engine.write(&[key]).shard_mut(key).persist(key)));
        }
        (b"dbsize", []) => reply.count(engine.held()),
        (b"expire" | b"pexpire" | b"ttl" | b"pttl" | b"persist" | b"dbsize", _) => {
            return Err(ErrorReply::Arity(String::from_utf8_lossy(&name).into_owned().into()));
        }
        _ => return Ok(Answered::No),
    }
    Ok(Answered::Yes)
}
// ANCHOR_END: answer

fn expire(
    engine: &Engine,
    key: &Bytes,
    time: &[u8],
    unit: Unit,
    command: &'static str,
    reply: &mut Reply<'_>,
) -> Result<(), ErrorReply> {
    let time = parse_integer(time).ok_or(ErrorReply::NotAnInteger)?;
    let mut view = engine.write(&[key]);
    let now = view.now();
    let deadline = unit.deadline(time, now).ok_or(ErrorReply::InvalidExpire(command))?;
    let done = view.shard_mut(key).expire(key, deadline, DeadlineCondition::Always, now);
    reply.count(usize::from(done));
    Ok(())
}

fn time_left(engine: &Engine, key: &Bytes, unit: Unit, reply: &mut Reply<'_>) {
    let view = engine.read(&[key]);
    let shard = view.shard(key);
    reply.integer(match (shard.deadline(key), unit) {
        (Some(deadline), Unit::Millis) => (deadline - view.now()) as i64,
        // To the nearest second.
        (Some(deadline), Unit::Seconds) => ((deadline - view.now() + 500) / 1000) as i64,
        (None, _) if shard.keyspace().contains(key) => -1,
        (None, _) => -2,
    });
}

/// In what a time is given.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Seconds,
    Millis,
}

impl Unit {
    /// The unit that an option of SET stands for.
    fn of(option: &[u8]) -> Option<Unit> {
        match &*option.to_ascii_lowercase() {
            b"ex" => Some(Unit::Seconds),
            b"px" => Some(Unit::Millis),
            _ => None,
        }
    }

    // ANCHOR: deadline
    /// The deadline `time` after `now`; `None` if that leaves the 64-bit range. One before 1970 becomes 1970: it has
    /// passed as well.
    fn deadline(self, time: i64, now: Millis) -> Option<Millis> {
        let millis = match self {
            Unit::Seconds => time.checked_mul(1000)?,
            Unit::Millis => time,
        };
        let deadline = i64::try_from(now).ok()?.checked_add(millis)?;
        Some(Millis::try_from(deadline).unwrap_or(0))
    }
    // ANCHOR_END: deadline
}

/// A time to live for SET, which takes none that is over at once.
fn positive(time: &[u8]) -> Result<i64, ErrorReply> {
    let time = parse_integer(time).ok_or(ErrorReply::NotAnInteger)?;
    if time > 0 { Ok(time) } else { Err(ErrorReply::InvalidExpire("set")) }
}
