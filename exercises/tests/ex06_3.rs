//! The check of exercise 06.3: the same bytes in all cuts, the searches counted, and the chapter's parser beside it.

use std::process::ExitCode;

use bytes::{Bytes, BytesMut};
use chapter_06::protocol::{Limits, ProtocolError, RequestParser};
use exercises::{Check, Failure, Verdict, splits};

#[cfg_attr(feature = "solutions", path = "../solutions/ex06_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex06_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{Find, MAX, MAX_LINE, Parser};

fn main() -> ExitCode {
    exercises::run("06.3", check)
}

const PING: &str = "*1\r\n$4\r\nPING\r\n";
const ECHO: &str = "*2\r\n$4\r\nECHO\r\n$11\r\nhello,world\r\n";

fn check(check: &Check) -> Verdict {
    check.step("one whole request");
    check.means("Nothing is cut here, and nothing came before.");
    parsed(check, &[PING], &["PING"])?;
    parsed(check, &[ECHO], &["ECHO hello,world"])?;

    check.step("two whole requests");
    check.means(
        "The second request is not what it would be alone: something is left of the first. When a request is handed out, \
         the parser must know nothing of it any more.",
    );
    parsed(check, &[PING, ECHO], &["PING", "ECHO hello,world"])?;
    parsed(check, &[&format!("{ECHO}{PING}")], &["ECHO hello,world", "PING"])?;

    check.step("requests in two reads");
    let stream = format!("{ECHO}{PING}");
    for pieces in splits(stream.as_bytes()) {
        let [first, _] = pieces;
        let behind_an_argument =
            [&b"world"[..], b"world\r", b"PING", b"PING\r"].iter().any(|end| first.ends_with(end));
        check.means(if behind_an_argument {
            "The cut is behind the last argument, in front of its line end or inside of it. The request was handed out \
             without that, and the rest was taken for the start of the next request."
        } else {
            "Before the cut, the parser has learned something about the bytes that had come: how many arguments are \
             missing, how long one is, how far a line has been searched. Is it still true of what it reads next?"
        });
        parsed(check, &pieces, &["ECHO hello,world", "PING"])?;
    }
    check.step("requests byte by byte");
    let stream = format!("{ECHO}{PING}*3\r\n$0\r\n\r\n$2\r\n\r\n\r\n$11\r\n$1\r\nx\r\n*1\r\n\r\n");
    let bytes: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
    parsed(check, &bytes, &["ECHO hello,world", "PING", " \r\n $1\r\nx\r\n*1\r\n"])?;

    check.step("lines that are too long");
    for (start, error) in
        [("", ProtocolError::MultibulkCountTooLong), ("*1\r\n", ProtocolError::BulkCountTooLong)]
    {
        let line = if start.is_empty() { "*" } else { "$" };
        let long = |digits: usize| format!("{start}{line}{}\r\n", "1".repeat(digits));
        // The marker and the digits are just as many as may be searched, and one more.
        for too_long in [long(MAX_LINE), long(MAX_LINE + 300)] {
            check.means(
                "The line was too long, and it was taken all the same, since its end came in the same read as its \
                 beginning. Whether a request is right must not depend on the network.",
            );
            refused(check, &[&too_long], error)?;
            for cut in [1, 500, MAX_LINE, too_long.len() - 1] {
                let (first, second) = too_long.split_at(cut);
                check.means("This line is too long, wherever it is cut.");
                refused(check, &[first, second], error)?;
            }
        }
        let allowed = long(MAX_LINE - 1);
        let error = if start.is_empty() {
            ProtocolError::InvalidMultibulkLength
        } else {
            ProtocolError::InvalidBulkLength
        };
        for cut in [1, 500, allowed.len() - 2, allowed.len() - 1] {
            let (first, second) = allowed.split_at(cut);
            check.means("This line is just as long as it may be. Its number is too large, which is another error.");
            refused(check, &[&allowed], error)?;
            refused(check, &[first, second], error)?;
        }
    }

    check.step("the work for a line that comes byte by byte");
    for start in ["", "*2\r\n$4\r\nECHO\r\n"] {
        let line = if start.is_empty() { "*" } else { "$" };
        let slow = format!("{line}{}", "1".repeat(MAX_LINE - 1));
        let mut pieces: Vec<&[u8]> = slow.as_bytes().chunks(1).collect();
        if !start.is_empty() {
            pieces.insert(0, start.as_bytes());
        }
        check.sent(&pieces);
        check.means(
            "After each byte, the search starts at the line's beginning: the work grows with the square of the length. A \
             slow client keeps a processor busy with bytes that have long been looked at.",
        );
        let (_, looked) = run(&pieces);
        let most = 2 * (start.len() + slow.len());
        check.that(
            looked <= most,
            format!("at most {most} bytes looked at for a \\r"),
            format!("{looked} bytes looked at"),
        )?;
    }

    check.step("requests at random, beside the chapter's parser");
    let mut random = fastrand::Rng::with_seed(6);
    for _ in 0..300 {
        let stream = requests(&mut random);
        let mut pieces = Vec::new();
        let mut rest = &stream[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(random.usize(1..=rest.len().min(12)));
            pieces.push(piece);
            rest = after;
        }
        let expected = run_chapter(&stream);
        let expected =
            expected.map_err(|error| Failure::told("a stream of requests", error.to_string()))?;
        parsed(check, &pieces, &expected)?;
    }
    Ok(())
}

