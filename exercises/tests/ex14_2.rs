//! The check of exercise 14.2. Its server answers within a millisecond, but for the one request at which it stands still.

use std::process::ExitCode;
use std::time::Duration;

use chapter_14::Latencies;
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex14_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex14_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

const EVERY: Duration = Duration::from_millis(10);

fn main() -> ExitCode {
    exercises::run("14.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a server that keeps up");
    let run = run(check, "5 requests, one every 10 ms; each is answered after 1 ms", 5, |_| 1);
    check.means(
        "Each request goes when it is due: every 10 ms from the start, and no sooner or later.",
    );
    check.bytes("sent at 0, 10, 20, 30, 40 ms", run.sent(0..5))?;
    check.means("A request that is sent when it is due takes as long as its answer does.");
    check.bytes("p50 1 ms, p99 1 ms, 5 of 5 answered", run.figures())?;

    check.step("a server that stands still for half a second: what is sent");
    let stall = |number| if number == 20 { 500 } else { 1 };
    let what =
        "100 requests, one every 10 ms; number 20 is answered after 500 ms, the others after 1 ms";
    let run = self::run(check, what, 100, stall);
    check.means("The numbers before the stall go by the timetable.");
    check.bytes("sent at 180, 190, 200 ms", run.sent(18..21))?;
    check.means(match run.sent_at(21) {
        Some(210) => "The connection is not free: the reply to number 20 comes at 700 ms, and until then nothing else can be sent on it.",
        Some(700) if run.times.len() < 100 => {
            "Number 21 goes late, and those that were due while the server stood still are never sent. Each stands for somebody \
             who was there, and waited."
        }
        Some(700) => {
            "Number 22 was due at 220 ms, long ago: it goes as soon as the connection is free. If the timetable moves along \
             with the server, the server decides how much load it gets."
        }
        _ => {
            "Number 21 was due at 210 ms. Nobody has asked on its behalf, but whoever it stands for was there, and waited: it \
             goes as soon as the connection is free."
        }
    });
    check.bytes("sent at 700, 701, 702 ms", run.sent(21..24))?;
    check.means("Once all that was late has been sent, the timetable is the old one: no request is left out, and none is moved.");
    check.bytes("sent at 980, 990 ms", run.sent(98..100))?;

    check.step("a server that stands still for half a second: what is reported");
    check.did(what);
    check.means(
        "The figures look as if one request had been slow. Those that were due in the meantime had to wait as well, and \
         latency counts from when a request was due: the stall is charged once for everybody who would have met it.",
    );
    check.bytes("p50 50 ms, p99 491 ms, 100 of 100 answered", run.figures())?;

    check.step("a connection that is lost");
    let what = "100 requests, one every 10 ms; the connection is lost at number 60";
    let run = self::run(check, what, 100, |number| if number < 60 { 1 } else { 0 });
    check.means("On a lost connection nothing more can be sent.");
    check.bytes("61 sent", format!("{} sent", run.times.len()))?;
    check.means(
        "40 of 100 requests came to nothing, and the percentiles say that all is well. All that were due count, whether they \
         were answered or not.",
    );
    check.bytes("p50 1 ms, p99 none, 60 of 100 answered", run.figures())
}

/// What came of a run.
struct Run {
    /// When each request was sent, in milliseconds.
    times: Vec<u128>,
    requests: u32,
    latencies: Latencies,
}

/// Measures a server that takes so many milliseconds for each number; none means that the connection is lost.
fn run(check: &Check, what: &str, requests: u32, takes: impl Fn(usize) -> u64) -> Run {
    check.did(what);
    check.means("One request after the other, each at the moment that is handed to `exchange`.");
    let mut times = Vec::new();
    let latencies: Latencies = answer::measure(EVERY, requests, |at: Duration| {
        let taken = takes(times.len());
        times.push(at.as_millis());
        (taken > 0).then(|| at + Duration::from_millis(taken))
    });
    Run { times, requests, latencies }
}

impl Run {
    fn sent_at(&self, number: usize) -> Option<u128> {
        self.times.get(number).copied()
    }

    fn sent(&self, numbers: std::ops::Range<usize>) -> String {
        let time = |number| self.sent_at(number).map_or("never".to_owned(), |ms| ms.to_string());
        format!("sent at {} ms", numbers.map(time).collect::<Vec<_>>().join(", "))
    }

    fn figures(&self) -> String {
        let at = |share| self.latencies.percentile(share);
        let ms = |share| at(share).map_or("none".to_owned(), |ms| format!("{ms} ms"));
        let (answered, requests) = (self.latencies.answered(), self.requests);
        format!("p50 {}, p99 {}, {answered} of {requests} answered", ms(0.50), ms(0.99))
    }
}
