//! The check of exercise 10.3. Which locks an answer holds is seen from outside: `Engine::sweep` does not wait for a lock,
//! and says if it could not have it. What is expected of replies was compared with Redis.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use chapter_05::protocol::{ErrorReply, ProtocolVersion, Reply};
use chapter_06::protocol::Request;
use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;
use exercises::{Check, Failure, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex10_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex10_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

const WRONG_TYPE: &str = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
/// `LMPOP 2 b a LEFT`, after `RPUSH b 1 2`.
const POPPED: &str = "*2\r\n$1\r\nb\r\n*1\r\n$1\r\n1\r\n";

fn main() -> ExitCode {
    exercises::run("10.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("the keys of a request");
    check.means("Numkeys says how many words behind it are keys, and what comes next is none.");
    keys(check, "LMPOP 1 a LEFT", &["a"])?;
    keys(check, "LMPOP 3 a b a RIGHT COUNT 2", &["a", "b", "a"])?;
    keys(check, "LMPOP 1 LEFT LEFT", &["LEFT"])?;

    check.step("a number of keys that cannot be");
    check.means(
        "The error for a number that is none, or too small, is the one that the task names.",
    );
    for number in ["0", "-1", "x", "1.5", "-9223372036854775808"] {
        no_keys(check, number, "ERR numkeys should be greater than 0")?;
    }
    check.means(
        "The number is the client's, and may be any that there is. It says more keys than there are words: behind the \
         keys one more must stand.",
    );
    for number in ["2", "3", "1000000", "9223372036854775807"] {
        no_keys(check, number, "ERR syntax error")?;
    }
    check.did("took the keys out of LMPOP 1 a");
    check.means("No request has fewer than four words.");
    let request = words("LMPOP 1 a")?;
    let got: Result<&[bytes::Bytes], ErrorReply> = answer::keys(&request);
    check.equal("ERR wrong number of arguments for 'lmpop' command", told(got))?;

    check.step("the first list that there is");
    check.means("Keys that do not exist are passed over. From the left end, or from the right, up to count elements.");
    ask(check, "LMPOP 1 list LEFT", "*2\r\n$4\r\nlist\r\n*1\r\n$1\r\n1\r\n", ":2\r\n")?;
    check.means(
        "Keys that do not exist are passed over. From the left end, or from the right, up to count elements. The words may \
         be in upper or lower case.",
    );
    ask(check, "lmpop 1 list left", "*2\r\n$4\r\nlist\r\n*1\r\n$1\r\n1\r\n", ":2\r\n")?;
    ask(check, "lmpop 3 none list other right", "*2\r\n$4\r\nlist\r\n*1\r\n$1\r\n3\r\n", ":2\r\n")?;
    let three = "*2\r\n$4\r\nlist\r\n*3\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n";
    ask(check, "LMPOP 1 list RIGHT COUNT 3", three, ":0\r\n")?;
    ask(check, "LMPOP 1 list RIGHT count 9223372036854775807", three, ":0\r\n")?;
    check.means("With no list at all there is nothing to take, which is no error: a null array.");
    ask(check, "LMPOP 2 none neither LEFT COUNT 2", "*-1\r\n", ":3\r\n")?;

    check.step("words behind the keys that are wrong");
    check.means(
        "An end, then nothing or COUNT with its number. After an error nothing has been taken.",
    );
    for rest in [
        "UP",
        "COUNT 1",
        "b LEFT",
        "LEFT FOO",
        "LEFT FOO 0",
        "LEFT COUNT",
        "LEFT 2",
        "LEFT COUNT 2 more",
        "LEFT COUNT 1 COUNT 0",
    ] {
        ask(check, &format!("LMPOP 1 list {rest}"), "-ERR syntax error\r\n", ":3\r\n")?;
    }
    check.means(
        "A count is looked at as soon as it is read, and what is wrong with it is told first. After an error nothing has \
         been taken.",
    );
    for count in ["0", "-1", "x", "0 more", "x COUNT 1"] {
        let error = "-ERR count should be greater than 0\r\n";
        ask(check, &format!("LMPOP 1 list LEFT COUNT {count}"), error, ":3\r\n")?;
    }

    check.step("something else than a list");
    check.means(
        "One request, one reply: what has been written before an error cannot be taken back, and the client takes the \
         error for the answer to its next request.",
    );
    ask(check, "LMPOP 1 string LEFT", WRONG_TYPE, ":3\r\n")?;
    ask(check, "LMPOP 3 none string list LEFT", WRONG_TYPE, ":3\r\n")?;
    check.means(
        "A list was found before. Keys behind the first list are locked, since they might have been needed, but what \
         they hold is of no interest any more.",
    );
    ask(check, "LMPOP 2 list string LEFT", "*2\r\n$4\r\nlist\r\n*1\r\n$1\r\n1\r\n", ":2\r\n")?;

    check.step("a key whose shard somebody else holds");
    check.means(
        "It waits for one key and has not locked the other: keys are locked one by one. Between two locks somebody else \
         has a turn, so that an element which RPOPLPUSH moves is in none of the lists; and whoever keeps the first lock \
         while it waits for the second, in the order of a request, can wait for ever (chapter 07).",
    );
    let (engine, shard) = store("a", "b")?;
    let held = engine.write(&["b"]);
    let asked = ask_from_outside(check, &engine, shard, "exclusively")?;
    drop(held);
    reply(check, asked)?;

    check.step("a key that somebody else reads");
    check.means(
        "Reading was allowed, so it has looked, and now it waits for a second lock, to change what it saw under the \
         first. In between others may have taken the last element, or put something else there.",
    );
    let (engine, shard) = store("a", "b")?;
    let held = engine.read(&["b"]);
    let asked = ask_from_outside(check, &engine, shard, "shared")?;
    drop(held);
    reply(check, asked)?;

    check.step("somebody who waits for a key that it has locked");
    check.did("RPUSH b 1 2; locked the shard of a until it had that of b, and somebody else waited with DEL b");
    check.sent(["LMPOP 2 b a LEFT\r\n"]);
    check.means(
        "It had the locks of all keys, and let go of them before the change was made. Somebody who waited had a turn, and \
         deleted the list. What was true under one lock need not be true under the next.",
    );
    for _ in 0..AGAIN {
        check.bytes(POPPED, somebody_waits()?)?;
    }
    Ok(())
}

/// How often somebody waits: two locks may have a common queue, where the end of one wait hides that of the other.
const AGAIN: usize = 10;

/// Asks while the shard of `a` is held. When it has locked `b`, which comes first, somebody comes who will delete `b`; when
/// that one waits, the shard of `a` is free.
///
/// A lock that was held for longer than a millisecond is handed to whoever waits for it (so says `parking_lot`). So who
/// lets go of `b` and locks it again finds it gone. Who keeps it never does, however slow the machine is.
fn somebody_waits() -> Result<Vec<u8>, Failure> {
    let (engine, shard) = store("b", "a")?;
    let engine = &*engine;
    thread::scope(|scope| {
        let held = engine.write(&["a"]);
        let asked = scope.spawn(move || run(engine, "LMPOP 2 b a LEFT"));
        let deadline = Instant::now() + Duration::from_secs(2);
        while !is_locked(engine, shard) && Instant::now() < deadline && !asked.is_finished() {
            thread::sleep(Duration::from_millis(1));
        }
        // Never before it has the lock, however late that is: then DEL would be first, and be right.
        if is_locked(engine, shard) && !asked.is_finished() {
            let (tell, told) = channel();
            scope.spawn(move || {
                let _ = tell.send(fs::read_link("/proc/thread-self"));
                prepare(engine, "DEL b")
            });
            until_it_waits(told.recv().ok().and_then(Result::ok));
        }
        drop(held);
        asked.join().map_err(|_| Failure::told("a reply", "a panic"))?
    })
}

/// Waits until a thread waits, which Linux tells; elsewhere, for as long as it should take.
fn until_it_waits(thread: Option<PathBuf>) {
    let Some(thread) = thread else { return thread::sleep(Duration::from_millis(50)) };
    let stat = Path::new("/proc").join(thread).join("stat");
    let mut seen = 0;
    let deadline = Instant::now() + Duration::from_secs(2);
    while seen < 3 && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
        // `4711 (its name) S 4242 …`: R runs, as it does at first at a lock that is held; S sleeps.
        let sleeps = fs::read_to_string(&stat).is_ok_and(|stat| {
            stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('S'))
        });
        seen = if sleeps { seen + 1 } else { 0 };
    }
}

