//! The check of exercise 13.2. What must be over is given two seconds; where an hour has to pass, that is as good as none.

use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use exercises::{Check, Failure, Verdict};
use flashkv::{Clock, Engine, SetOptions};

#[cfg_attr(feature = "solutions", path = "../solutions/ex13_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex13_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::Purger;

const HOUR: Duration = Duration::from_secs(3600);
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    exercises::run("13.2", check)
}

fn check(check: &Check) -> Verdict {
    let engine = Arc::new(Engine::new(2));
    let clock = Clock::manual(0);
    let start = |every| Purger::start(Arc::clone(&engine), clock.clone(), every);

    check.step("the first purge, at once");
    check.did("10 keys ended; started with every = 1 hour");
    check.means("It waits before it has purged for the first time. What `every` says is what comes between two.");
    end_keys(&engine, &clock, 10);
    let purger = start(HOUR);
    comes_to(&purger, 10)?;

    check.step("a drop while it waits");
    check.did("dropped it, with an hour to go");
    check.means(
        "The thread finds out when its wait is over, and whoever drops the handle waits for it. What it waits for has to \
         be two things at once: the time, or the end.",
    );
    is_dropped(purger)?;
    check.means(
        "The handle is gone and its thread is not: it holds the engine for ever, and each further one holds it once more.",
    );
    check.bytes("held by the program", holders(&engine))?;

    check.step("a last purge");
    check.did("5 keys ended; started; 5 more ended; dropped");
    check.means(
        "What ended since the last turn stays in memory, although somebody was there to free it.",
    );
    end_keys(&engine, &clock, 5);
    let purger = start(HOUR);
    comes_to(&purger, 5)?;
    end_keys(&engine, &clock, 5);
    is_dropped(purger)?;
    check.bytes("0 keys left to purge", format!("{} keys left to purge", engine.purge(&clock)))?;

    check.step("stop");
    check.did("3 keys ended; started; 4 more ended; stop()");
    check.means("All keys count, those of the last purge too.");
    end_keys(&engine, &clock, 3);
    let purger = start(HOUR);
    comes_to(&purger, 3)?;
    end_keys(&engine, &clock, 4);
    let total: usize = in_time("stop returns", move || purger.stop())?;
    check.bytes("7 keys", format!("{total} keys"))?;
    check.bytes("held by the program", holders(&engine))?;

    check.step("a purge each time");
    check.did("started with every = 1 ms; keys ended three times");
    check.means("It purges once, and then no more.");
    let purger = start(Duration::from_millis(1));
    for turn in 1..=3 {
        end_keys(&engine, &clock, 2);
        comes_to(&purger, turn * 2)?;
    }
    is_dropped(purger)
}

/// So many keys whose time has come.
fn end_keys(engine: &Engine, clock: &Clock, count: usize) {
    let db = engine.db(0).with_clock(clock.clone());
    for key in 0..count {
        let soon = SetOptions::default().ttl(Duration::from_millis(1));
        db.set_with(format!("key {key}"), "value", soon);
    }
    clock.advance(10);
}

/// Waits until so many keys are purged.
fn comes_to(purger: &Purger, wanted: usize) -> Verdict {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let purged: usize = purger.purged();
        if purged == wanted {
            return Ok(());
        }
        if purged > wanted || Instant::now() > deadline {
            let (wanted, got) = (format!("{wanted} keys purged"), format!("{purged}"));
            return Err(Failure::told(wanted, got));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Drops it, in time.
fn is_dropped(purger: Purger) -> Verdict {
    in_time("the drop is over", move || {
        let _dropped_at_the_end = purger;
    })
}

/// What it returns, if it does so in time.
fn in_time<T: Send + 'static>(
    what: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (done, result) = mpsc::channel();
    thread::spawn(move || done.send(run()));
    result.recv_timeout(PATIENCE).map_err(|_| Failure::told(what, "not within two seconds"))
}

fn holders(engine: &Arc<Engine>) -> String {
    match Arc::strong_count(engine) {
        1 => "held by the program".to_owned(),
        _ => "held by the program and by a thread".to_owned(),
    }
}
