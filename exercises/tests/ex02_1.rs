//! The check of exercise 02.1: the job waits for something that another task of the same thread has to do. So no clock
//! decides: an answer that keeps the thread cannot come to an end before the job gives up.

use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex02_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex02_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

/// Only a wrong answer waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    exercises::run("02.1", check)
}

fn check(check: &Check) -> Verdict {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;

    check.step("a job by itself");
    check.did("run_job(|| 6 * 7)");
    check.means("The result of the job is the result of `run_job`.");
    check.equal(42, runtime.block_on(answer::run_job(|| 6 * 7))?)?;

    check.step("a job, and another task on the same thread");
    check.did(
        "run_job with a job that blocks until another task of the same thread has sent it a number, or gives up \
         after 2 seconds",
    );
    check.means(
        "The other task never got its turn: the job, or the waiting for it, kept the only thread. A new task does not \
         help, since tasks share the runtime's threads, and a thread of your own does not if this one waits in `join`.",
    );
    let (sender, receiver) = mpsc::channel();
    let job = move || receiver.recv_timeout(PATIENCE).unwrap_or(0);
    let other = async {
        // Gives the job, or a task made of it, every chance to go first.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        // Nobody is there to receive it if the job gave up.
        let _ = sender.send(7);
    };
    let (result, ()) = runtime.block_on(async { tokio::join!(answer::run_job(job), other) });
    check.that(result? == 7, "the number that the other task sent", "the job gave up waiting")?;

    check.step("three jobs at once");
    check.did("three times run_job, each job waiting for the one before it to have begun");
    check.means("Each job needs a thread of its own: one must not wait until another is done.");
    let (first, began) = mpsc::channel();
    let (second, second_began) = mpsc::channel();
    let jobs = async {
        tokio::join!(
            answer::run_job(move || second_began.recv_timeout(PATIENCE).unwrap_or(0)),
            answer::run_job(move || {
                let from_third = began.recv_timeout(PATIENCE).unwrap_or(0);
                u64::from(second.send(from_third + 1).is_ok()) * from_third
            }),
            answer::run_job(move || u64::from(first.send(1).is_ok())),
        )
    };
    let (one, two, three) = runtime.block_on(jobs);
    check.equal((2, 1, 1), (one?, two?, three?))
}
