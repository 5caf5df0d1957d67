//! The three outcomes: how a check ends, and what is said of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::todo,
    clippy::unimplemented,
    reason = "test code"
)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use exercises::catalog::Catalog;
use exercises::{
    Check, Client, End, Failure, Outcome, Patience, Received, Style, Verdict, judge, render, splits,
};

fn text_of(check: fn(&Check) -> Verdict) -> String {
    said(&judge(check, Patience::default()))
}

/// Without what is the same in every failure: its title, and its last three lines.
fn said(outcome: &Outcome) -> String {
    let catalog = Catalog::load().unwrap();
    let exercise = catalog.named("03.1").unwrap();
    let text = render(&catalog, exercise, outcome, Style::Plain);
    let text = text.strip_prefix("FAILED  03.1  A read is not a line\n").unwrap_or(&text);
    text.split("\n  mend ").next().unwrap().trim().to_owned()
}

#[test]
fn a_check_that_finds_nothing_wrong_is_ok() {
    let outcome = judge(
        |check| {
            check.step("one");
            check.step("two");
            check.bytes("a", "a")
        },
        Patience::default(),
    );
    assert!(matches!(outcome, Outcome::Passed { steps: 2 }), "{outcome:?}");
    assert_eq!(said(&outcome), "ok      03.1  A read is not a line  (2 steps)");
}

#[test]
fn a_todo_is_no_failure_and_says_how_far_it_goes_and_where_it_is() {
    let text = text_of(|check| {
        check.step("the first half");
        check.step("the second");
        todo!("write this")
    });
    let line = line!() - 2;
    assert!(
        text.starts_with("TODO    03.1  A read is not a line  (easy, about 10 minutes)\n"),
        "{text}"
    );
    assert!(text.contains("\n  so far    1 right: the first half\n"), "{text}");
    let open = format!("\n  open      exercises/src/ex03_1.rs, line {line}: write this\n");
    assert!(text.contains(&open), "{text}");
    assert!(text.contains("docs/03_NETWORKING_BASICS.md, section \"The idea\"\n"), "{text}");
    assert!(text.ends_with("cargo test -p exercises --test ex03_1"), "{text}");
}

#[test]
fn a_todo_in_another_thread_counts_whatever_the_check_says() {
    let outcome = judge(
        |_| {
            let _ = thread::spawn(|| todo!()).join();
            Err(Failure::told("something", "nothing"))
        },
        Patience::default(),
    );
    assert!(matches!(outcome, Outcome::Todo(_)), "{outcome:?}");
}

#[test]
fn any_other_panic_is_a_failure_with_its_message() {
    let line = line!() + 4;
    let text = text_of(|check| {
        check.step("a step");
        check.sent(["PING\r\n"]);
        unimplemented!("that is a choice")
    });
    let expected = format!(
        "fails on  a step\n\n  sent      PING\\r\\n\n  expected  no panic\n  got       a panic: not \
         implemented: that is a choice (judge.rs line {})\n\n  means     The code panicked",
        line
    );
    assert!(text.starts_with(&expected), "{text}");
}

#[test]
fn a_panic_in_a_thread_is_a_failure_though_the_results_are_right() {
    let text = text_of(|check| {
        let _ = thread::spawn(|| panic!("unseen")).join();
        check.equal(1, 1)
    });
    assert!(text.contains("a panic: unseen"), "{text}");
    assert!(text.contains("a thread or task panicked on the way"), "{text}");
}

#[test]
fn what_does_not_end_is_a_failure() {
    let check = |check: &Check| {
        check.step("a wait for nothing");
        loop {
            thread::park();
        }
    };
    let text = said(&judge(check, Patience(Duration::from_millis(500))));
    assert!(text.contains("fails on  a wait for nothing"), "{text}");
    assert!(text.contains("expected  an end\n  got       still running after 0 seconds"), "{text}");
    assert!(text.contains("means     The check got no further."), "{text}");
}

