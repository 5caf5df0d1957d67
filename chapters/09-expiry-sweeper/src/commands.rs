//! The commands of this chapter: strings whose keys may end.
//!
//! Turns times to live into deadlines; what a deadline does to a key is the shards' business.

use chapter_05::protocol::{ErrorReply, Reply};
use chapter_06::protocol::{Request, parse_integer};
use chapter_08::storage::Condition;

use crate::{DeadlineCondition, Engine, Millis, Ttl};

/// Answers one request.
pub fn run(engine: &Engine, request: &Request, reply: &mut Reply<'_>) {
    if let Err(error) = answer(engine, request, reply) {
        reply.error(&error);
    }
}

// ANCHOR: answer
fn answer(engine: &Engine, request: &Request, reply: &mut Reply<'_>) -> Result<(), ErrorReply> {
    let name = request.name().to_ascii_lowercase();
    let key = request.at(1);
    match (&*name, request.len()) {
        (b"get", 2) => {
            reply.bulk_or_null(engine.read(&[key]).shard(key).keyspace().string(key)?);
        }
        (b"set", 3 | 5) => {
            let mut view = engine.write(&[key]);
            let ttl = match unit(request.at(3)) {
                None if request.len() == 3 => Ttl::Clear,
                None => return Err(ErrorReply::Syntax),
                Some(unit) => Ttl::At(deadline(request.at(4), unit, view.now(), "set")?),
            };
            view.shard_mut(key).set(key, request.at(2), Condition::Always, ttl);
            reply.ok();
        }
        (b"del", 2..) => {
            let keys = request.from(1);
            let mut view = engine.write(keys);
            let removed = keys.iter().filter_map(|key| view.shard_mut(key).remove(key));
            reply.count(removed.count());
        }
        (b"expire", 3) => {
            let mut view = engine.write(&[key]);
            let now = view.now();
            let time = parse_integer(request.at(2)).ok_or(ErrorReply::NotAnInteger)?;
            let deadline = after(time, 1000, now).ok_or(ErrorReply::InvalidExpire("expire"))?;
            let shard = view.shard_mut(key);
            let done = shard.expire(key, deadline, DeadlineCondition::Always, now);
            reply.count(usize::from(done));
        }
        (b"ttl", 2) => {
            let view = engine.read(&[key]);
            reply.integer(match view.shard(key).deadline(key) {
                Some(deadline) => ((deadline - view.now() + 500) / 1000) as i64,
                None if view.shard(key).keyspace().contains(key) => -1,
                None => -2,
            });
        }
        (b"persist", 2) => {
            reply.count(usize::from(engine.write(&[key]).shard_mut(key).persist(key)));
        }
        (b"dbsize", 1) => reply.count(engine.held()),
        (b"get" | b"set" | b"del" | b"expire" | b"ttl" | b"persist" | b"dbsize", _) => {
            return Err(ErrorReply::Arity(String::from_utf8_lossy(&name).into_owned().into()));
        }
        _ => return Err(ErrorReply::unknown_command(request.args())),
    }
    Ok(())
}
// ANCHOR_END: answer

/// The milliseconds that one unit of SET's option has.
fn unit(option: &[u8]) -> Option<i64> {
    match option.to_ascii_lowercase().as_slice() {
        b"ex" => Some(1000),
        b"px" => Some(1),
        _ => None,
    }
}

/// The deadline after a time to live, which must be above zero.
fn deadline(
    time: &[u8],
    unit: i64,
    now: Millis,
    command: &'static str,
) -> Result<Millis, ErrorReply> {
    let time = parse_integer(time).ok_or(ErrorReply::NotAnInteger)?;
    let deadline = if time > 0 { after(time, unit, now) } else { None };
    deadline.ok_or(ErrorReply::InvalidExpire(command))
}

// ANCHOR: after
/// `time` units after `now`; `None` if that leaves the 64-bit range. A time before 1970 counts as 1970: over, too.
fn after(time: i64, unit: i64, now: Millis) -> Option<Millis> {
    let deadline = i64::try_from(now).ok()?.checked_add(time.checked_mul(unit)?)?;
    Some(u64::try_from(deadline).unwrap_or(0))
}
// ANCHOR_END: after
