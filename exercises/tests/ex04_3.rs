//! The check of exercise 04.3. Every frame is also tried with another one behind it, and every beginning of it alone.

use std::process::ExitCode;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex04_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex04_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{Broken, MAX, MAX_DEPTH};

fn main() -> ExitCode {
    exercises::run("04.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("values of one line");
    check.means(
        "A line of text is a whole frame. `$-1` and `*-1` are null, with nothing behind them.",
    );
    let lines =
        ["+OK\r\n", "-ERR x\r\n", ":-12\r\n", "_\r\n", "#t\r\n", ",1.5\r\n", "$-1\r\n", "*-1\r\n"];
    for line in lines {
        frame(check, line)?;
    }
    check.means("A line ends where its end is, however far away that is.");
    let long = format!("+{}\r\n", "x".repeat(100_000));
    holds(check, &long, Ok(Some(long.len())))?;

    check.step("values that say how long they are");
    check.means("These are the chapter's types: a payload is counted, values are counted, and a pair is two values.");
    let counted = [
        "$5\r\nhello\r\n",
        "$0\r\n\r\n",
        "*0\r\n",
        "*2\r\n:1\r\n*1\r\n$4\r\n\r\n:1\r\n",
        "%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n",
        "~1\r\n=6\r\ntxt:ab\r\n",
        ">2\r\n+a\r\n!3\r\nE x\r\n",
    ];
    for value in counted {
        frame(check, value)?;
    }

    check.step("an attribute");
    check.means("An attribute only says something about the value behind it. It is none of the values that were announced.");
    frame(check, "|1\r\n+ttl\r\n:10\r\n$1\r\nx\r\n")?;
    frame(check, "*2\r\n:1\r\n|1\r\n+ttl\r\n:10\r\n:2\r\n")?;

    check.step("a string in pieces");
    check.means(
        "Each piece is counted and has a line end behind it; the empty piece is its line alone.",
    );
    frame(check, "$?\r\n;4\r\nHell\r\n;5\r\no wor\r\n;1\r\nd\r\n;0\r\n")?;
    frame(check, "$?\r\n;0\r\n")?;
    check.means("The bytes of a piece are a user's. What looks like an end in them is none.");
    frame(check, "$?\r\n;7\r\na\r\n;0\r\n\r\n;1\r\nb\r\n;0\r\n")?;

    check.step("an array that ends at a mark");
    check.means("Values follow, of any type, until the mark stands where a value could begin.");
    frame(check, "*?\r\n:1\r\n$2\r\nhi\r\n.\r\n")?;
    frame(check, "~?\r\n.\r\n")?;
    check.means("The mark is one only where a value could begin. In a payload it is the user's.");
    frame(check, "*?\r\n$8\r\na\r\n.\r\nbc\r\n:2\r\n.\r\n")?;

    check.step("values without a count inside of others");
    check.means(
        "However long it is, it is one value of the array around it. Its mark ends the innermost value that has one, and \
         no other.",
    );
    frame(check, "*2\r\n*?\r\n:1\r\n:2\r\n:3\r\n.\r\n:4\r\n")?;
    frame(check, "*?\r\n*?\r\n:1\r\n.\r\n$?\r\n;2\r\nhi\r\n;0\r\n*1\r\n~?\r\n.\r\n.\r\n")?;

    check.step("a map that ends at a mark");
    check.means("A map is keys and values in turn, and each may be a whole map again.");
    frame(check, "%?\r\n+a\r\n:1\r\n+b\r\n%?\r\n+c\r\n:2\r\n.\r\n.\r\n")?;
    check.means("An attribute is about the value behind it. It is no key and no value of the map.");
    frame(check, "%?\r\n|1\r\n+ttl\r\n:10\r\n+a\r\n:1\r\n.\r\n")?;
    check.means("The mark came behind a key that has no value. Nobody can tell what was lost.");
    broken(check, "%?\r\n+a\r\n.\r\n")?;

    check.step("marks and pieces where none may stand");
    check.means(
        "`.` ends only what began with `*?`, `~?` or `%?`. What was counted needs all its values.",
    );
    broken(check, ".\r\n")?;
    broken(check, "*2\r\n:1\r\n.\r\n")?;
    broken(check, "*?\r\n*1\r\n.\r\n")?;
    check.means("A piece is part of a string, and nothing else is.");
    broken(check, ";3\r\nabc\r\n")?;
    broken(check, "*?\r\n;1\r\na\r\n")?;
    broken(check, "$?\r\n+OK\r\n")?;
    broken(check, "$?\r\n.\r\n")?;
    check.means("This type always has a count: nothing says how a value without one would end.");
    for line in ["|?\r\n", ">?\r\n", "=?\r\n", "!?\r\n", ":?\r\n"] {
        broken(check, line)?;
    }
    check.means("The value that the attribute is about has to come before the mark.");
    broken(check, "*?\r\n|1\r\n+ttl\r\n:10\r\n.\r\n")?;

    check.step("what the chapter's decoder refuses");
    check.means("The two sides do not agree where this value ends. To go on would be to guess.");
    for bytes in ["hello\r\n", ":1x\r\n", "+OK\n", "$2\r\nabc\r\n", "$?\r\n;2\r\nabc\r\n"] {
        broken(check, bytes)?;
    }

    check.step("numbers that no honest server sends");
    check.means("A length and a count are digits, and not above `MAX`. They come from outside: no sum may overflow.");
    let too_large = MAX + 1;
    for bytes in [
        "$+1\r\n",
        "$\r\n",
        "$-2\r\n",
        "%-1\r\n",
        "$18446744073709551615\r\n",
        "%9223372036854775808\r\n",
        "*99999999999999999999999\r\n",
        "$?\r\n;-1\r\n",
        "$?\r\n;18446744073709551615\r\n",
    ] {
        broken(check, bytes)?;
    }
    for start in ["$", "*", "%", "|", "$?\r\n;"] {
        broken(check, &format!("{start}{too_large}\r\n"))?;
    }
    check.means("It is large, but allowed: the rest may still come.");
    for start in ["$", "*", "%", "|", "$?\r\n;"] {
        incomplete(check, &format!("{start}{MAX}\r\n"))?;
    }

    check.step("values nested as deep as they may be, and deeper");
    check.means("The innermost value stands inside of just as many others as it may.");
    frame(check, &nested("*1\r\n", MAX_DEPTH, ""))?;
    frame(check, &nested("*?\r\n", MAX_DEPTH, ".\r\n"))?;
    check.means("Each level has to be remembered: without a limit, a few bytes for each take all the memory, or the call stack.");
    broken(check, &nested("*1\r\n", MAX_DEPTH + 1, ""))?;
    broken(check, &nested("*?\r\n", MAX_DEPTH + 1, ".\r\n"))?;
    check.means("What is in an array stands inside of it. An empty one is a value like any other, and has nothing in it.");
    for empty in ["*0\r\n", "%0\r\n", "~?\r\n.\r\n", "$?\r\n;0\r\n"] {
        frame(check, &format!("{}{empty}", "*1\r\n".repeat(MAX_DEPTH)))?;
    }
    check.means(
        "What an attribute is about stands beside it, not inside of it: it is as deep as it would be without it.",
    );
    frame(check, &format!("{}:1\r\n", "|0\r\n".repeat(MAX_DEPTH + 1)))?;
    let about = "|1\r\n+a\r\n:1\r\n";
    frame(check, &format!("{}{about}*1\r\n:1\r\n", "*1\r\n".repeat(MAX_DEPTH - 1)))?;
    check.means("The pairs of an attribute stand inside of it, as those of a map do.");
    broken(check, &format!("{}{about}:1\r\n", "*1\r\n".repeat(MAX_DEPTH)))
}

fn nested(start: &str, depth: usize, end: &str) -> String {
    format!("{}:1\r\n{}", start.repeat(depth), end.repeat(depth))
}

/// These bytes are one frame, whatever stands behind them, and no frame without the last of them.
fn frame(check: &Check, bytes: &str) -> Verdict {
    holds(check, bytes, Ok(Some(bytes.len())))?;
    let behind = format!("{bytes}+OK\r\n");
    check.sent([&behind]);
    told(check, Ok(Some(bytes.len())), answer::frame_length(behind.as_bytes()))?;
    for end in 1..bytes.len() {
        if let Some(start) = bytes.get(..end) {
            incomplete(check, start)?;
        }
    }
    Ok(())
}

fn incomplete(check: &Check, bytes: &str) -> Verdict {
    check.sent([bytes]);
    let got: Result<Option<usize>, Broken> = answer::frame_length(bytes.as_bytes());
    if got == Err(Broken) {
        check.means(
            "A read may end here, and the rest may come with the next one. That something is missing does not make it \
             wrong.",
        );
    }
    told(check, Ok(None), got)
}

fn broken(check: &Check, bytes: &str) -> Verdict {
    holds(check, bytes, Err(Broken))
}

fn holds(check: &Check, bytes: &str, expected: Result<Option<usize>, Broken>) -> Verdict {
    check.sent([bytes]);
    told(check, expected, answer::frame_length(bytes.as_bytes()))
}

fn told(
    check: &Check,
    expected: Result<Option<usize>, Broken>,
    got: Result<Option<usize>, Broken>,
) -> Verdict {
    let words = |result| match result {
        Ok(Some(length)) => format!("a frame of {length} bytes"),
        Ok(None) => "not complete: the rest may still come".to_owned(),
        Err(Broken) => "broken".to_owned(),
    };
    check.that(expected == got, words(expected), words(got))
}
