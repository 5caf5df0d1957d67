//! The check of exercise 04.2: conversations, told as what each side sends, one read after the other.

use std::process::ExitCode;

use chapter_04::decode::Side::{self, Client, Server};
use chapter_04::decode::WireError;
use exercises::{Check, Failure, Verdict, quote, splits};

#[cfg_attr(feature = "solutions", path = "../solutions/ex04_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex04_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{Exchange, Matcher};

fn main() -> ExitCode {
    exercises::run("04.2", check)
}

/// What one side sends in one read.
type Read<'a> = (Side, &'a [u8]);

const GET: &[u8] = b"*2\r\n$3\r\nGET\r\n$4\r\nname\r\n";

fn check(check: &Check) -> Verdict {
    check.step("one request and its reply");
    check.means("The request was complete before the reply came: the two belong together.");
    matched(check, &[(Client, b"PING\r\n"), (Server, b"+PONG\r\n")], &["PING\r\n => +PONG\r\n"])?;
    matched(
        check,
        &[(Client, GET), (Server, b"$3\r\nAda\r\n"), (Client, b"PING\r\n"), (Server, b"+PONG\r\n")],
        &["*2\r\n$3\r\nGET\r\n$4\r\nname\r\n => $3\r\nAda\r\n", "PING\r\n => +PONG\r\n"],
    )?;

    check.step("three requests before the first reply");
    check.means(
        "The first reply is for the first request, whenever it comes. Requests wait in a line, not in a pile, and a read \
         may bring several frames of either side.",
    );
    let three =
        ["GET a\r\n => $1\r\n1\r\n", "GET b\r\n => $1\r\n2\r\n", "GET c\r\n => $1\r\n3\r\n"];
    matched(
        check,
        &[
            (Client, b"GET a\r\nGET b\r\nGET c\r\n"),
            (Server, b"$1\r\n1\r\n"),
            (Server, b"$1\r\n2\r\n$1\r\n3\r\n"),
        ],
        &three,
    )?;
    matched(
        check,
        &[
            (Client, b"GET a\r\nGET b\r\n"),
            (Server, b"$1\r\n1\r\n"),
            (Client, b"GET c\r\n"),
            (Server, b"$1\r\n2\r\n$1\r\n3\r\n"),
        ],
        &three,
    )?;

    check.step("requests and replies in two reads each");
    check.means(
        "A frame may take several reads, and a read is often the end of one frame and the start of another. Both sides \
         need a memory of what is not complete, and of where their next frame starts.",
    );
    let requests = b"*1\r\n$4\r\nPING\r\nGET b\r\n";
    let replies = b"+PONG\r\n*2\r\n:1\r\n$1\r\n2\r\n";
    let both = ["*1\r\n$4\r\nPING\r\n => +PONG\r\n", "GET b\r\n => *2\r\n:1\r\n$1\r\n2\r\n"];
    for [first, second] in splits(requests) {
        matched(check, &[(Client, first), (Client, second), (Server, replies)], &both)?;
    }
    for [first, second] in splits(replies) {
        matched(check, &[(Client, requests), (Server, first), (Server, second)], &both)?;
    }

    check.step("what no server answers");
    for nothing in [&b"\r\n"[..], b" \r\n", b"*0\r\n", b"*-1\r\n"] {
        check.means(
            "A server ignores an empty request. If a reply is waited for here, every reply from now on is told of the \
             request before its own, and nothing ever puts that right.",
        );
        matched(
            check,
            &[(Client, nothing), (Client, b"GET a\r\n"), (Server, b"$1\r\n1\r\n")],
            &["GET a\r\n => $1\r\n1\r\n"],
        )?;
    }
    check.means(
        "This is a request of one argument, which is empty: it is unknown, and the server says so.",
    );
    matched(
        check,
        &[(Client, b"*1\r\n$0\r\n\r\n"), (Server, b"-ERR unknown command\r\n")],
        &["*1\r\n$0\r\n\r\n => -ERR unknown command\r\n"],
    )?;

    check.step("a push between two replies");
    check.means(
        "A push is sent because something happened, not because somebody asked. To take it for a reply shifts every \
         reply after it by one.",
    );
    matched(
        check,
        &[
            (Client, b"GET a\r\nGET b\r\n"),
            (Server, b"$1\r\n1\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n$1\r\n2\r\n"),
        ],
        &three[..2],
    )?;
    check.means("A reply is a push if it is one as a whole; a `>` within a value is the user's.");
    matched(
        check,
        &[(Client, b"GET a\r\n"), (Server, b"$4\r\n>2\r\n\r\n")],
        &["GET a\r\n => $4\r\n>2\r\n\r\n"],
    )?;

    check.step("a reply that nobody asked for");
    check.means(
        "Redis sends one when it turns a client away at the door: an error before any request. There is nothing to match \
         it with, and it must not be kept for the next request either.",
    );
    matched(
        check,
        &[
            (Server, b"-ERR max number of clients reached\r\n"),
            (Client, b"PING\r\n"),
            (Server, b"+PONG\r\n"),
        ],
        &["PING\r\n => +PONG\r\n"],
    )?;
    check.means(
        "When this reply began, nobody had asked; when it was complete, somebody had. Whether a request waits is looked at \
         when a reply is complete, and the bytes before that are part of it.",
    );
    matched(
        check,
        &[(Server, b"+PO"), (Client, b"PING\r\n"), (Server, b"NG\r\n")],
        &["PING\r\n => +PONG\r\n"],
    )?;

    check.step("what is no RESP");
    check.did("server sends hello\\r\\n");
    check.means(
        "Where the decoder gives up, nobody can match any more. Its error is to be passed on.",
    );
    let broken: Result<Vec<Exchange>, WireError> = Matcher::new().server(b"hello\r\n");
    let Err(error) = broken else { return Err(Failure::told("the decoder's error", "none")) };
    check.bytes("no type of RESP starts with `h`", error.to_string())
}

/// Plays the reads and compares all exchanges that come.
fn matched(check: &Check, reads: &[Read<'_>], expected: &[&str]) -> Verdict {
    let told = reads.iter().map(|(side, bytes)| {
        let who = if matches!(side, Client) { "client" } else { "server" };
        format!("{who} sends {}", quote(bytes))
    });
    check.did(told.collect::<Vec<_>>().join("\n"));
    match play(reads) {
        Ok(exchanges) => check.pieces(expected, &exchanges),
        Err(error) => {
            Err(Failure::told(exercises::listed(expected), format!("the error: {error}")))
        }
    }
}

fn play(reads: &[Read<'_>]) -> Result<Vec<Vec<u8>>, WireError> {
    let mut matcher = Matcher::new();
    let mut all = Vec::new();
    for (side, bytes) in reads {
        match side {
            Client => matcher.client(bytes)?,
            Server => {
                let exchanges: Vec<Exchange> = matcher.server(bytes)?;
                all.extend(
                    exchanges.iter().map(|it| [&it.request[..], b" => ", &it.reply].concat()),
                );
            }
        }
    }
    Ok(all)
}
