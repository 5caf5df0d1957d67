//! The check of exercise 11.2: handlers that write down whose request they ran, and when.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_11::connection::{Limits, Pipeline};
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex11_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex11_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::Client;

/// Requests to a turn.
const BATCH: usize = 2;
/// Replies have five bytes: `+a1\r\n`.
const PAUSE: usize = 20;

fn main() -> ExitCode {
    exercises::run("11.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a request of each of two clients");
    check.means("Nothing special yet: what is there is run, and its reply appended to the client's own replies.");
    let mut table = Table::new(2);
    table.receive(check, &["1", "1"]);
    table.run(check, "a1 b1")?;
    table.replies(check, 0, "+a1\r\n")?;
    table.replies(check, 1, "+b1\r\n")?;

    check.step("two requests in a client's turn, and no third");
    check.means(
        "One call of `Pipeline::run` is a turn, and it ends by itself. If a client has more, that is for the next \
         round, when all others have had their turn: somebody who sends a million requests must not keep those waiting \
         who send one.",
    );
    let mut table = Table::new(3);
    table.receive(check, &["1 2 3", "1 2", "1"]);
    table.run(check, "a1 a2 b1 b2 c1 a3")?;

    check.step("a long pipeline to its end");
    check.means("Rounds go on for as long as somebody has something left, and whoever has nothing is passed over.");
    let mut table = Table::new(2);
    table.limits.output_pause = usize::MAX;
    table.seat();
    table.receive(check, &["1 2 3 4 5 6 7", "1 2 3 4"]);
    table.run(check, "a1 a2 b1 b2 a3 a4 b3 b4 a5 a6 a7")?;

    check.step("a client that does not take its replies");
    check.means(
        "Its replies have reached the mark, so it cannot go on, and says `More` for ever. It must not be asked again \
         before it took something; and the others go on without it.",
    );
    check.hangs(
        "`More` is also what a client says whose replies are in the way. Running it again changes nothing, so it must not \
         keep the loop going.",
    );
    let mut table = Table::new(2);
    table.receive(check, &["1 2 3 4 5 6", "1"]);
    table.run(check, "a1 a2 b1 a3 a4")?;
    table.receive(check, &["", "2"]);
    table.run(check, "b2")?;

    check.step("a client that takes its replies at last");
    check.means(
        "Nothing new has come from it, but it has requests left from before, and now there is room for their replies. \
         Whoever runs a client only when something has come forgets them.",
    );
    table.replies(check, 0, "+a1\r\n+a2\r\n+a3\r\n+a4\r\n")?;
    table.run(check, "a5 a6")?;
    table.replies(check, 0, "+a5\r\n+a6\r\n")?;

    check.step("a client that cannot be followed");
    check.means("It gets what it is due, and the error behind it. The others do not notice.");
    let mut table = Table::new(2);
    table.limits.output_pause = usize::MAX;
    table.seat();
    table.clients.iter_mut().take(1).for_each(|client| client.receive(b"1\r\n*1\r\n:1\r\n2\r\n"));
    table.clients.iter_mut().skip(1).for_each(|client| client.receive(b"1\r\n2\r\n3\r\n"));
    check.sent(["a: 1\r\n*1\r\n:1\r\n2\r\n; b: 1\r\n2\r\n3\r\n"]);
    table.run(check, "a1 b1 b2 b3")?;
    check.means(
        "Where the error was, nobody knows where the next request begins. What comes later is not run: it may be the \
         middle of a value.",
    );
    table.receive(check, &["3 4 5 6 7", "4"]);
    table.run(check, "b4")?;
    table.replies(check, 0, "+a1\r\n-ERR Protocol error: expected '$', got ':'\r\n")
}

type Notes = Rc<RefCell<Vec<String>>>;
type Handler = Box<dyn FnMut(&Request, &mut Reply<'_>)>;

/// The clients a, b, … and what was run of them.
struct Table {
    limits: Limits,
    notes: Notes,
    clients: Vec<Client<Handler>>,
}

impl Table {
    fn new(clients: usize) -> Table {
        let limits = Limits { batch: BATCH, output_pause: PAUSE, ..Limits::default() };
        let mut table = Table { limits, notes: Notes::default(), clients: Vec::new() };
        table.seat_all(clients);
        table
    }

    /// The same clients anew, with the limits as they are now.
    fn seat(&mut self) {
        self.seat_all(self.clients.len());
    }

    fn seat_all(&mut self, clients: usize) {
        let client = |name| {
            let notes = Rc::clone(&self.notes);
            let handler: Handler = Box::new(move |request, reply| {
                let text = format!("{name}{}", String::from_utf8_lossy(request.name()));
                reply.simple(&text);
                notes.borrow_mut().push(text);
            });
            Client::new(Pipeline::new(self.limits, handler))
        };
        self.clients = ('a'..).take(clients).map(client).collect();
    }

    /// Words are requests.
    fn receive(&mut self, check: &Check, requests: &[&str]) {
        let mut told = Vec::new();
        for ((client, name), requests) in self.clients.iter_mut().zip('a'..).zip(requests) {
            for request in requests.split_whitespace() {
                client.receive(format!("{request}\r\n").as_bytes());
            }
            if !requests.is_empty() {
                told.push(format!("{name}: {requests}"));
            }
        }
        let limits = match self.limits.output_pause {
            PAUSE => format!("batch {BATCH}, output_pause {PAUSE}, replies of 5 bytes"),
            _ => format!("batch {BATCH}"),
        };
        check.sent([told.join("; ")]);
        check.did(format!("run, and wrote down whose requests were run ({limits})"));
    }

    fn run(&mut self, check: &Check, expected: &str) -> Verdict {
        self.notes.borrow_mut().clear();
        answer::run(&mut self.clients);
        let got = self.notes.borrow().join(" ");
        if got != expected && !got.is_empty() && expected.starts_with(&got) {
            check.means(
                "What was run is right, and something is left. `Progress::More` says that a turn ended, not that the \
                 requests did. Nothing more need come from this client, since it has sent all that it wanted: who waits \
                 for its next bytes leaves it waiting for its replies.",
            );
        }
        check.bytes(expected, got)
    }

    fn replies(&mut self, check: &Check, index: usize, expected: &str) -> Verdict {
        let name = ('a'..).nth(index).unwrap_or('?');
        check.did(format!("took the replies of {name}"));
        let taken = self.clients.get_mut(index).map(Client::take_replies);
        check.bytes(expected, taken.unwrap_or_default())?;
        check.did("the client took its replies; then run again");
        Ok(())
    }
}