fn words(line: &str) -> Result<Request, Failure> {
    let words = line.split(' ').map(|word| word.as_bytes().to_vec());
    Request::new(words).ok_or_else(|| Failure::told("a request", "no words"))
}

fn told(keys: Result<&[bytes::Bytes], ErrorReply>) -> String {
    keys.map_or_else(|error| error.to_string(), |keys| format!("{} keys", keys.len()))
}

fn keys(check: &Check, line: &str, expected: &[&str]) -> Verdict {
    check.did(format!("took the keys out of {line}"));
    let words = words(line)?;
    let got: Result<&[bytes::Bytes], ErrorReply> = answer::keys(&words);
    match got {
        Ok(got) => check.pieces(expected, got),
        Err(error) => Err(Failure::told(exercises::listed(expected), error.to_string())),
    }
}

fn no_keys(check: &Check, number: &str, expected: &str) -> Verdict {
    let line = format!("LMPOP {number} a LEFT");
    check.did(format!("took the keys out of {line}"));
    let words = words(&line)?;
    check.equal(expected, told(answer::keys(&words)))
}

fn run(engine: &Engine, line: &str) -> Result<Vec<u8>, Failure> {
    let (words, mut out) = (words(line)?, Vec::new());
    let mut reply = Reply::new(&mut out, ProtocolVersion::Resp2);
    if let Err(error) = answer::lmpop(engine, &words, &mut reply) {
        reply.error(&error);
    }
    Ok(out)
}

