//! The check of exercise 01.2.

use std::process::ExitCode;

use chapter_01::command::Command;
use exercises::{Check, Failure, Verdict, listed};

#[cfg_attr(feature = "solutions", path = "../solutions/ex01_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex01_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("01.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a line without quotes");
    check.means(
        "Blanks stand between words, in front and behind, one or many; none of them is in a word.",
    );
    words(check, "SET name Ada", &["SET", "name", "Ada"])?;
    words(check, "  SET\tname   Ada \r\n", &["SET", "name", "Ada"])?;
    words(check, " \t ", &[])?;

    check.step("a word in quotes");
    check.means("Between two quotes a blank is a part of the word, and the quotes are not.");
    words(check, r#"SET name "Ada Lovelace""#, &["SET", "name", "Ada Lovelace"])?;
    words(check, r#""a b" "c  d" e"#, &["a b", "c  d", "e"])?;

    check.step("an empty word");
    check.means(r#"SET name "" makes the value empty. Without its empty word it would be a SET that lacks one."#);
    words(check, r#"SET name """#, &["SET", "name", ""])?;

    check.step("a quote inside a word");
    check.means("Only a word that begins with a quote is in quotes. Elsewhere a quote is a character like others.");
    words(check, r#"SET size 5""#, &["SET", "size", "5\""])?;
    words(check, r#"a"b c"d"#, &["a\"b", "c\"d"])?;

    check.step("a quote that is never closed");
    check.means(
        "The client may have meant anything. A guess would store something that nobody asked for: it is an error.",
    );
    unbalanced(check, r#"SET name "Ada"#)?;
    unbalanced(check, r#"SET name ""#)?;

    check.step("something right behind a closing quote");
    check.means("Is that one word or two? Redis does not guess either: it is an error.");
    unbalanced(check, r#"SET name "Ada"Lovelace"#)?;
    unbalanced(check, r#"SET name "Ada""Lovelace""#)?;

    check.step("letters of more than one byte");
    check.means("A position in a `&str` is in bytes. Counted in characters, it is another place, or none at all.");
    words(check, r#"SET "größe x" "ö" z"#, &["SET", "größe x", "ö", "z"])?;

    check.step("the chapter's own commands");
    check.did("the words of a line of two, made a line again, and read by `Command::parse`");
    check.means("The words are those that the chapter's parser wants.");
    let line = answer::words(r#" GET "name" "#).map(|words| words.join(" ")).unwrap_or_default();
    check.equal(Ok(Some(Command::Get { key: "name" })), Command::parse(&line))
}

fn words(check: &Check, line: &str, expected: &[&str]) -> Verdict {
    check.sent([line]);
    // The types are written out so that a syntax error in the answer brings no further errors here.
    let words: Result<Vec<&str>, answer::Unbalanced> = answer::words(line);
    match words {
        Ok(words) => check.pieces(expected, &words),
        Err(error) => Err(Failure::told(listed(expected), format!("the error {error:?}"))),
    }
}

fn unbalanced(check: &Check, line: &str) -> Verdict {
    check.sent([line]);
    let words: Result<Vec<&str>, answer::Unbalanced> = answer::words(line);
    match words {
        Err(answer::Unbalanced) => Ok(()),
        Ok(words) => Err(Failure::told("the error Unbalanced", listed(&words))),
    }
}
