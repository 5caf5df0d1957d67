//! The prompt from end to end: lines in, replies out.
#![allow(clippy::unwrap_used, reason = "in a test, an error is a failure")]

use std::io::Write;
use std::process::{Command, Stdio};

use chapter_01::prompt::{self, Ask};

fn replies(input: &[u8], ask: Ask) -> String {
    let mut output = Vec::new();
    prompt::run(input, &mut output, ask).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn what_is_set_is_got_until_it_is_deleted() {
    let lines = b"SET name Ada\nGET name\nDEL name\nGET name\n";
    assert_eq!(replies(lines, Ask::Silently), "OK\n\"Ada\"\n(integer) 1\n(nil)\n");
}

#[test]
fn a_bad_line_is_answered_and_the_data_stays() {
    let lines = b"SET name Ada\nSET name\n\xff\xfe\n\nGET name";
    assert_eq!(
        replies(lines, Ask::Silently),
        "OK\n\
         (error) ERR wrong number of arguments for 'set' command\n\
         (error) ERR invalid utf-8 sequence of 1 bytes from index 0\n\
         \"Ada\"\n"
    );
}

#[test]
fn somebody_who_types_is_asked_for_each_line() {
    assert_eq!(replies(b"GET a\n", Ask::Visibly), "flashkv> (nil)\nflashkv> ");
}

#[test]
fn the_program_reads_its_input_to_the_end() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chapter-01"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"SET a 1\nGET a\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(output.stdout, b"OK\n\"1\"\n");
}