/// A few requests with arguments that look like parts of requests.
fn requests(random: &mut fastrand::Rng) -> Vec<u8> {
    const ARGUMENTS: [&[u8]; 6] =
        [b"", b"\r", b"\r\n", b"GET", b"*1\r\n$1\r\nx\r\n", b"twelve bytes"];
    let mut stream = Vec::new();
    for _ in 0..random.usize(1..4) {
        let count = random.usize(1..12);
        stream.extend_from_slice(format!("*{count}\r\n").as_bytes());
        for _ in 0..count {
            let argument = random.choice(ARGUMENTS).unwrap_or_default();
            stream.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
            stream.extend_from_slice(argument);
            stream.extend_from_slice(b"\r\n");
        }
    }
    stream
}

/// What the chapter's parser makes of it.
fn run_chapter(stream: &[u8]) -> Result<Vec<Vec<u8>>, ProtocolError> {
    let mut parser =
        RequestParser::new(Limits { line: MAX_LINE, arguments: MAX, ..Limits::default() });
    let mut buffer = BytesMut::from(stream);
    let mut requests = Vec::new();
    while let Some(request) = parser.parse(&mut buffer)? {
        requests.push(request.args().join(&b' '));
    }
    Ok(requests)
}

/// All requests in these pieces, their arguments joined by a space, then the error if there is one; and the bytes that
/// were searched.
fn run<P: AsRef<[u8]>>(pieces: &[P]) -> (Vec<Result<Vec<u8>, ProtocolError>>, usize) {
    let mut looked = 0;
    let mut find = |bytes: &[u8]| {
        let found = bytes.iter().position(|byte| *byte == b'\r');
        looked += found.map_or(bytes.len(), |at| at + 1);
        found
    };
    let (mut parser, mut buffer, mut all) = (Parser::default(), BytesMut::new(), Vec::new());
    'pieces: for piece in pieces {
        buffer.extend_from_slice(piece.as_ref());
        loop {
            let find: Find<'_> = &mut find;
            let result: Result<Option<Vec<Bytes>>, ProtocolError> = parser.parse(&mut buffer, find);
            match result {
                Ok(Some(args)) => all.push(Ok(args.join(&b' '))),
                Ok(None) => break,
                Err(error) => {
                    all.push(Err(error));
                    break 'pieces;
                }
            }
        }
    }
    (all, looked)
}

fn parsed<P: AsRef<[u8]>, E: AsRef<[u8]>>(check: &Check, pieces: &[P], expected: &[E]) -> Verdict {
    check.sent(pieces);
    let (got, _) = run(pieces);
    if pieces.len() > 2 {
        check.means("The requests are the same ones, however they are cut.");
    } else if pieces.len() > 1 && got.len() < expected.len() {
        check.means(
            "All requests have come, and the parser waits for more. It missed the end of a line, or counts on bytes that \
             do not belong to it.",
        );
    }
    check.pieces(expected, &told(got))
}

fn refused<P: AsRef<[u8]>>(check: &Check, pieces: &[P], error: ProtocolError) -> Verdict {
    check.sent(pieces);
    let (got, _) = run(pieces);
    check.pieces(&told(vec![Err(error)]), &told(got))
}

fn told(requests: Vec<Result<Vec<u8>, ProtocolError>>) -> Vec<Vec<u8>> {
    let told = |error: ProtocolError| error.to_string().into_bytes();
    requests.into_iter().map(|request| request.unwrap_or_else(told)).collect()
}
