//! The check of exercise 10.2: requests through the answer's row, on a clock that stands still. What is expected was
//! compared with Redis.

use std::process::ExitCode;

use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::Request;
use chapter_09::{Clock, Engine};
use chapter_10::commands::call::{Call, Outcome};
use chapter_10::commands::dispatch;
use chapter_10::commands::spec::{Command, Run};
use exercises::{Check, Failure, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex10_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex10_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

const NOW: u64 = 1_700_000_000_000;

fn main() -> ExitCode {
    exercises::run("10.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("the row");
    let row: &'static Command = answer::row();
    check.did("read the name, the arity, the flags and the keys of GETEX k in the row");
    check.means(
        "The row is what finds the command, counts its words, locks its keys, and what COMMAND shows. The options make \
         a request longer, and GETEX may change when a key ends: that is a write, although it looks like a GET.",
    );
    let flags: Vec<&str> = row.flags().collect();
    let request = words("GETEX k EX 10")?;
    let keys: Vec<String> =
        row.keys.of(&request).iter().map(|key| String::from_utf8_lossy(key).into()).collect();
    check.equal(
        ("getex", -2, vec!["write", "fast"], vec!["k".to_owned()]),
        (row.name, row.arity, flags, keys),
    )?;

    let [value, wrong_type] = [
        "$5\r\nvalue\r\n",
        "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
    ];

    check.step("a key without a deadline, and no key");
    check.means("Without an option GETEX is GET.");
    ask(check, "GETEX k", value, -1)?;
    ask(check, "GETEX none", "$-1\r\n", -1)?;

    check.step("deadlines");
    check.means(
        "The value, and the deadline: so long from now (`call.db.now()`), in milliseconds. GETEX without an option \
         leaves the deadline as it is; only PERSIST lifts it.",
    );
    ask(check, "GETEX k EX 100", value, 100_000)?;
    ask(check, "getex k px 1500", value, 1500)?;
    ask(check, "GETEX timed", value, 50_000)?;
    ask(check, "GETEX timed PX 1", value, 1)?;
    ask(check, "GETEX timed persist", value, -1)?;
    ask(check, "GETEX k PERSIST", value, -1)?;

    check.step("options that are none, or too many");
    check.means(
        "What is wrong with the words is wrong whatever the key holds, and nothing of it is done. EX and PX take \
         exactly one word, PERSIST none, and they exclude each other.",
    );
    for key in ["timed", "none", "list"] {
        for options in
            ["FOO", "EX", "PX", "EX 10 PERSIST", "PERSIST 10", "PERSIST EX 10", "EX 10 PX 10"]
        {
            ask(check, &format!("GETEX {key} {options}"), "-ERR syntax error\r\n", 50_000)?;
        }
    }

    check.step("a time that is none");
    check.means(
        "One request gets one reply: what has been written cannot be taken back, and the client takes a second reply \
         for the answer to its next request. Nothing is written, or changed, before it is sure that nothing fails.",
    );
    ask(check, "GETEX timed EX abc", "-ERR value is not an integer or out of range\r\n", 50_000)?;
    ask(check, "GETEX timed PX 1.5", "-ERR value is not an integer or out of range\r\n", 50_000)?;
    let invalid = "-ERR invalid expire time in 'getex' command\r\n";
    check.means(
        "A deadline that has passed would delete what was asked for: the time must be at least 1. One request gets one \
         reply.",
    );
    ask(check, "GETEX timed EX 0", invalid, 50_000)?;
    ask(check, "GETEX timed PX -1", invalid, 50_000)?;

    check.step("a time that is too long");
    check.means(
        "The number is the client's. Seconds become milliseconds by a multiplication, a deadline by an addition, and \
         each can leave the range of an i64. That is a panic, or a deadline in the past; and if the result is cut to \
         the range, a deadline that nobody asked for.",
    );
    ask(check, "GETEX timed EX 9223372036854775807", invalid, 50_000)?;
    ask(check, "GETEX timed EX 9223372036854775", invalid, 50_000)?;
    ask(check, "GETEX timed PX 9223372036854775807", invalid, 50_000)?;
    ask(check, "GETEX k PX 9223370336854775807", value, 9_223_370_336_854_775_807)?;

    check.step("what is looked at first");
    check.means(
        "The words first, then the key, then the time: which error comes when two things are wrong is part of what \
         clients see. Where there is no string to reply with, the time is not even looked at.",
    );
    ask(check, "GETEX none EX abc", "$-1\r\n", -1)?;
    ask(check, "GETEX none PX 0", "$-1\r\n", -1)?;
    ask(check, "GETEX list", wrong_type, 50_000)?;
    ask(check, "GETEX list EX abc", wrong_type, 50_000)?;
    ask(check, "GETEX list PX 10", wrong_type, 50_000)
}

fn words(line: &str) -> Result<Request, Failure> {
    let words = line.split(' ').map(|word| word.as_bytes().to_vec());
    Request::new(words).ok_or_else(|| Failure::told("a request", "no words"))
}

/// Asks on a store of its own, and then for the milliseconds that are left: `left`, if there is such a key.
fn ask(check: &Check, line: &str, expected: &str, left: i64) -> Verdict {
    let engine = Engine::new(Clock::manual(NOW));
    let setup = ["SET k value", "SET timed value PX 50000", "RPUSH list a", "PEXPIRE list 50000"];
    for line in setup {
        let mut out = Vec::new();
        dispatch(&engine, &words(line)?, &mut Reply::new(&mut out, ProtocolVersion::Resp2));
    }
    let request = words(line)?;
    let key = request.get(1).unwrap_or_default();
    check.did("SET k value, SET timed value PX 50000, RPUSH list a, PEXPIRE list 50000");
    check.sent([format!("{line}\r\n")]);
    let mut out = Vec::new();
    let mut reply = Reply::new(&mut out, ProtocolVersion::Resp2);
    if let Err(error) = run(&engine, answer::row(), &request, reply.reborrow()) {
        reply.error(&error);
    }
    check.bytes(expected, out)?;
    check.did("the request above, then PTTL of its key");
    let left = if key == b"none" { -2 } else { left };
    let mut out = Vec::new();
    let pttl = [&b"PTTL"[..], key].map(<[u8]>::to_vec);
    if let Some(request) = Request::new(pttl) {
        dispatch(&engine, &request, &mut Reply::new(&mut out, ProtocolVersion::Resp2));
    }
    check.bytes(format!(":{left}\r\n"), out)
}

fn run(engine: &Engine, command: &'static Command, words: &Request, reply: Reply<'_>) -> Outcome {
    command.check_arity(words.len())?;
    let keys = command.keys.of(words);
    match command.run {
        Run::Read(run) => run(&mut Call { command, words, db: engine.read(&keys), reply }),
        Run::Write(run) => run(&mut Call { command, words, db: engine.write(&keys), reply }),
        Run::Server(run) => run(&mut Call { command, words, db: engine, reply }),
    }
}
