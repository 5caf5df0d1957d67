//! Commands on many strings at once: MGET, MSET, MSETNX.
//!
//! All keys are locked together before these run: that nobody sees half of an MSET is not decided here.

use crate::commands::call::{KeyCall, Outcome};
use crate::commands::spec::*;
use crate::protocol::ErrorReply;
use crate::storage::{Condition, Ttl, View};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "mget",
        arity: -2,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::STRING,
        tips: &["request_policy:multi_shard"],
        keys: &[KeySpec::several(1, Find::Range { last: -1, step: 1 }, &["RO", "access"])],
        group: Group::String,
        since: "1.0.0",
        summary: "Get the values of all the given keys",
        complexity: "O(N) where N is the number of keys to retrieve.",
        args: &[key("key", 0).multiple()],
        run: Run::Read(mget),
        ..Command::EMPTY
    },
    Command {
        name: "mset",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::STRING,
        tips: &["request_policy:multi_shard", "response_policy:all_succeeded"],
        keys: &[KeySpec::several(1, Find::Range { last: -1, step: 2 }, &["OW", "update"])],
        group: Group::String,
        since: "1.0.1",
        summary: "Set multiple keys to multiple values",
        complexity: "O(N) where N is the number of keys to set.",
        args: &[block("key_value", &[key("key", 0), string("value")]).multiple()],
        run: Run::Write(mset),
        ..Command::EMPTY
    },
    Command {
        name: "msetnx",
        arity: -3,
        flags: Flags::WRITE.with(Flags::DENYOOM),
        acl: Acl::STRING,
        tips: &["request_policy:multi_shard", "response_policy:agg_min"],
        keys: &[KeySpec::several(1, Find::Range { last: -1, step: 2 }, &["OW", "insert"])],
        group: Group::String,
        since: "1.0.1",
        summary: "Set multiple keys to multiple values, only if none of the keys exist",
        complexity: "O(N) where N is the number of keys to set.",
        args: &[block("key_value", &[key("key", 0), string("value")]).multiple()],
        run: Run::Write(msetnx),
        ..Command::EMPTY
    },
];

fn mget(call: &mut KeyCall<'_>, db: &View<'_>) -> Outcome {
    call.reply.array(call.keys.len());
    for key in call.keys {
        // A value of another type is answered like a missing one.
        let string = db.string(key).ok().flatten();
        call.reply.bulk_or_null(string.map(|string| string.bytes));
    }
    Ok(())
}

fn mset(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    check_pairs(call, "mset")?;
    set_all(call, db);
    call.reply.ok();
    Ok(())
}

fn msetnx(call: &mut KeyCall<'_>, db: &mut View<'_>) -> Outcome {
    check_pairs(call, "msetnx")?;
    let any_taken = call.keys.iter().any(|key| db.current_deadline(key).is_some());
    if !any_taken {
        set_all(call, db);
    }
    call.reply.integer(i64::from(!any_taken));
    Ok(())
}

/// A key without a value makes an even number of arguments, which no arity can express.
fn check_pairs(call: &KeyCall<'_>, command: &'static str) -> Outcome {
    if call.args.len().is_multiple_of(2) {
        return Err(ErrorReply::Arity(command.into()));
    }
    Ok(())
}

fn set_all(call: &KeyCall<'_>, db: &mut View<'_>) {
    for (key, value) in call.keys.iter().zip(call.args.from(2).step_by(2)) {
        db.set(key, value, Condition::Always, Ttl::Clear);
    }
}
