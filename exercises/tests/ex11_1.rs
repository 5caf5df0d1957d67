//! The check of exercise 11.1: a socket that notes each read and each write. Nothing is waited for.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex11_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex11_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

/// What stands for a read in the notes; all other notes are writes.
const READ: &str = "<read>";

fn main() -> ExitCode {
    exercises::run("11.1", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a request a read");
    check.means(
        "A client that sends one request waits for the reply before it sends the next. A reply that is held back until \
         there are more of them, or until the end, comes too late or never.",
    );
    served(check, &["A\r\n", "B\r\n"], &[READ, "+A\r\n", READ, "+B\r\n", READ])?;

    check.step("three requests in one read");
    check.means(
        "One read brought all of them: one write can answer all of them. A write for each costs a call to the system \
         for each; and a request that is left for the next read waits for bytes that may never come.",
    );
    served(check, &["A\r\nB\r\nC\r\n"], &[READ, "+A\r\n+B\r\n+C\r\n", READ])?;

    check.step("a request that two reads bring");
    check.means(
        "What is complete is answered before the next read, whatever else has begun. What is not complete waits.",
    );
    served(check, &["A\r\nB\r", "\nC\r\n"], &[READ, "+A\r\n", READ, "+B\r\n+C\r\n", READ])?;
    served(check, &["A", "\r\n"], &[READ, READ, "+A\r\n", READ])?;

    check.step("a socket that takes eight bytes at a time");
    check.means(
        "`write` says how much of the bytes it has taken. The rest is written next: what waits for the next batch waits \
         for the client, who waits for it.",
    );
    let socket = Socket::new(&["A\r\nB\r\nC\r\nD\r\nE\r\n"], 8);
    let expected = [READ, "+A\r\n+B\r\n", "+C\r\n+D\r\n", "+E\r\n", READ];
    noted(check, &["A\r\nB\r\nC\r\nD\r\nE\r\n"], socket, &expected)?;

    check.step("requests that cannot be followed");
    check.means(
        "What was asked before the error is answered, and the error comes behind it, in the same write. Then the \
         connection ends.",
    );
    let error = "-ERR Protocol error: expected '$', got ':'\r\n";
    let together = format!("+A\r\n+B\r\n{error}");
    served(check, &["A\r\nB\r\n*1\r\n:1\r\nC\r\n", "D\r\n"], &[READ, &together])?;
    served(check, &["A\r\n", "*1\r\n:1\r\n"], &[READ, "+A\r\n", READ, error])?;

    check.step("a thousand requests in four reads");
    check.means("The number of writes follows that of the reads, and not that of the requests.");
    let batch = "A\r\n".repeat(250);
    let replies = "+A\r\n".repeat(250);
    let expected = [READ, &replies, READ, &replies, READ, &replies, READ, &replies, READ];
    served(check, &[batch.as_str(); 4], &expected)
}

fn served(check: &Check, pieces: &[&str], expected: &[&str]) -> Verdict {
    noted(check, pieces, Socket::new(pieces, usize::MAX), expected)
}

fn noted(check: &Check, pieces: &[&str], mut socket: Socket, expected: &[&str]) -> Verdict {
    check.sent(pieces);
    check.did(format!("wrote down each read as {READ}, and what each write wrote"));
    let ended: io::Result<()> =
        answer::serve(&mut socket, |request: &Request, reply: &mut Reply<'_>| {
            reply.simple(&String::from_utf8_lossy(request.name()));
        });
    check.pieces(expected, &socket.notes)?;
    check.means(match expected.last() {
        Some(&READ) => "The client left: that is no error.",
        _ => "The client was told, and the connection ended as it should: that is no error of the server.",
    });
    check.that(ended.is_ok(), "Ok(())", format!("{ended:?}"))
}

/// A socket whose client has sent some pieces, and closed.
struct Socket {
    sent: VecDeque<Vec<u8>>,
    /// Bytes that a write takes at most.
    room: usize,
    notes: Vec<Vec<u8>>,
}

impl Socket {
    fn new(pieces: &[&str], room: usize) -> Socket {
        let sent = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
        Socket { sent, room, notes: Vec::new() }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.notes.push(READ.into());
        let Some(piece) = self.sent.front_mut() else { return Ok(0) };
        let count = piece.as_slice().read(buffer)?;
        piece.drain(..count);
        if piece.is_empty() {
            self.sent.pop_front();
        }
        Ok(count)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken: Vec<u8> = bytes.iter().take(self.room).copied().collect();
        let count = taken.len();
        // To write nothing is pointless, and does no harm.
        self.notes.extend(Some(taken).filter(|taken| !taken.is_empty()));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
