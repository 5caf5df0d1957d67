//! The check of exercise 04.1.

use std::process::ExitCode;

use chapter_04::decode::WireError;
use exercises::{Check, Failure, Verdict, splits};

#[cfg_attr(feature = "solutions", path = "../solutions/ex04_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex04_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("04.1", check)
}

fn check(check: &Check) -> Verdict {
    check.step("two replies of one line");
    check.means("Each of the two lines is a frame; the one with `-` is an error.");
    counted(check, &["+OK\r\n-ERR no such key\r\n"], 2, 1)?;

    check.step("a value of two lines, the second like an error");
    check.means(
        "The value is a user's, and may hold any bytes. It says how long it is: what is within that length is not looked \
         at, or whoever stores a value can raise an alarm, or hide one.",
    );
    counted(check, &["$24\r\nall good\r\n-ERR disk full\r\n"], 1, 0)?;

    check.step("an array with an error in it");
    check.means(
        "The reply is an array, and the client gets it as one. EXEC answers so when one command of many has failed. \
         How a frame starts says what it is; what is in it does not.",
    );
    counted(check, &["*2\r\n:1\r\n-ERR value is not an integer or out of range\r\n+OK\r\n"], 2, 0)?;
    check.means("What a value says is the user's affair: these words in it make no error.");
    counted(check, &["$14\r\na simple error\r\n$12\r\na bulk error\r\n"], 2, 0)?;

    check.step("an error in a frame of RESP3");
    check.means(
        "RESP3 has a second type of error, for texts with line ends. The chapter's table of types has them all.",
    );
    counted(check, &["!21\r\nSYNTAX invalid syntax\r\n_\r\n"], 2, 1)?;

    check.step("replies that two reads bring");
    let stream = b"+OK\r\n$7\r\na\r\n-b\r\n\r\n-ERR x\r\n:1\r\n";
    for pieces in splits(stream) {
        check.means(
            "A read can end inside a frame, or bring the end of one and the start of the next. What has arrived of a \
             frame must not be forgotten: without it, the rest makes no sense, or another one.",
        );
        counted(check, &pieces, 4, 1)?;
    }
    check.step("replies that come byte by byte");
    check.means("The replies are the same ones, however they are cut.");
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    counted(check, &bytes, 4, 1)?;

    check.step("a reply that is cut off at the end");
    check.means("The rest of it may still come. It is counted when it is complete.");
    counted(check, &["+OK\r\n-ERR disk"], 1, 0)?;
    counted(check, &["+OK\r\n*2\r\n-ERR disk\r\n"], 1, 0)?;

    check.step("what is no RESP");
    check.sent(["+OK\r\nhello\r\n"]);
    check.means("No type starts with `h`. Nobody knows where the next reply starts: a count would be invented.");
    match answer::tally(&[b"+OK\r\nhello\r\n"]) {
        Err(error) => check.bytes("no type of RESP starts with `h`", error.to_string()),
        Ok(tally) => Err(Failure::told(
            "the decoder's error",
            format!("{} replies, {} of them errors", tally.replies, tally.errors),
        )),
    }
}

fn counted<P: AsRef<[u8]>>(check: &Check, reads: &[P], replies: usize, errors: usize) -> Verdict {
    check.sent(reads);
    let reads: Vec<&[u8]> = reads.iter().map(AsRef::as_ref).collect();
    let words = |tally: answer::Tally| {
        format!("replies: {}, of them errors: {}", tally.replies, tally.errors)
    };
    let got: Result<answer::Tally, WireError> = answer::tally(&reads);
    if reads.len() > 1 && got.as_ref().is_ok_and(|tally| tally.replies == replies) {
        check.means(
            "All replies were found, but not how each of them starts: a frame starts where the one before it ended, \
             which need not be where a read starts.",
        );
    }
    let got = got.map_or_else(|error| format!("the error: {error}"), words);
    let expected = words(answer::Tally { replies, errors });
    check.that(expected == got, expected, got)
}
