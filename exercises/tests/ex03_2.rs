//! The check of exercise 03.2.

use std::process::ExitCode;

use exercises::{Check, Failure, Verdict, listed, splits};

#[cfg_attr(feature = "solutions", path = "../solutions/ex03_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex03_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{FrameError, Framer};

const LIMIT: usize = 1000;

fn main() -> ExitCode {
    exercises::run("03.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a message that comes whole");
    check.means("The digits up to the colon say how many bytes the message has; the comma ends it and is not in it.");
    messages(check, &["5:hello,"], &["hello"])?;
    messages(check, &["0:,"], &[""])?;
    messages(check, &["007:chapter,"], &["chapter"])?;

    check.step("two messages in one read");
    check.means("One read can bring several messages. Each call gives the next one.");
    messages(check, &["5:hello,2:hi,"], &["hello", "hi"])?;

    check.step("a message with commas, colons and line ends in it");
    check.means(
        "The length alone says where a message ends: that is what it is for. Its bytes may be any.",
    );
    messages(check, &["9:a,b:c\r\n1,,"], &["a,b:c\r\n1,"])?;

    check.step("a message that two reads bring");
    check.means("A read can end anywhere, inside the digits of the length too: `1` may be the beginning of `11`.");
    let stream = b"11:hello world,0:,3:a:b,";
    for [first, second] in splits(stream) {
        messages(check, &[first, second], &["hello world", "", "a:b"])?;
    }
    check.step("a message that comes byte by byte");
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    messages(check, &bytes, &["hello world", "", "a:b"])?;

    check.step("a length that is no number");
    check.means(
        "What is no digit cannot be a part of a length: nobody knows where the message ends.",
    );
    for bytes in [":hello,", "x:hello,", "-1:hello,", "5 :hello,"] {
        refused(check, &[bytes], FrameError::BadLength)?;
    }

    check.step("a length above the limit");
    check.means(
        "The number is the client's: it is checked before anything is done with it, and no message has to come first. \
         More digits than fit a number are a long message too, not a panic.",
    );
    messages(check, &["1000:", &"x".repeat(1000), ","], &["x".repeat(1000)])?;
    for length in ["1001", "4294967297", "18446744073709551617", &"9".repeat(400)] {
        refused(check, &[&format!("{length}:")], FrameError::TooLong)?;
    }

    check.step("digits without an end");
    check.means(
        "The colon may never come, and each further digit is kept: memory grows for as long as the client likes. \
         Once the digits are above the limit, or one is none, nothing that follows can mend it.",
    );
    refused(check, &["1", "0", "0", "1"], FrameError::TooLong)?;
    refused(check, &["5", "x"], FrameError::BadLength)?;

    check.step("something else where the comma should be");
    check.means("Client and server do not agree where the message ended.");
    refused(check, &["5:hello!"], FrameError::NoComma)?;

    check.step("what comes after an error");
    check.sent(["2:hi;3:bye,"]);
    check.means(
        "After an error nobody knows where the next message begins. To go on somewhere in the client's bytes is how a \
         part of a message comes to be run as a command.",
    );
    let mut framer = Framer::new(LIMIT);
    framer.push(b"2:hi;3:bye,");
    for call in ["first", "second", "third"] {
        check.did(format!("took a message out, for the {call} time"));
        refusal(check, FrameError::NoComma, framer.next().map(Vec::from_iter))?;
    }
    Ok(())
}

/// All messages that come out, when these pieces go in one after the other.
fn run<P: AsRef<[u8]>>(pieces: &[P]) -> Result<Vec<Vec<u8>>, FrameError> {
    let mut framer = Framer::new(LIMIT);
    let mut messages = Vec::new();
    for piece in pieces {
        framer.push(piece.as_ref());
        while let Some(message) = framer.next()? {
            messages.push(message);
        }
    }
    Ok(messages)
}

fn messages<P: AsRef<[u8]>, E: AsRef<[u8]>>(
    check: &Check,
    pieces: &[P],
    expected: &[E],
) -> Verdict {
    check.sent(pieces);
    match run(pieces) {
        Ok(messages) => check.pieces(expected, &messages),
        Err(error) => Err(Failure::told(listed(expected), format!("the error {error:?}"))),
    }
}

fn refused<P: AsRef<[u8]>>(check: &Check, pieces: &[P], expected: FrameError) -> Verdict {
    check.sent(pieces);
    refusal(check, expected, run(pieces))
}

fn refusal(check: &Check, expected: FrameError, got: Result<Vec<Vec<u8>>, FrameError>) -> Verdict {
    let got = match got {
        Err(error) if error == expected => return Ok(()),
        Err(error) => format!("the error {error:?}"),
        Ok(messages) if messages.is_empty() => "no error: it waits for more bytes".to_owned(),
        Ok(messages) => format!("no error: {}", listed(&messages)),
    };
    check.that(false, format!("the error {expected:?}"), got)
}
