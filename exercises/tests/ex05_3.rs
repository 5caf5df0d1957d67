//! The check of exercise 05.3: what is written is what `RespValue` writes, or an error.

use std::process::ExitCode;

use bytes::Bytes;
use chapter_05::protocol::ProtocolVersion::{self, Resp2, Resp3};
use chapter_05::protocol::RespValue;
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex05_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex05_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::Broken::{self, TooFew, TooMany};
use answer::Checked;

fn main() -> ExitCode {
    exercises::run("05.3", check)
}

/// What the caller does.
#[derive(Debug, Clone, Copy)]
enum Call {
    Integer(i64),
    Bulk(&'static str),
    Array(usize),
    Map(usize),
    Attribute(usize),
}
use Call::{Array, Attribute, Bulk, Integer, Map};

const ERROR: &str = "-ERR broken reply\r\n";
const BEFORE: &str = "+PONG\r\n";

fn check(check: &Check) -> Verdict {
    check.step("replies of one value");
    check.means("One value is a whole reply.");
    whole(check, &[Integer(7)], Resp2, ":7\r\n")?;
    whole(check, &[Bulk("hi")], Resp2, "$2\r\nhi\r\n")?;

    check.step("arrays and maps");
    check.means("The array is complete with the last of its values.");
    whole(check, &[Array(2), Integer(1), Bulk("a")], Resp2, "*2\r\n:1\r\n$1\r\na\r\n")?;
    check.means("Nothing is missing in an array of nothing: it is complete at once.");
    whole(check, &[Array(0)], Resp2, "*0\r\n")?;
    whole(check, &[Map(0)], Resp3, "%0\r\n")?;
    check.means("Each pair of a map is two values, whatever the version writes for a map.");
    whole(check, &[Map(1), Bulk("a"), Integer(1)], Resp3, "%1\r\n$1\r\na\r\n:1\r\n")?;
    whole(check, &[Map(1), Bulk("a"), Integer(1)], Resp2, "*2\r\n$1\r\na\r\n:1\r\n")?;
    check.means(
        "An array in an array is one value of the one around it, once its own values are there.",
    );
    whole(
        check,
        &[Array(2), Array(2), Integer(1), Array(0), Integer(2)],
        Resp2,
        "*2\r\n*2\r\n:1\r\n*0\r\n:2\r\n",
    )?;

    check.step("replies with something missing");
    check.means("Nothing was written at all: the client waits for its reply.");
    broken(check, &[], Resp2, TooFew)?;
    check.means(
        "Values were announced that did not come. What was written must go, or the error becomes one of them; what was \
         there before is other requests' replies, and stays.",
    );
    broken(check, &[Array(2), Integer(1)], Resp2, TooFew)?;
    broken(check, &[Array(2), Array(1), Integer(1)], Resp2, TooFew)?;
    broken(check, &[Array(1), Array(2), Integer(1)], Resp2, TooFew)?;
    check.means("The last key has no value.");
    broken(check, &[Map(2), Bulk("a"), Integer(1), Bulk("b")], Resp3, TooFew)?;
    broken(check, &[Map(2), Bulk("a"), Integer(1), Bulk("b")], Resp2, TooFew)?;

    check.step("replies with something too much");
    check.means(
        "The reply was complete. The client would read what comes behind it as the reply to its next request. More of it \
         mends nothing.",
    );
    broken(check, &[Integer(1), Integer(2)], Resp2, TooMany)?;
    broken(check, &[Array(1), Integer(1), Integer(2)], Resp2, TooMany)?;
    broken(check, &[Array(0), Array(2), Integer(1)], Resp2, TooMany)?;
    broken(check, &[Integer(1), Attribute(1), Bulk("a"), Integer(1)], Resp2, TooMany)?;
    check.means(
        "An attribute is about the value behind it. Here none can come any more, whether this version shows it or not.",
    );
    broken(check, &[Bulk("x"), Attribute(0)], Resp3, TooMany)?;
    broken(check, &[Bulk("x"), Attribute(0)], Resp2, TooMany)?;

    check.step("attributes in RESP3");
    let about = [Array(2), Integer(1), Attribute(1), Bulk("ttl"), Integer(9), Bulk("x")];
    check.means(
        "The pairs of an attribute are none of the array's values, and neither is the attribute.",
    );
    whole(check, &about, Resp3, "*2\r\n:1\r\n|1\r\n$3\r\nttl\r\n:9\r\n$1\r\nx\r\n")?;
    check.means("The value that the attribute is about did not come.");
    broken(check, &[Attribute(1), Bulk("ttl"), Integer(9)], Resp3, TooFew)?;

    check.step("attributes in RESP2");
    check.means("An old client knows no attributes. It gets the value alone, in an array of as many values as before.");
    whole(check, &about, Resp2, "*2\r\n:1\r\n$1\r\nx\r\n")?;
    check.means(
        "All of the attribute is left out, the values within its values too. The first value that is written is the one \
         behind the last pair.",
    );
    let deep =
        [Attribute(1), Bulk("a"), Array(2), Map(1), Integer(1), Integer(2), Integer(3), Bulk("x")];
    whole(check, &deep, Resp2, "$1\r\nx\r\n")?;
    let within =
        [Attribute(1), Bulk("a"), Attribute(1), Bulk("b"), Integer(1), Integer(2), Bulk("x")];
    whole(check, &within, Resp2, "$1\r\nx\r\n")?;
    check.means("That nothing of it is shown does not make it whole: in RESP3 the same calls would keep the client waiting.");
    broken(check, &[Attribute(1), Bulk("ttl"), Integer(9)], Resp2, TooFew)?;
    broken(check, &[Attribute(2), Bulk("ttl"), Integer(9), Bulk("x")], Resp2, TooFew)?;

    check.step("numbers as large as they can be");
    for version in [Resp2, Resp3] {
        check.means("However many were announced, they did not come. Sums and products of such numbers must not overflow.");
        broken(check, &[Map(usize::MAX), Integer(1)], version, TooFew)?;
        broken(check, &[Array(usize::MAX), Array(usize::MAX), Array(usize::MAX)], version, TooFew)?;
        broken(
            check,
            &[Attribute(usize::MAX), Attribute(usize::MAX), Map(usize::MAX)],
            version,
            TooFew,
        )?;
    }

    check.step("replies at random, beside RespValue");
    check.means("The same calls, written by the chapter's `RespValue`, are these bytes.");
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..300 {
        let mut calls = Vec::new();
        let value = tree(&mut random, 4, &mut calls);
        for version in [Resp2, Resp3] {
            let mut expected = Vec::new();
            value.encode(version, &mut expected);
            whole(check, &calls, version, expected)?;
        }
    }
    Ok(())
}

/// Any value, and the calls that write it.
fn tree(random: &mut fastrand::Rng, depth: usize, calls: &mut Vec<Call>) -> RespValue {
    let len = random.usize(..3);
    let pairs = |random: &mut fastrand::Rng, calls: &mut Vec<Call>| {
        (0..len)
            .map(|_| (tree(random, depth - 1, calls), tree(random, depth - 1, calls)))
            .collect::<Vec<_>>()
    };
    match random.u8(if depth == 0 { ..2 } else { ..5 }) {
        0 => {
            calls.push(Integer(5));
            RespValue::Integer(5)
        }
        1 => {
            calls.push(Bulk("v"));
            RespValue::Bulk(Bytes::from_static(b"v"))
        }
        2 => {
            calls.push(Array(len));
            RespValue::Array((0..len).map(|_| tree(random, depth - 1, calls)).collect())
        }
        3 => {
            calls.push(Map(len));
            RespValue::Map(pairs(random, calls))
        }
        _ => {
            calls.push(Attribute(len));
            let pairs = pairs(random, calls);
            RespValue::Attribute(pairs, Box::new(tree(random, depth - 1, calls)))
        }
    }
}

fn whole(
    check: &Check,
    calls: &[Call],
    version: ProtocolVersion,
    expected: impl AsRef<[u8]>,
) -> Verdict {
    let (ended, out) = run(check, calls, version);
    check.bytes([BEFORE.as_bytes(), expected.as_ref()].concat(), out)?;
    ends(check, Ok(()), ended)
}

fn broken(check: &Check, calls: &[Call], version: ProtocolVersion, expected: Broken) -> Verdict {
    let (ended, out) = run(check, calls, version);
    ends(check, Err(expected), ended)?;
    check.bytes([BEFORE, ERROR].concat(), out)
}

fn ends(check: &Check, expected: Result<(), Broken>, got: Result<(), Broken>) -> Verdict {
    let words = |result| match result {
        Ok(()) => "end() is Ok: one whole reply".to_owned(),
        Err(broken) => format!("end() is {broken:?}"),
    };
    check.that(expected == got, words(expected), words(got))
}

/// Makes these calls, behind another reply.
fn run(check: &Check, calls: &[Call], version: ProtocolVersion) -> (Result<(), Broken>, Vec<u8>) {
    let told: Vec<String> = calls.iter().map(|call| format!("{call:?}").to_lowercase()).collect();
    let told = if told.is_empty() { "nothing".to_owned() } else { told.join(", ") };
    check.did(format!("{told}; then end, in {version:?}, behind +PONG\\r\\n"));
    let mut out = BEFORE.as_bytes().to_vec();
    let mut checked = Checked::new(&mut out, version);
    for call in calls {
        match *call {
            Integer(number) => checked.integer(number),
            Bulk(text) => checked.bulk(text.as_bytes()),
            Array(len) => checked.array(len),
            Map(len) => checked.map(len),
            Attribute(len) => checked.attribute(len),
        }
    }
    (checked.end(), out)
}