#[test]
fn a_step_may_know_better_what_does_not_end() {
    let check = |check: &Check| {
        check.step("a wait for nothing");
        check.hangs("Nobody is there.");
        loop {
            thread::park();
        }
    };
    let text = said(&judge(check, Patience(Duration::from_millis(500))));
    assert!(text.ends_with("means     Nobody is there."), "{text}");
}

#[test]
fn an_error_of_the_check_itself_says_so() {
    let text = text_of(|_| Ok(Err(std::io::Error::other("no socket"))?));
    assert!(text.contains("got       no socket"), "{text}");
    assert!(text.contains("the check is at fault"), "{text}");
}

#[test]
fn what_differs_is_shown_with_a_caret_below_the_first_difference() {
    let text = text_of(|check| {
        check.step("a step");
        check.sent(["a\r", "\nb"]);
        check.means("Something.");
        check.bytes("ä\r\n1", b"\xc3\xa4\r\n\xff")
    });
    let expected = "fails on  a step\n\n  sent      a\\r ¦ \\nb   (¦ cut after byte 2)\n  expected  ä\\r\\n1\n  got       \
                    ä\\r\\n\\xff\n                 ^ byte 5: expected 1, got \\xff\n\n  means     Something.";
    assert_eq!(text, expected);
}

#[test]
fn of_long_values_the_part_around_the_difference_is_shown() {
    let text = text_of(|check| {
        let mut got = "x".repeat(5000);
        got.replace_range(3000..3001, "y");
        check.bytes("x".repeat(5000), got)
    });
    let xs = |count| "x".repeat(count);
    let expected = format!(
        "expected  …{}…   (5000 in all)\n  got       …{}y{}…   (5000 in all)\n{}^ byte 3001: expected x, got y",
        xs(64),
        xs(30),
        xs(33),
        " ".repeat(12 + 31),
    );
    assert_eq!(text, expected);
}

#[test]
fn pieces_and_values_are_compared_as_they_look() {
    let text = text_of(|check| check.pieces(&["a", "b"], &["a"]));
    assert!(text.starts_with("expected  \"a\" \"b\"\n  got       \"a\"\n"), "{text}");
    let text = text_of(|check| check.equal(Some(1), None));
    assert!(
        text.starts_with("expected  Some(1)\n  got       None\n            ^ first difference"),
        "{text}"
    );
}

#[test]
fn a_server_is_asked_over_a_socket_with_a_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 6];
        stream.read_exact(&mut request).unwrap();
        stream.write_all(b"+PO").unwrap();
        stream.write_all(b"NG\r\n+P").unwrap();
        // Read to the end, so that closing does not reset what the client has yet to read.
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let check = Check::default();
    let mut client = Client::connect(address).unwrap().patient_for(Duration::from_millis(200));
    client.send("PING\r\n");
    assert!(check.replies(&mut client, "+PONG\r\n").is_ok());
    assert_eq!(client.receive(9), Received { bytes: b"+P".to_vec(), end: End::Late });
    assert!(check.closes(&mut client).is_err(), "it is open");
    client.finish();
    let mut client = client.patient_for(Duration::from_secs(10));
    assert_eq!(client.receive(9), Received { bytes: Vec::new(), end: End::Closed });
    assert!(check.closes(&mut client).is_ok());
    server.join().unwrap();
}

#[test]
fn a_connection_that_ends_too_early_is_told() {
    let text = text_of(|check| {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = Client::connect(listener.local_addr()?)?;
        listener.accept()?.0.write_all(b"+PONG")?;
        check.replies(&mut client, "+PONG\r\n")
    });
    assert!(text.contains("got       +PONG   (then the connection was closed)\n"), "{text}");
}

#[test]
fn there_are_as_many_splits_as_places_between_two_bytes() {
    let all: Vec<[&[u8]; 2]> = splits(b"abc").collect();
    assert_eq!(all, [[&b"a"[..], b"bc"], [b"ab", b"c"]]);
    assert_eq!(splits(b"").count(), 0);
}

#[test]
fn colours_come_only_when_asked_for() {
    assert_eq!(Style::Plain.good("ok"), "ok");
    assert_eq!(Style::Coloured.good("ok"), "\x1b[1;32mok\x1b[0m");
}