fn prepare(engine: &Engine, line: &str) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    dispatch(engine, &words(line)?, &mut Reply::new(&mut out, ProtocolVersion::Resp2));
    Ok(out)
}

/// Asks on a store of its own, and then how many elements are left in `list`.
fn ask(check: &Check, line: &str, expected: &str, left: &str) -> Verdict {
    let engine = Engine::new(Clock::manual(1_000_000));
    let setup = ["RPUSH list 1 2 3", "RPUSH other x", "SET string s"];
    for line in setup {
        prepare(&engine, line)?;
    }
    check.did(setup.join(", "));
    check.sent([format!("{line}\r\n")]);
    check.bytes(expected, run(&engine, line)?)?;
    check.did("the request above, then LLEN list");
    check.bytes(left, prepare(&engine, "LLEN list")?)
}

/// A store in which `first` is in a shard before that of `second`, and which one: that is decided at random.
fn store(first: &str, second: &str) -> Result<(Arc<Engine>, usize), Failure> {
    loop {
        let engine = Engine::new(Clock::manual(1_000_000));
        let (before, behind) = (shard_of(&engine, first), shard_of(&engine, second));
        if let Some(shard) = before.filter(|_| before < behind) {
            prepare(&engine, "RPUSH b 1 2")?;
            return Ok((Arc::new(engine), shard));
        }
    }
}

fn shard_of(engine: &Engine, key: &str) -> Option<usize> {
    let _held = engine.write(&[key]);
    (0..engine.shards()).find(|shard| is_locked(engine, *shard))
}

/// At time 0 nothing has expired, so that nothing is swept.
fn is_locked(engine: &Engine, shard: usize) -> bool {
    engine.sweep(shard, 0).is_none()
}

/// Asks in a thread, while `b` is held: `a`, which is locked first, must become locked and stay it.
fn ask_from_outside(
    check: &Check,
    engine: &Arc<Engine>,
    shard: usize,
    how: &str,
) -> Result<thread::JoinHandle<Result<Vec<u8>, Failure>>, Failure> {
    check.did(format!("RPUSH b 1 2; then locked the shard of b {how} (that of a comes before it)"));
    check.sent(["LMPOP 2 b a LEFT\r\n"]);
    let deadline = Instant::now() + Duration::from_secs(2);
    let asked = {
        let engine = Arc::clone(engine);
        thread::spawn(move || run(&engine, "LMPOP 2 b a LEFT"))
    };
    while !is_locked(engine, shard) && Instant::now() < deadline && !asked.is_finished() {
        thread::sleep(Duration::from_millis(1));
    }
    let mut stays = true;
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(1));
        stays &= is_locked(engine, shard);
    }
    check.that(
        stays,
        "the shard of a is locked too, until the shard of b is free",
        "the shard of a is not locked",
    )?;
    Ok(asked)
}

fn reply(check: &Check, asked: thread::JoinHandle<Result<Vec<u8>, Failure>>) -> Verdict {
    check.means("The locks were as they should be, and it went on when it had them: this is about what it replied.");
    let got = asked.join().map_err(|_| Failure::told("a reply", "a panic"))??;
    check.bytes(POPPED, got)
}
