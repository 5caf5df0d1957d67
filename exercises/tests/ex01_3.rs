//! The check of exercise 01.3: first by hand, then against copies of the whole store.

use std::collections::BTreeMap;
use std::process::ExitCode;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex01_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex01_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

const KEYS: [&str; 4] = ["a", "b", "c", "d"];

fn main() -> ExitCode {
    exercises::run("01.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("changes themselves");
    check.did(r#"set("a", "1"), set("a", "2"), get("a"), remove("a"), remove("a")"#);
    check.means("Before anything is taken back, it is the chapter's store.");
    let mut history = answer::History::default();
    history.set("a", "1");
    history.set("a", "2");
    check.equal(Some("2"), history.get("a"))?;
    check.equal((true, false), (history.remove("a"), history.remove("a")))?;
    check.equal(None, history.get("a"))?;

    check.step("one change taken back");
    check.did(r#"set("a", "1"), set("a", "2"), undo, then get("a")"#);
    check.means("The value that a `set` does away with has to be kept before it is gone.");
    let mut history = answer::History::default();
    history.set("a", "1");
    history.set("a", "2");
    check.equal((true, Some("1")), (history.undo(), history.get("a")))?;

    check.step("a second one taken back");
    check.did(r#"set("a", "1"), set("a", "2"), undo, undo, then get("a")"#);
    check.means("Two changes were made, and one was taken back: one is left. Only the latest was remembered.");
    check.equal(true, history.undo())?;
    check.means(match history.get("a") {
        Some("") => {
            "Before the first `set` there was no such key, and none is not the same as an empty one: GET answers \
             (nil), not an empty text."
        }
        Some("2") => {
            "The second undo brought back what the first had taken back: the undo itself was remembered as a change."
        }
        _ => "Two undos take back two changes. Before the first of them there was no such key.",
    });
    check.equal(None, history.get("a"))?;

    check.step("nothing left to take back");
    check.did("one undo more than there were changes");
    check.means("There is nothing to take back, so `undo` says false.");
    check.equal(false, history.undo())?;

    check.step("a removal taken back");
    check.did(r#"set("a", "1"), remove("a"), undo, then get("a")"#);
    check.means("A removal does away with a value, too.");
    history.set("a", "1");
    history.remove("a");
    check.equal((true, Some("1")), (history.undo(), history.get("a")))?;

    check.step("a removal that removed nothing");
    check.did(r#"set("a", "1"), remove("missing"), undo, then get("a")"#);
    check.means(
        "Nothing was removed, so nothing was changed. Whoever says undo means the last thing that happened: the `set`.",
    );
    let mut history = answer::History::default();
    history.set("a", "1");
    history.remove("missing");
    check.equal((true, None), (history.undo(), history.get("a")))?;

    check.step("two hundred changes, all taken back");
    check.means(
        "Each undo must give exactly the store from before its change. Here some changes of another key, or new \
         changes after an undo, came in between.",
    );
    many(check)
}

/// Changes and undos in an order that looks random and is the same every time, against whole copies.
fn many(check: &Check) -> Verdict {
    let mut history = answer::History::default();
    let mut now: BTreeMap<&str, String> = BTreeMap::new();
    let mut before = Vec::new();
    for turn in 0_u32..200 {
        // A linear congruence, the upper bits of it.
        let random = turn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) >> 24;
        let key = KEYS.into_iter().cycle().nth(random as usize % 7).unwrap_or("a");
        match random % 5 {
            0 => {
                check.did(format!("change {turn}: remove({key:?})"));
                let expected = now.contains_key(key);
                if expected {
                    before.push(now.clone());
                    now.remove(key);
                }
                check.equal(expected, history.remove(key))?;
            }
            1 => {
                check.did(format!("step {turn}: undo, between changes"));
                let expected = before.pop();
                check.equal(expected.is_some(), history.undo())?;
                now = expected.unwrap_or(now);
            }
            _ => {
                let value = turn.to_string();
                check.did(format!("step {turn}: set({key:?}, {value:?})"));
                before.push(now.clone());
                history.set(key, &value);
                now.insert(key, value);
            }
        }
        same(check, &now, &history)?;
    }
    while let Some(expected) = before.pop() {
        check.did(format!("undo, with {} changes left before it", before.len()));
        check.equal(true, history.undo())?;
        same(check, &expected, &history)?;
    }
    check.equal(false, history.undo())
}

fn same(check: &Check, expected: &BTreeMap<&str, String>, history: &answer::History) -> Verdict {
    let expected: Vec<_> =
        KEYS.into_iter().map(|key| (key, expected.get(key).map(String::as_str))).collect();
    let got: Vec<_> = KEYS.into_iter().map(|key| (key, history.get(key))).collect();
    check.equal(expected, got)
}
