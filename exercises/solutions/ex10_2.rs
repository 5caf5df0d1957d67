//! 10.2, solved: everything that can fail comes first, the reply comes next, and the change last.

use chapter_05::protocol::ErrorReply;
use chapter_09::{DeadlineCondition, Millis};
use chapter_10::commands::call::{Outcome, WriteCall, is, string};
use chapter_10::commands::spec::{Command, KeyRange, Run};

const ROW: Command = Command {
    name: "getex",
    arity: -2,
    flags: "fast",
    keys: KeyRange::ONE,
    run: Run::Write(getex),
    subcommands: &[],
};

/// The row of GETEX.
pub fn row() -> &'static Command {
    &ROW
}

enum Expiry {
    Keep,
    Lift,
    /// So many times as many milliseconds as the request's fourth word says.
    In(i64),
}

fn getex(call: &mut WriteCall<'_>) -> Outcome {
    let expiry = match call.words.from(2) {
        [] => Expiry::Keep,
        [option] if is(option, "PERSIST") => Expiry::Lift,
        [option, _] if is(option, "EX") => Expiry::In(1000),
        [option, _] if is(option, "PX") => Expiry::In(1),
        _ => return Err(ErrorReply::Syntax),
    };
    let (key, now) = (call.key(), call.db.now());
    let Some(value) = string(&call.db, key)? else {
        call.reply.null();
        return Ok(());
    };
    let deadline = match expiry {
        Expiry::In(unit) => Some(deadline(call.integer(3)?, unit, now)?),
        Expiry::Keep | Expiry::Lift => None,
    };
    call.reply.bulk(value);
    let shard = call.db.shard_mut(key);
    if let Some(deadline) = deadline {
        shard.expire(key, deadline, DeadlineCondition::Always, now);
    } else if matches!(expiry, Expiry::Lift) {
        shard.persist(key);
    }
    Ok(())
}

fn deadline(time: i64, unit: i64, now: Millis) -> Result<Millis, ErrorReply> {
    let wanted = Some(time).filter(|time| *time >= 1).and_then(|time| time.checked_mul(unit));
    let deadline = wanted.and_then(|wanted| wanted.checked_add(i64::try_from(now).ok()?));
    let deadline = deadline.and_then(|deadline| Millis::try_from(deadline).ok());
    deadline.ok_or(ErrorReply::InvalidExpire("getex"))
}
