//! The check of exercise 06.2.

use std::process::ExitCode;

use exercises::{Check, Verdict, splits};

#[cfg_attr(feature = "solutions", path = "../solutions/ex06_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex06_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{STRANGER, STRANGER_BULK, Session};

fn main() -> ExitCode {
    exercises::run("06.2", check)
}

const NOAUTH: &str = "-NOAUTH Authentication required.\r\n";
const AUTH: &str = "*2\r\n$4\r\nAUTH\r\n$6\r\nsesame\r\n";
const COUNT: &str = "-ERR Protocol error: invalid multibulk length\r\n";
const BULK: &str = "-ERR Protocol error: invalid bulk length\r\n";

fn check(check: &Check) -> Verdict {
    check.step("a stranger, and the password");
    check.means(
        "Before the password, nothing is run. After it, requests are answered as in chapter 05.",
    );
    replied(check, &["PING\r\n"], &[NOAUTH])?;
    replied(check, &[AUTH, "PING\r\n", "ECHO hi\r\n"], &["+OK\r\n", "+PONG\r\n", "$2\r\nhi\r\n"])?;
    check.means("A name is the same in upper and lower case.");
    replied(check, &["auth sesame\r\n", "PING\r\n"], &["+OK\r\n", "+PONG\r\n"])?;
    check.means("The password is not this one. Who guessed wrongly is still a stranger.");
    replied(check, &["AUTH guess\r\n", "PING\r\n"], &["-ERR invalid password\r\n", NOAUTH])?;
    replied(check, &["AUTH \"\"\r\n", "PING\r\n"], &["-ERR invalid password\r\n", NOAUTH])?;
    check.means("A wrong guess changes nothing, for somebody who has been let in either.");
    replied(
        check,
        &[AUTH, "AUTH guess\r\n", "PING\r\n"],
        &["+OK\r\n", "-ERR invalid password\r\n", "+PONG\r\n"],
    )?;

    check.step("the password and a request behind it in one read");
    check.means(
        "What stands behind AUTH came with it, and is in the buffer already. It must not be lost.",
    );
    replied(check, &[&format!("{AUTH}PING\r\n")], &["+OK\r\n+PONG\r\n"])?;

    check.step("a request in two reads");
    let stream = format!("PING\r\n{AUTH}*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n");
    let expected = format!("{NOAUTH}+OK\r\n$2\r\nhi\r\n");
    for pieces in splits(stream.as_bytes()) {
        check.means("A read ends anywhere. The parser and its buffer live as long as the session.");
        check.sent(pieces);
        let mut session = Session::new(b"sesame");
        let replies: Vec<u8> = pieces.iter().flat_map(|piece| session.read(piece)).collect();
        check.bytes(&expected, replies)?;
    }

    check.step("what a stranger may announce");
    check.means("This is as much as a stranger may send.");
    let most = format!("*{STRANGER}\r\n{}", "$1\r\nx\r\n".repeat(10));
    let longest = format!("*1\r\n${STRANGER_BULK}\r\n{}\r\n", "x".repeat(STRANGER_BULK));
    replied(check, &[&most, &longest], &[NOAUTH, NOAUTH])?;
    check.means(
        "It is refused when it is announced. To wait for it first means to keep it, and that is what the limit is there \
         to prevent.",
    );
    replied(check, &["*11\r\n"], &[COUNT])?;
    replied(check, &["*1\r\n$16385\r\n"], &[BULK])?;
    check.means(
        "A line announces nothing: it is all there when it is looked at, and `Limits::line` has held it already. The limits \
         of a stranger are for what is announced.",
    );
    let words = format!("PING{}\r\n", " x".repeat(10));
    let long = format!("PING {}\r\n", "x".repeat(STRANGER_BULK + 1));
    replied(check, &[&words, &long], &[NOAUTH, NOAUTH])?;
    let (start, rest) = long.split_at(long.len() - 3);
    replied(check, &[start, rest], &["", NOAUTH])?;
    check.means("A wrong guess gives no larger limits.");
    replied(check, &["AUTH guess\r\n", "*11\r\n"], &["-ERR invalid password\r\n", COUNT])?;

    check.step("what may be announced with the password");
    check.means("Who has said the password has the default limits, from the next request on.");
    replied(check, &[AUTH, "*11\r\n"], &["+OK\r\n", ""])?;
    replied(check, &[AUTH, "*2\r\n$4\r\nECHO\r\n$100000\r\n"], &["+OK\r\n", ""])?;
    let long = "x".repeat(20_000);
    let echo = format!("*2\r\n$4\r\nECHO\r\n$20000\r\n{long}\r\n");
    let echoed = format!("$20000\r\n{long}\r\n");
    replied(check, &[AUTH, &echo, "PING\r\n"], &["+OK\r\n", &echoed, "+PONG\r\n"])?;

    check.step("the password and a long request behind it in one read");
    check.means(
        "What stands behind AUTH is no stranger's any more, though it came in the same read: a request is run before the \
         next one is looked at.",
    );
    replied(check, &[&format!("{AUTH}{echo}")], &[&format!("+OK\r\n{echoed}")])?;
    check.means(
        "The request in front of AUTH is a stranger's, with a stranger's limits, although the password follows in the same \
         read.",
    );
    replied(check, &[&format!("*1\r\n$16385\r\n{AUTH}")], &[BULK])?;

    check.step("what comes after a protocol error");
    check.means(
        "Nobody knows where the next request starts. What is still in the buffer, or comes later, is bytes of somebody \
         who does not follow the protocol, and must not be run.",
    );
    replied(check, &["*11\r\nPING\r\n", "PING\r\n", AUTH], &[COUNT, "", ""])?;
    replied(
        check,
        &[AUTH, "PING\r\n*1\r\n:1\r\n", "PING\r\n"],
        &["+OK\r\n", "+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n", ""],
    )
}

/// Each read must get its replies. Those before the one that does not are told with it.
fn replied(check: &Check, reads: &[&str], expected: &[&str]) -> Verdict {
    let mut session = Session::new(b"sesame");
    for (number, (read, expected)) in reads.iter().zip(expected).enumerate() {
        check.sent(reads.iter().take(number + 1));
        check.did(format!("looked at the reply to read {} of {}", number + 1, reads.len()));
        check.bytes(expected, session.read(read.as_bytes()))?;
    }
    Ok(())
}
