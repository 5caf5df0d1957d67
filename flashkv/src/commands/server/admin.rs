//! Commands on whole databases and on the process: counting, emptying and swapping databases, the time, stopping.
//!
//! Does not know how a server stops: it is asked to, and does so when its connections have been answered.

use crate::commands::call::{self, Outcome, ServerCall, is};
use crate::commands::spec::*;
use crate::number::parse_i64;
use crate::protocol::{ErrorReply, REDIS_VERSION};

pub(super) const ROWS: &[Command] = &[
    Command {
        name: "dbsize",
        arity: 1,
        flags: Flags::READONLY.with(Flags::FAST),
        acl: Acl::KEYSPACE,
        tips: &["request_policy:all_shards", "response_policy:agg_sum"],
        group: Group::Server,
        since: "1.0.0",
        summary: "Return the number of keys in the selected database",
        complexity: "O(1)",
        run: Run::Server(dbsize),
        ..Command::EMPTY
    },
    Command {
        name: "flushdb",
        arity: -1,
        flags: Flags::WRITE,
        acl: Acl::KEYSPACE.with(Acl::DANGEROUS),
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        group: Group::Server,
        since: "1.0.0",
        summary: "Remove all keys from the current database",
        complexity: "O(N) where N is the number of keys in the selected database",
        history: &[
            ("4.0.0", "Added the `ASYNC` flushing mode modifier."),
            ("6.2.0", "Added the `SYNC` flushing mode modifier."),
        ],
        args: &[one_of(
            "async",
            &[word("async", "ASYNC").since("4.0.0"), word("sync", "SYNC").since("6.2.0")],
        )
        .optional()],
        run: Run::Server(flushdb),
        ..Command::EMPTY
    },
    Command {
        name: "flushall",
        arity: -1,
        flags: Flags::WRITE,
        acl: Acl::KEYSPACE.with(Acl::DANGEROUS),
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        group: Group::Server,
        since: "1.0.0",
        summary: "Remove all keys from all databases",
        complexity: "O(N) where N is the total number of keys in all databases",
        history: &[
            ("4.0.0", "Added the `ASYNC` flushing mode modifier."),
            ("6.2.0", "Added the `SYNC` flushing mode modifier."),
        ],
        args: &[one_of(
            "async",
            &[word("async", "ASYNC").since("4.0.0"), word("sync", "SYNC").since("6.2.0")],
        )
        .optional()],
        run: Run::Server(flushall),
        ..Command::EMPTY
    },
    Command {
        name: "swapdb",
        arity: 3,
        flags: Flags::WRITE.with(Flags::FAST),
        acl: Acl::KEYSPACE.with(Acl::DANGEROUS),
        group: Group::Server,
        since: "4.0.0",
        summary: "Swaps two Redis databases",
        complexity: "O(N) where N is the count of clients watching or blocking on keys from both databases.",
        args: &[integer("index1"), integer("index2")],
        run: Run::Server(swapdb),
        ..Command::EMPTY
    },
    Command {
        name: "time",
        arity: 1,
        flags: Flags::LOADING.with(Flags::STALE).with(Flags::FAST),
        tips: &["nondeterministic_output"],
        group: Group::Server,
        since: "2.6.0",
        summary: "Return the current server time",
        complexity: "O(1)",
        run: Run::Server(time),
        ..Command::EMPTY
    },
    Command {
        name: "lolwut",
        arity: -1,
        flags: Flags::READONLY.with(Flags::FAST),
        group: Group::Server,
        since: "5.0.0",
        summary: "Display some computer art and the Redis version",
        args: &[integer("version").token("VERSION").optional()],
        run: Run::Server(lolwut),
        ..Command::EMPTY
    },
    Command {
        name: "shutdown",
        arity: -1,
        flags: Flags::ADMIN
            .with(Flags::NOSCRIPT)
            .with(Flags::LOADING)
            .with(Flags::STALE)
            .with(Flags::NO_MULTI)
            .with(Flags::ALLOW_BUSY),
        group: Group::Server,
        since: "1.0.0",
        summary: "Synchronously save the dataset to disk and then shut down the server",
        complexity: "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)",
        history: &[("7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers.")],
        args: &[
            one_of("nosave_save", &[word("nosave", "NOSAVE"), word("save", "SAVE")]).optional(),
            word("now", "NOW").optional().since("7.0.0"),
            word("force", "FORCE").optional().since("7.0.0"),
            word("abort", "ABORT").optional().since("7.0.0"),
        ],
        run: Run::Server(shutdown),
        ..Command::EMPTY
    },
];

fn dbsize(call: &mut ServerCall<'_>) -> Outcome {
    let keys = call.engine().len(call.session.database, call.now);
    call.reply.count(keys);
    Ok(())
}

fn flushdb(call: &mut ServerCall<'_>) -> Outcome {
    check_flush_mode(call)?;
    let keys = call.engine().flush(call.session.database);
    finish_flush(call, keys);
    Ok(())
}

