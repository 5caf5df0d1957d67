//! The check of exercise 01.1.

use std::process::ExitCode;

use chapter_01::store::Store;
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex01_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex01_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("01.1", check)
}

fn check(check: &Check) -> Verdict {
    let mut store = Store::default();
    store.set("name", "Ada");

    check.step("a value that is there");
    check.did(r#"set("name", "Ada"), then append("name", " Lovelace")"#);
    check.means("The reply is the length of the whole value, not of what was put behind it.");
    check.equal(12, answer::append(&mut store, "name", " Lovelace"))?;
    check.did(r#"set("name", "Ada"), append("name", " Lovelace"), then get("name")"#);
    check.means(
        "The reply was right, and the store still has the old value: what was changed is a copy.",
    );
    check.equal(Some("Ada Lovelace"), store.get("name"))?;

    check.step("a key that is not there");
    check.did(r#"append("new", "text"), with no such key"#);
    check.means(
        "A missing key is made first, with nothing in it: then it is as if it had been there.",
    );
    check.equal(4, answer::append(&mut store, "new", "text"))?;
    check.did(r#"append("new", "text"), then get("new")"#);
    check.equal(Some("text"), store.get("new"))?;

    check.step("letters of more than one byte");
    check.did(r#"append("city", "Zürich"), with no such key"#);
    check.means(
        "A length on the wire is in bytes: it tells a client how many to take. A `char` has one to four of them.",
    );
    check.equal(7, answer::append(&mut store, "city", "Zürich"))?;

    check.step("nothing at all");
    check.did(r#"append("name", "")"#);
    check.means("Nothing is put behind the value, so the length is the one from before.");
    check.equal(12, answer::append(&mut store, "name", ""))?;

    check.step("the other keys");
    check.did("everything above, then get of each key");
    check.means("Only the key that was named may change.");
    check.equal(Some("Ada Lovelace"), store.get("name"))?;
    check.equal(Some("Zürich"), store.get("city"))
}
