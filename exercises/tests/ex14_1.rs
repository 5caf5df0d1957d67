//! The check of exercise 14.1.

use std::process::ExitCode;
use std::time::Duration;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex14_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex14_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{Connection, Summary};

fn main() -> ExitCode {
    exercises::run("14.1", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a first request that is slow");
    check.means(
        "A slow first request is somebody's request. Whoever leaves out what does not look right decides what the result \
         is. To warm up is to send requests before the measurement, not to throw measured ones away.",
    );
    let cold = answered(times(&[(1, 300), (49, 1)]));
    holds(check, "a request of 300 ms, then 49 of 1 ms", &[cold], Some(1.0), Some(300.0))?;

    check.step("one connection");
    check.means("Nothing to sum up: 100 latencies from 1 to 100 ms. The p99 is the one that 99 of them do not exceed.");
    let steady = answered((1..=100).map(Duration::from_millis).collect());
    holds(check, "100 requests of 1, 2, … 100 ms", &[steady], Some(50.0), Some(99.0))?;

    check.step("a slow connection beside a fast one");
    check.means(
        "This is the mean of two percentiles. No request took that long, and it is not what half of them did not exceed: \
         percentiles cannot be added up. What can be is the requests.",
    );
    let (fast, slow) = (answered(times(&[(100, 1)])), answered(times(&[(100, 101)])));
    let both = [fast.clone(), slow];
    holds(check, "100 requests of 1 ms; 100 of 101 ms", &both, Some(1.0), Some(101.0))?;

    check.step("a slow connection that sent little");
    let few = answered(times(&[(10, 500)]));
    let many = answered(times(&[(990, 1)]));
    holds(check, "990 requests of 1 ms; 10 of 500 ms", &[many, few], Some(1.0), Some(1.0))?;
    let few = answered(times(&[(11, 500)]));
    let many = answered(times(&[(989, 1)]));
    holds(check, "989 requests of 1 ms; 11 of 500 ms", &[many, few], Some(1.0), Some(500.0))?;

    check.step("requests without an answer");
    check.means(
        "Two of a hundred users got nothing at all, and the report says that 99 of 100 were served within a millisecond. \
         What never came is later than all the rest.",
    );
    let lossy = Connection { sent: 100, latencies: times(&[(98, 1)]) };
    holds(check, "100 requests: 98 of 1 ms, 2 unanswered", &[lossy], Some(1.0), None)?;

    check.step("a connection that got no answer at all");
    let dead = Connection { sent: 90, latencies: Vec::new() };
    holds(check, "100 requests of 1 ms; 90 unanswered", &[fast.clone(), dead], Some(1.0), None)?;
    let dead = Connection { sent: 110, latencies: Vec::new() };
    holds(check, "100 requests of 1 ms; 110 unanswered", &[fast, dead], None, None)?;

    check.step("nothing sent");
    check.means("Of no requests there is no percentile.");
    holds(check, "no connections", &[], None, None)
}

fn holds(
    check: &Check,
    what: &str,
    connections: &[Connection],
    p50: Option<f64>,
    p99: Option<f64>,
) -> Verdict {
    check.did(format!("summary of: {what}"));
    let got: Summary = answer::summary(connections);
    check.bytes(told(Summary { p50, p99 }), told(got))
}

fn told(summary: Summary) -> String {
    let ms = |figure: Option<f64>| figure.map_or("none".to_owned(), |ms| format!("{ms:.2} ms"));
    format!("p50 {}, p99 {}", ms(summary.p50), ms(summary.p99))
}

fn answered(latencies: Vec<Duration>) -> Connection {
    Connection { sent: latencies.len(), latencies }
}

/// So many of so many milliseconds, in turn.
fn times(groups: &[(usize, u64)]) -> Vec<Duration> {
    let group = |(count, ms): &(usize, u64)| vec![Duration::from_millis(*ms); *count];
    groups.iter().flat_map(group).collect()
}
