//! The check of exercise 13.1. A program that prints errors does so with all their causes, as many do.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use exercises::{Check, Verdict};
use flashkv::Engine;

#[cfg_attr(feature = "solutions", path = "../solutions/ex13_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex13_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{Polls, VoteError};

fn main() -> ExitCode {
    exercises::run("13.1", check)
}

fn check(check: &Check) -> Verdict {
    let engine = Arc::new(Engine::new(1));
    let polls = Polls::new(Arc::clone(&engine));
    let db = engine.db(0);

    check.step("votes that count");
    check.means("Each poll has a count of its own, and each voter one vote in each.");
    for (poll, voter, number) in
        [("tea", "ann", 1), ("tea", "ben", 2), ("milk", "ann", 1), ("tea", "eve", 3)]
    {
        check.did(format!("vote(\"{poll}\", \"{voter}\")"));
        check.bytes(format!("Ok({number})"), told(polls.vote(poll, voter)))?;
    }

    check.step("a second vote");
    check.did("vote(\"tea\", \"ann\") again");
    check.means("A caller matches on the variant, and its field says whom it is about.");
    let second: Result<i64, VoteError> = polls.vote("tea", "ann");
    let got = format!("{second:?}");
    check.bytes("Err(AlreadyVoted { voter: \"ann\" })", got)?;
    check.did("vote(\"tea\", \"ann\") again, then looked at votes:tea");
    check.means("The vote was refused and counted all the same.");
    check.bytes("3", db.get("votes:tea")?.unwrap_or_default())?;

    check.step("the same vote from many threads at once");
    check.did("vote(\"race\", \"ann\") 2000 times, from four threads");
    check.means(
        "To look first and set then are two operations: two threads can both look before either has set. One atomic \
         operation has to decide.",
    );
    let votes = |_| (0..500).filter(|_| polls.vote("race", "ann").is_ok()).count();
    let counted: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || votes(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
    });
    check.bytes("1 counted", format!("{counted} counted"))?;

    check.step("a count that is none");
    check.did("set votes:tea to \"many\", then vote(\"tea\", \"kim\")");
    check.means("The engine's error is kept as it is: a caller may want to tell one from another.");
    db.set("votes:tea", "many");
    let failed: Result<i64, VoteError> = polls.vote("tea", "kim");
    check.bytes(
        "Err(NotACount { key: \"votes:tea\", source: NotAnInteger })",
        format!("{failed:?}"),
    )?;

    check.step("the texts");
    check.did("printed the error, and then each `source` behind it");
    if let (Err(second), Err(failed)) = (&second, &failed) {
        check.means("One line that says what failed, for a person who does not know the code.");
        check.bytes("'ann' has already voted", chain(second))?;
        let expected = format!("'votes:tea' does not hold a count, because: {}", cause(failed));
        let got = chain(failed);
        check.means(if got.contains("because") {
            "The cause is in the text and in `source`. Who prints the chain, as here, prints it twice: an error either \
             shows its cause or gives it away."
        } else {
            "A caller that prints the chain, or asks for what lies behind, gets nothing: unless told otherwise, an \
             error has no `source`."
        });
        check.bytes(expected, got)?;
    }

    check.step("the same vote when the count is mended");
    check.did("vote failed; set votes:tea to 3; vote(\"tea\", \"kim\") again");
    check.means("The vote failed, but something of it is left. An error that leaves half of a change cannot be tried again.");
    db.set("votes:tea", "3");
    check.bytes("Ok(4)", told(polls.vote("tea", "kim")))
}

/// A result in few words.
fn told(result: Result<i64, VoteError>) -> String {
    format!("{result:?}")
}

/// The error and all behind it, as programs print it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(", because: {cause}"));
        next = cause.source();
    }
    text
}

/// What the engine says of it.
fn cause(error: &VoteError) -> String {
    match error {
        VoteError::NotACount { source, .. } => source.to_string(),
        VoteError::AlreadyVoted { .. } => String::new(),
    }
}
