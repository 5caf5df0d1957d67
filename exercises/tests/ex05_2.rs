//! The check of exercise 05.2. Every scan finds one key more than the one before it, as if another client had been there
//! in between.

use std::cell::Cell;
use std::process::ExitCode;

use chapter_05::protocol::ErrorReply;
use chapter_05::protocol::ProtocolVersion::{self, Resp2, Resp3};
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex05_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex05_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("05.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("no keys");
    check.means("An empty set is announced like any other: with its number, which is 0.");
    replied(check, &Store::of(&[]), Resp2, "", "*0\r\n")?;

    check.step("two keys");
    let two = [&b"name"[..], b"note"];
    check.means("Two keys, so two are announced, and two bulk strings follow.");
    replied(check, &Store::of(&two), Resp2, "", "*2\r\n$4\r\nname\r\n$4\r\nnote\r\n")?;
    check.means("The reply is a set, and RESP3 has a type for it.");
    replied(check, &Store::of(&two), Resp3, "", "~2\r\n$4\r\nname\r\n$4\r\nnote\r\n")?;

    check.step("keys of any bytes");
    check.means("A key is bytes: line ends and what is no text are allowed in it.");
    replied(
        check,
        &Store::of(&[b"a\r\n*9", b"\xff"]),
        Resp2,
        "",
        b"*2\r\n$5\r\na\r\n*9\r\n$1\r\n\xff\r\n",
    )?;

    check.step("a thousand keys");
    check.means("The announcement takes as many digits as the number needs. How many that is, is not known before.");
    let many: Vec<Vec<u8>> = (0..1000).map(|number| format!("{number:03}").into()).collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    let all = |keys: &[&[u8]]| keys.iter().map(|key| [b"$3\r\n", *key, b"\r\n"].concat()).collect();
    let items: Vec<Vec<u8>> = all(&many);
    let (ten, rest) = items.split_at(10);
    let ten_keys = Store::of(many.get(..10).unwrap_or_default());
    replied(check, &ten_keys, Resp2, "", [b"*10\r\n", &ten.concat()[..]].concat())?;
    let expected = [b"*1000\r\n", &ten.concat()[..], &rest.concat()].concat();
    replied(check, &Store::of(&many), Resp2, "", expected)?;

    check.step("a reply behind others");
    check.means(
        "The client sent several requests at once, and the first replies are in the buffer already. They are other \
         requests' replies: a byte in front of them, or in them, is read as the reply to the wrong request.",
    );
    let before = "+PONG\r\n$2\r\nhi\r\n";
    replied(check, &Store::of(&two), Resp2, before, "*2\r\n$4\r\nname\r\n$4\r\nnote\r\n")?;

    check.step("a scan that fails halfway");
    check.means(
        "After an announcement, an error is just one more element: the client gets an array in which one key is an error, \
         or waits for the rest of it. What belongs to a reply that is given up must be taken back.",
    );
    let failing = Store { fails: true, ..Store::of(&two) };
    replied(check, &failing, Resp2, "", "-ERR value is out of range\r\n")?;
    check.means("Only this reply is given up. Those in front of it belong to other requests.");
    replied(check, &failing, Resp3, before, "-ERR value is out of range\r\n")
}

/// What is scanned.
struct Store<'a> {
    keys: &'a [&'a [u8]],
    fails: bool,
    scans: Cell<usize>,
}

impl<'a> Store<'a> {
    fn of(keys: &'a [&'a [u8]]) -> Store<'a> {
        Store { keys, fails: false, scans: Cell::new(0) }
    }

    fn scan(&self, found: &mut dyn FnMut(&[u8])) -> Result<(), ErrorReply> {
        for key in self.keys {
            found(key);
        }
        // A key that another client has set meanwhile.
        (0..self.scans.get()).for_each(|_| found(b"new"));
        self.scans.set(self.scans.get() + 1);
        if self.fails { Err(ErrorReply::OutOfRange) } else { Ok(()) }
    }
}

/// The reply must be this, and stand behind what was there before.
fn replied(
    check: &Check,
    store: &Store<'_>,
    version: ProtocolVersion,
    before: &str,
    expected: impl AsRef<[u8]>,
) -> Verdict {
    let behind = if before.is_empty() { "" } else { ", behind two replies" };
    let fails = if store.fails { ", then the scan fails" } else { "" };
    check.did(format!("keys(…) in {version:?}, keys found: {}{fails}{behind}", store.keys.len()));
    store.scans.set(0);
    let mut out = before.as_bytes().to_vec();
    answer::keys(|found| store.scan(found), version, &mut out);
    let scans = store.scans.get();
    if scans > 1 {
        check.means(
            "Another client has set a key between two scans. What was counted in the first is not what the second one \
             wrote. It happens seldom, and from then on this client reads every reply wrongly.",
        );
    }
    check.bytes([before.as_bytes(), expected.as_ref()].concat(), out)?;
    check.that(scans == 1, "one scan", format!("{scans} scans"))
}