fn flushall(call: &mut ServerCall<'_>) -> Outcome {
    check_flush_mode(call)?;
    let keys = call.engine().flush_all();
    finish_flush(call, keys);
    Ok(())
}

/// ASYNC and SYNC are the same here: the keys are gone at once, and much memory is freed by another thread.
fn check_flush_mode(call: &ServerCall<'_>) -> Outcome {
    match (call.args.get(1), call.args.len()) {
        (None, _) => Ok(()),
        (Some(mode), 2) if is(mode, "ASYNC") || is(mode, "SYNC") => Ok(()),
        _ => Err(ErrorReply::Syntax),
    }
}

fn finish_flush(call: &mut ServerCall<'_>, keys: usize) {
    call.counters.count_changes(keys as u64);
    call.reply.ok();
}

fn swapdb(call: &mut ServerCall<'_>) -> Outcome {
    let first = number_of_database(call.args.at(1)).ok_or(ErrorReply::FirstDatabase)?;
    let second = number_of_database(call.args.at(2)).ok_or(ErrorReply::SecondDatabase)?;
    let existing = |number: i32| {
        let database = usize::try_from(number).ok();
        let database = database.filter(|database| *database < call.engine().databases());
        database.ok_or(ErrorReply::DatabaseOutOfRange)
    };
    let (first, second) = (existing(first)?, existing(second)?);
    call.engine().swap(first, second);
    call.counters.count_changes(1);
    call.reply.ok();
    Ok(())
}

fn number_of_database(argument: &[u8]) -> Option<i32> {
    parse_i64(argument).and_then(|number| i32::try_from(number).ok())
}

/// The one handler that reads the clock, which is what it was asked for: the batch's own time is in whole milliseconds.
fn time(call: &mut ServerCall<'_>) -> Outcome {
    let now = call.shared.clock.now_us();
    let (seconds, us) = (now / 1_000_000, now % 1_000_000);
    call.reply.array(2);
    call.reply.bulk(seconds.to_string().as_bytes());
    call.reply.bulk(us.to_string().as_bytes());
    Ok(())
}

/// Draws lightning, another one each time. VERSION and its numbers choose among Redis' pictures, and nothing here.
fn lolwut(call: &mut ServerCall<'_>) -> Outcome {
    const HEIGHT: usize = 12;
    const WIDTH: usize = 48;
    if let (Some(word), Some(version)) = (call.args.get(1), call.args.get(2))
        && is(word, "VERSION")
    {
        call::integer(version)?;
    }
    let mut picture = String::new();
    let mut column = fastrand::usize(WIDTH / 4..WIDTH * 3 / 4);
    for _ in 0..HEIGHT {
        // The stroke leans one way; the next begins where it ends.
        if fastrand::bool() {
            picture.push_str(&format!("{:column$}\\\n", ""));
            column += 1;
        } else {
            column = column.saturating_sub(1);
            picture.push_str(&format!("{:column$}/\n", ""));
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    picture.push_str(&format!("\nflashkv ver. {version}, as Redis ver. {REDIS_VERSION}\n"));
    call.reply.verbatim("txt", picture.as_bytes());
    Ok(())
}

/// What SHUTDOWN is asked to do. Nothing is ever saved, nobody replicates, and so there is nothing to wait for or to
/// force: the options are checked, and change nothing.
#[derive(Debug, Default)]
struct Shutdown {
    nosave: bool,
    save: bool,
    now: bool,
    force: bool,
    abort: bool,
}

impl Shutdown {
    fn parse(call: &ServerCall<'_>) -> Result<Shutdown, ErrorReply> {
        let mut asked = Shutdown::default();
        for option in call.args.from(1) {
            let flag = match option {
                _ if is(option, "NOSAVE") => &mut asked.nosave,
                _ if is(option, "SAVE") => &mut asked.save,
                _ if is(option, "NOW") => &mut asked.now,
                _ if is(option, "FORCE") => &mut asked.force,
                _ if is(option, "ABORT") => &mut asked.abort,
                _ => return Err(ErrorReply::Syntax),
            };
            *flag = true;
        }
        let Shutdown { nosave, save, now, force, abort } = asked;
        let contradiction = (nosave && save) || (abort && (nosave || save || now || force));
        if contradiction { Err(ErrorReply::Syntax) } else { Ok(asked) }
    }
}

fn shutdown(call: &mut ServerCall<'_>) -> Outcome {
    let asked = Shutdown::parse(call)?;
    if asked.abort {
        // Stopping is never delayed, so there is never anything left to abort.
        return Err(ErrorReply::NoShutdown);
    }
    if asked.save {
        tracing::warn!("SHUTDOWN SAVE: there is no way to save, and nothing is");
    }
    tracing::info!(client = %call.session.client.address, "asked to stop by SHUTDOWN");
    call.shared.request_stop();
    call.session.closing = true;
    Ok(())
}
