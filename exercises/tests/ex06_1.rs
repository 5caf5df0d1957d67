//! The check of exercise 06.1: as long as the requests live, nothing else can lie where their buffers are. So a key that
//! lies there is a slice, and no copy.

use std::ops::Range;
use std::process::ExitCode;

use bytes::BytesMut;
use chapter_06::protocol::{Request, RequestParser};
use exercises::{Check, Failure, Verdict, quote};

#[cfg_attr(feature = "solutions", path = "../solutions/ex06_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex06_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::HotKeys;

fn main() -> ExitCode {
    exercises::run("06.1", check)
}

/// Bytes of each request in the last step: its key is short, its value is not.
const READ: usize = 16 << 10;

fn check(check: &Check) -> Verdict {
    check.step("keys, each asked for once or more");
    check.means("Each request counts for its key, whatever is done with it.");
    counted(check, &["GET b\r\n", "SET a 1\r\n", "GET b\r\n"], &[b"b: 2", b"a: 1"])?;

    check.step("requests without a key");
    check.means(
        "PING has no argument. To count it as something makes up a key that is in no request.",
    );
    counted(check, &["PING\r\n", "GET a\r\n", "PING\r\n", "*1\r\n$4\r\nPING\r\n"], &[b"a: 1"])?;
    counted(check, &["PING\r\n"], &[])?;

    check.step("the empty key");
    check.means(
        "Its length is 0, and yet it was sent: Redis keeps values under it as under any other.",
    );
    counted(check, &["*2\r\n$3\r\nGET\r\n$0\r\n\r\n", "GET \"\"\r\n"], &[b": 2"])?;

    check.step("keys that are no text");
    check.means("These are different bytes, so they are different keys. What is no UTF-8 must not be mended, or made small.");
    counted(
        check,
        &["GET \"\\xff\"\r\n", "GET \"\\xfe\"\r\n", "GET \"\\xfe\"\r\n", "GET A\r\n", "GET a\r\n"],
        &[b"\xfe: 2", b"A: 1", b"a: 1", b"\xff: 1"],
    )?;

    check.step("the memory of short keys in long requests");
    check.did(format!(
        "SET of 3 keys of 10 bytes each; each request was received in a buffer of {READ} bytes"
    ));
    let mut keys = HotKeys::default();
    let mut received = Vec::new();
    for number in 0..3 {
        let (request, place) = receive(&long_request(number))?;
        keys.note(&request);
        received.push((request, place));
    }
    let most: Vec<(&[u8], u64)> = keys.most();
    let kept: usize = received
        .iter()
        .filter(|(_, place)| most.iter().any(|(key, _)| place.contains(&key.as_ptr())))
        .map(|(_, place)| place.end as usize - place.start as usize)
        .sum();
    check.means(
        "The key is a slice, and a slice keeps alive all of the memory that it was cut from, values and all. The parser \
         copies nothing because requests are soon gone. What stays needs memory of its own.",
    );
    check.that(
        kept == 0,
        "30 bytes in all for 3 keys, and no received buffer kept alive",
        format!("{kept} bytes kept alive for 3 keys of 10 bytes"),
    )?;
    check.means("The counts are those of the keys that were sent.");
    check.pieces(&["user:10000: 1", "user:10001: 1", "user:10002: 1"], &lines(&keys))
}

fn long_request(number: usize) -> Vec<u8> {
    let head = format!("*3\r\n$3\r\nSET\r\n$10\r\nuser:1000{number}\r\n");
    let value = READ - head.len() - "$16000\r\n\r\n".len();
    format!("{head}${value}\r\n{}\r\n", "x".repeat(value)).into_bytes()
}

/// Parses a request, and says where it lies.
fn receive(bytes: &[u8]) -> Result<(Request, Range<*const u8>), Failure> {
    let mut buffer = BytesMut::from(bytes);
    let place = buffer.as_ref().as_ptr_range();
    let request = RequestParser::default().parse(&mut buffer)?;
    let request = request.ok_or_else(|| Failure::told("a whole request", "a part of one"))?;
    Ok((request, place))
}

fn counted(check: &Check, requests: &[&str], expected: &[&[u8]]) -> Verdict {
    let told: Vec<String> = requests.iter().map(|request| told(request)).collect();
    check.did(format!("noted {}", told.join(" and ")));
    let mut keys = HotKeys::default();
    for request in requests {
        keys.note(&receive(request.as_bytes())?.0);
    }
    check.pieces(expected, &lines(&keys))
}

/// A line as it is typed, an array as it is sent.
fn told(request: &str) -> String {
    if request.starts_with('*') { quote(request.as_bytes()) } else { request.trim_end().to_owned() }
}

fn lines(keys: &HotKeys) -> Vec<Vec<u8>> {
    let most: Vec<(&[u8], u64)> = keys.most();
    most.iter().map(|(key, count)| [key, format!(": {count}").as_bytes()].concat()).collect()
}
