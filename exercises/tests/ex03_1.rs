//! The check of exercise 03.1: the same bytes, cut in every way, must get the same answers.

use std::process::ExitCode;

use exercises::{Check, Verdict, splits};

#[cfg_attr(feature = "solutions", path = "../solutions/ex03_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex03_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("03.1", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a line in a read of its own");
    check.sent(["PING\r\n"]);
    check.means("Nothing is cut here: the line is not even answered as `inline::answer` would.");
    check.bytes("+PONG\r\n", answer::answers(&[b"PING\r\n"]))?;

    check.step("two lines in one read");
    check.sent(["PING\r\nECHO hi\r\n"]);
    check.means(
        "A read takes all that has arrived, and a client need not wait for a reply before it sends its next line. \
         One read can finish several lines: each is to be answered.",
    );
    check.bytes("+PONG\r\n$2\r\nhi\r\n", answer::answers(&[b"PING\r\nECHO hi\r\n"]))?;

    check.step("a line that two reads bring");
    for pieces in splits(b"ECHO hello\r\n") {
        check.sent(pieces);
        check.means(
            "A read ends where the network says, in the middle of a word or between \\r and \\n. What has no end \
             yet is not a line: keep it until its end comes.",
        );
        check.bytes("$5\r\nhello\r\n", answer::answers(&pieces))?;
    }

    check.step("a line that never ends");
    check.sent(["PING\r\nECHO hel"]);
    check.means(
        "The client left in the middle of a line. What it would have said is not known: half a line is not a short \
         line (think of DEL user:1, cut off from DEL user:17).",
    );
    check.bytes("+PONG\r\n", answer::answers(&[b"PING\r\nECHO hel"]))?;

    check.step("a long conversation, one byte a read");
    let conversation = b"PING\r\nECHO one\r\n\r\nPING two\nECHO three\r\n";
    let reads: Vec<&[u8]> = conversation.chunks(1).collect();
    check.sent(&reads);
    check.means("Every byte came in a read of its own. The lines are the same as in one read.");
    check.bytes("+PONG\r\n$3\r\none\r\n$3\r\ntwo\r\n$5\r\nthree\r\n", answer::answers(&reads))
}
