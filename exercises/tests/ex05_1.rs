//! The check of exercise 05.1.

use std::process::ExitCode;

use chapter_05::protocol::ProtocolVersion::{self, Resp2, Resp3};
use chapter_05::protocol::Reply;
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex05_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex05_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("05.1", check)
}

const TWO: &[(&str, &[u8])] = &[("maxclients", b"100"), ("maxmemory", b"0")];
const FOUR: &[(&str, &[u8])] =
    &[("maxclients", b"100"), ("port", b"6379"), ("maxmemory", b"0"), ("bind", b"127.0.0.1")];

fn check(check: &Check) -> Verdict {
    check.step("all settings");
    check.means(
        "Two settings, asked for by a client that speaks RESP2: an array of four bulk strings.",
    );
    replied(
        check,
        "max",
        TWO,
        Resp2,
        "*4\r\n$10\r\nmaxclients\r\n$3\r\n100\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n",
    )?;

    check.step("some of the settings");
    check.means(
        "A client believes the number. If fewer values follow, it waits for the rest, and takes the replies to its next \
         requests for them. Nothing that has been announced can be changed afterwards.",
    );
    replied(
        check,
        "max",
        FOUR,
        Resp2,
        "*4\r\n$10\r\nmaxclients\r\n$3\r\n100\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n",
    )?;
    replied(check, "port", FOUR, Resp2, "*2\r\n$4\r\nport\r\n$4\r\n6379\r\n")?;
    check.means("Nothing was found. That is an empty map, not a null and not an error.");
    replied(check, "log", FOUR, Resp2, "*0\r\n")?;

    check.step("a value of any bytes");
    check.means(
        "A value may hold line ends and bytes that are no text. A bulk string announces its length and needs to change \
         nothing; what becomes a text, or a line, comes back as something else.",
    );
    replied(
        check,
        "motd",
        &[("motd", b"a\r\n+OK")],
        Resp2,
        "*2\r\n$4\r\nmotd\r\n$6\r\na\r\n+OK\r\n",
    )?;
    replied(
        check,
        "key",
        &[("key", b"\xff\x00")],
        Resp2,
        b"*2\r\n$3\r\nkey\r\n$2\r\n\xff\x00\r\n",
    )?;

    check.step("a client that speaks RESP3");
    check.means(
        "RESP3 has maps, so that nobody has to know which replies are pairs. `Reply` knows the version: if you say what \
         the reply is, it writes what this client expects.",
    );
    replied(
        check,
        "max",
        FOUR,
        Resp3,
        "%2\r\n$10\r\nmaxclients\r\n$3\r\n100\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n",
    )?;
    replied(check, "log", FOUR, Resp3, "%0\r\n")
}

fn replied(
    check: &Check,
    prefix: &str,
    settings: &[(&str, &[u8])],
    version: ProtocolVersion,
    expected: impl AsRef<[u8]>,
) -> Verdict {
    let names: Vec<&str> = settings.iter().map(|(name, _)| *name).collect();
    check.did(format!("settings(\"{prefix}\", …) of {}, in {version:?}", names.join(", ")));
    let mut out = Vec::new();
    answer::settings(prefix, settings, &mut Reply::new(&mut out, version));
    check.bytes(expected, out)
}
