//! The check of exercise 10.1: the rows against the commands' syntax, then requests through them.

use std::process::ExitCode;

use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::Request;
use chapter_09::{Clock, Engine};
use chapter_10::commands::call::{Call, Outcome};
use chapter_10::commands::dispatch;
use chapter_10::commands::spec::{Command, Run};
use exercises::{Check, Failure, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex10_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex10_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("10.1", check)
}

/// Requests as they should be, and which of their words are keys.
const RIGHT: [(&str, &[&str]); 8] = [
    ("TOUCH a", &["a"]),
    ("TOUCH a b c", &["a", "b", "c"]),
    ("LPUSHX list x", &["list"]),
    ("LPUSHX list x y z", &["list"]),
    ("MSETNX a 1", &["a"]),
    ("MSETNX a 1 b 2", &["a", "b"]),
    ("RPOPLPUSH from to", &["from", "to"]),
    ("rpoplpush one one", &["one", "one"]),
];

const WRONG: [&str; 6] =
    ["TOUCH", "LPUSHX", "LPUSHX list", "MSETNX a", "RPOPLPUSH from", "RPOPLPUSH a b c"];

fn check(check: &Check) -> Verdict {
    check.step("requests with as many words as they may have");
    for (line, _) in RIGHT {
        check.did(format!("counted the words of {line}"));
        check.means(
            "Brackets and dots in a command's syntax mean: as many more as the client likes. The name is a word like \
             the others, and a negative arity says \"at least so many\".",
        );
        let (row, words) = find(line)?;
        let allowed = row.check_arity(words.len()).is_ok();
        check.that(allowed, "the row allows them", "the row refuses them")?;
    }

    check.step("requests with too few words, or too many");
    for line in WRONG {
        check.did(format!("counted the words of {line}"));
        check.means(
            "The row lets the request through, and its handler believes that the words are there. The name is counted \
             too: a command, its key and an element are three words. And a syntax without brackets has no more words \
             than it shows.",
        );
        let (row, words) = find(line)?;
        let allowed = row.check_arity(words.len()).is_ok();
        check.that(!allowed, "the row refuses them", "the row allows them")?;
    }

    check.step("the keys of a request");
    for (line, keys) in RIGHT {
        check.did(format!("took the keys out of {line}, as COMMAND GETKEYS does"));
        let (row, words) = find(line)?;
        let got = row.keys.of(&words);
        check.means(match got.len() < keys.len() {
            true => {
                "A key is missing, so its shard is not locked when the handler uses it. If two keys are in the same \
                 shard that is not noticed; in all other cases the handler panics. With 64 shards, a test that uses \
                 two names is all but sure to find it, and one name used twice never does."
            }
            false => {
                "A value is no key. Whatever shard it would belong to is locked for nothing, and a client that asks \
                 for the keys is told wrong."
            }
        });
        check.pieces(keys, &got)?;
    }

    check.step("the numbers that COMMAND INFO shows");
    for (line, numbers) in [
        ("TOUCH a", (1, -1, 1)),
        ("LPUSHX list x", (1, 1, 1)),
        ("MSETNX a 1", (1, -1, 2)),
        ("RPOPLPUSH from to", (1, 2, 1)),
    ] {
        let (row, _) = find(line)?;
        check.did(format!("read the first, the last and the distance of the keys of {}", row.name));
        check.means(
            "The keys of such a request are found, but the row tells a client something else. A last key of -1 says that \
             the keys go on to the request's end, however long it is: that is for a syntax with dots.",
        );
        let got = (row.keys.first, row.keys.last, row.keys.step);
        check.equal(numbers, got)?;
    }

    check.step("requests, run by way of the rows");
    check.means("The handlers were right. Has one of them changed, or what is in its row beside the numbers?");
    let engine = Engine::new(Clock::manual(1_000_000));
    let replies = [
        ("MSETNX a 1 b 2", ":1\r\n"),
        ("MSETNX b 3 c 4", ":0\r\n"),
        ("TOUCH a b c a", ":3\r\n"),
        ("LPUSHX list x", ":0\r\n"),
        ("RPUSH list 1 2 3", ":3\r\n"),
        ("LPUSHX list x y", ":5\r\n"),
        ("RPOPLPUSH list other", "$1\r\n3\r\n"),
        ("LRANGE list 0 -1", "*4\r\n$1\r\ny\r\n$1\r\nx\r\n$1\r\n1\r\n$1\r\n2\r\n"),
        ("LRANGE other 0 -1", "*1\r\n$1\r\n3\r\n"),
    ];
    for (line, expected) in replies {
        check.sent([format!("{line}\r\n")]);
        check.bytes(expected, ask(&engine, line)?)?;
    }
    Ok(())
}

fn words(line: &str) -> Result<Request, Failure> {
    let words = line.split(' ').map(|word| word.as_bytes().to_vec());
    Request::new(words).ok_or_else(|| Failure::told("a request", "no words"))
}

fn find(line: &str) -> Result<(&'static Command, Request), Failure> {
    let words = words(line)?;
    let name = String::from_utf8_lossy(words.name()).to_lowercase();
    let rows: &'static [Command] = answer::rows();
    let row = rows.iter().find(|row| row.name == name);
    let row = row.ok_or_else(|| Failure::told(format!("a row for `{name}`"), "none"))?;
    Ok((row, words))
}

/// What the chapter's `dispatch` does, with the four rows beside its own.
fn ask(engine: &Engine, line: &str) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    let mut reply = Reply::new(&mut out, ProtocolVersion::Resp2);
    match find(line) {
        Ok((row, words)) => {
            if let Err(error) = run(engine, row, &words, reply.reborrow()) {
                reply.error(&error);
            }
        }
        Err(_) => dispatch(engine, &words(line)?, &mut reply),
    }
    Ok(out)
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
