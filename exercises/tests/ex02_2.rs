//! The check of exercise 02.2. The clock is tokio's, paused: it jumps to the next thing that somebody waits for, so
//! times are exact and nobody waits for them.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

use exercises::{Check, Verdict};
use tokio::time::{Instant, sleep};

#[cfg_attr(feature = "solutions", path = "../solutions/ex02_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex02_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

type Question = Pin<Box<dyn Future<Output = String> + Send>>;

fn main() -> ExitCode {
    exercises::run("02.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("no question");
    check.did("ask_all of an empty list");
    check.means("Nobody was asked, so there is no answer, at once.");
    let (answers, took) = ask(&[])?;
    check.equal((Vec::<String>::new(), 0), (answers, took))?;

    check.step("the order of the answers");
    check.did("three questions, answered after 300, 100 and 200 ms");
    check.means(
        "The answers are there, but as they came in. The caller cannot tell whose they are: the first answer has to \
         be that of the first question.",
    );
    let (answers, took) = ask(&[300, 100, 200])?;
    check.pieces(&["after 300", "after 100", "after 200"], &answers)?;

    check.step("the time that it takes");
    check.did("three questions, answered after 300, 100 and 200 ms");
    check.means(
        "All at once takes as long as the slowest, 300 ms; 600 ms is one after the other. A future that nobody polls \
         does nothing: to have made it is not to have asked. Something has to run them all before the first is \
         waited for.",
    );
    check.equal("300 ms", format!("{took} ms"))?;

    check.step("a hundred questions");
    check.did("a hundred questions, the one numbered n answered after 1000 - n ms");
    check.means("It takes as long as the slowest, however many there are.");
    let waits: Vec<u64> = (0..100).map(|number| 1000 - number).collect();
    let expected: Vec<String> = waits.iter().map(|wait| format!("after {wait}")).collect();
    let (answers, took) = ask(&waits)?;
    check.pieces(&expected, &answers)?;
    check.equal("1000 ms", format!("{took} ms"))
}

/// The answers to questions that take so many milliseconds, and how many it took in all.
fn ask(waits: &[u64]) -> std::io::Result<(Vec<String>, u128)> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    Ok(runtime.block_on(async {
        let questions: Vec<Question> = waits.iter().map(|wait| question(*wait)).collect();
        let start = Instant::now();
        let answers = answer::ask_all(questions).await;
        (answers, start.elapsed().as_millis())
    }))
}

fn question(wait: u64) -> Question {
    Box::pin(async move {
        sleep(Duration::from_millis(wait)).await;
        format!("after {wait}")
    })
}
