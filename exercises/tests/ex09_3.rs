//! The check of exercise 09.3: its databases say in advance what each visit will find, and write down who was visited.

use std::cell::RefCell;
use std::process::ExitCode;

use chapter_08::storage::Condition;
use chapter_09::{Clock, Engine, Ttl};
use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex09_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex09_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::{Databases, Round, Sample, Sweeper};

/// More than any round here needs.
const PLENTY: usize = 100;

/// A sample of which all was over, half, a quarter, none; one of nothing; and one that could not be taken.
const ALL: Option<Sample> = Some(Sample { examined: 20, expired: 20 });
const HALF: Option<Sample> = Some(Sample { examined: 20, expired: 10 });
const BAD: Option<Sample> = Some(Sample { examined: 20, expired: 6 });
const QUARTER: Option<Sample> = Some(Sample { examined: 20, expired: 5 });
const GOOD: Option<Sample> = Some(Sample { examined: 20, expired: 0 });
const EMPTY: Option<Sample> = Some(Sample { examined: 0, expired: 0 });
const BUSY: Option<Sample> = None;

const STAYS: &str = "It goes around: the others that are due come first. To stay with one until it is good takes its lock \
                     again and again, and whoever wants that database finds it free for moments only.";

fn main() -> ExitCode {
    exercises::run("09.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("databases without anything to do");
    check.means("Each is visited once. None was bad, so the round is finished.");
    let scene = Scene::new(&[&[GOOD], &[GOOD], &[GOOD]]);
    let round = scene.round(check, &mut Sweeper::default(), PLENTY);
    scene.visited(check, &[0, 1, 2])?;
    scene.did(check, round, Round { examined: 60, finished: true, ..Round::default() })?;

    check.step("samples of which a quarter was over, and of nothing");
    check.means(
        "More than a quarter is bad; a quarter is not, and of nothing, nothing is over. A sweeper that comes back to \
         an empty database works for ever on a server that has nothing to do.",
    );
    let scene = Scene::new(&[&[QUARTER], &[EMPTY], &[GOOD]]);
    let round = scene.round(check, &mut Sweeper::default(), PLENTY);
    scene.visited(check, &[0, 1, 2])?;
    scene.did(
        check,
        round,
        Round { examined: 40, expired: 5, finished: true, ..Round::default() },
    )?;

    check.step("one bad database among good ones");
    check.means(
        "Only the bad one is due again, for as long as its last sample was bad: the others have just been found good. \
         Nor is one bad database among many good ones a matter of the average.",
    );
    let scene = Scene::new(&[&[GOOD], &[ALL, HALF, GOOD], &[GOOD], &[GOOD], &[GOOD], &[GOOD]]);
    let round = scene.round(check, &mut Sweeper::default(), PLENTY);
    if scene.visits.borrow().get(..3) == Some(&[0, 1, 1]) {
        check.means(STAYS);
    }
    scene.visited(check, &[0, 1, 2, 3, 4, 5, 1, 1])?;
    scene.did(
        check,
        round,
        Round { examined: 160, expired: 30, finished: true, ..Round::default() },
    )?;

    check.step("several bad databases");
    check.means(STAYS);
    let scene = Scene::new(&[&[BAD, BAD, GOOD], &[GOOD], &[ALL, BAD, BAD, GOOD], &[HALF, GOOD]]);
    let round = scene.round(check, &mut Sweeper::default(), PLENTY);
    scene.visited(check, &[0, 1, 2, 3, 0, 2, 3, 0, 2, 2])?;
    scene.did(
        check,
        round,
        Round { examined: 200, expired: 54, finished: true, ..Round::default() },
    )?;

    check.step("a database that is busy");
    check.means(
        "Somebody is using it, and may do so for long. It is passed over until the next round, whether it was bad \
         before or not: nobody should wait for housekeeping, and housekeeping should wait for nobody.",
    );
    let scene = Scene::new(&[&[GOOD], &[BUSY], &[HALF, BUSY], &[HALF, GOOD]]);
    let round = scene.round(check, &mut Sweeper::default(), PLENTY);
    scene.visited(check, &[0, 1, 2, 3, 2, 3])?;
    let expected = Round { examined: 80, expired: 20, busy: 2, finished: true };
    scene.did(check, round, expected)?;

    check.step("a budget that ends the round");
    let always_bad: [&[Option<Sample>]; 3] = [&[HALF; 9], &[GOOD; 9], &[HALF; 9]];
    for (budget, visits, finished) in [
        (0, &[][..], false),
        (2, &[0, 1], false),
        (3, &[0, 1, 2], false),
        (6, &[0, 1, 2, 0, 2, 0], false),
    ] {
        check.means(
            "The budget is the number of visits, no more and no fewer, as long as a database is due. One that is \
             still due at the end says that there is more to do: the round is not finished, and the next one comes \
             soon.",
        );
        let scene = Scene::new(&always_bad);
        let round = scene.round(check, &mut Sweeper::default(), budget);
        scene.visited(check, visits)?;
        check.equal(finished, round.finished)?;
    }
    check.means("The last visit that the budget allowed was the last one that was due. Nothing is left to do.");
    let scene = Scene::new(&[&[GOOD], &[HALF, GOOD]]);
    let round = scene.round(check, &mut Sweeper::default(), 3);
    scene.visited(check, &[0, 1, 1])?;
    check.equal(true, round.finished)?;

    check.step("round after round with a small budget");
    check.means(
        "This round does not begin with the database after the one visited last. With a small budget some databases \
         then get too few visits, or none, and their memory is freed late or never.",
    );
    let scene = Scene::new(&[&[HALF; 9], &[HALF; 9], &[HALF; 9], &[HALF; 9], &[HALF; 9]]);
    let mut sweeper = Sweeper::default();
    for expected in [[0, 1], [2, 3], [4, 0], [1, 2], [3, 4]] {
        scene.visits.borrow_mut().clear();
        scene.round(check, &mut sweeper, 2);
        scene.visited(check, &expected)?;
    }

    check.step("a round after one that came back");
    check.means(
        "The next round begins behind the database that was visited last, whether that was a first visit or not.",
    );
    let scene = Scene::new(&[&[GOOD], &[HALF, GOOD], &[GOOD], &[GOOD]]);
    let mut sweeper = Sweeper::default();
    scene.round(check, &mut sweeper, PLENTY);
    scene.visited(check, &[0, 1, 2, 3, 1])?;
    let scene = Scene::new(&[&[GOOD], &[GOOD], &[GOOD], &[GOOD]]);
    scene.round(check, &mut sweeper, PLENTY);
    scene.visited(check, &[2, 3, 0, 1])?;

    check.step("the chapter's engine");
    check.did("10000 keys, of which every second is over; one round over the 64 shards");
    check.means("Half of every sample is over at first, and none at the second visit. What was over is gone then.");
    let engine = Engine::new(Clock::manual(1_700_000_000_000));
    for number in 0..10_000 {
        let key = format!("key:{number}").into_bytes();
        let mut view = engine.write(&[&key]);
        let ttl = Ttl::At(view.now() + if number % 2 == 0 { 10 } else { 1_000_000 });
        view.shard_mut(&key).set(&key, b"value", Condition::Always, ttl);
    }
    engine.clock().advance(1000);
    let round = Sweeper::default().round(&engine, 10_000);
    let expected = Round { examined: 15_000, expired: 5000, busy: 0, finished: true };
    check.equal((expected, 5000), (round, engine.held()))
}

/// Databases whose samples are known in advance; after the last of them, good ones.
struct Scene {
    samples: Vec<Vec<Option<Sample>>>,
    visits: RefCell<Vec<usize>>,
}

impl Scene {
    fn new(samples: &[&[Option<Sample>]]) -> Scene {
        Scene {
            samples: samples.iter().map(|samples| samples.to_vec()).collect(),
            visits: RefCell::default(),
        }
    }

    fn round(&self, check: &Check, sweeper: &mut Sweeper, budget: usize) -> Round {
        let all: Vec<String> = self.samples.iter().map(|samples| shown(samples)).collect();
        let budget_shown = if budget == PLENTY {
            "a large budget".to_owned()
        } else {
            format!("a budget of {budget}")
        };
        check.did(format!(
            "a round with {budget_shown}; samples of the databases: {}",
            all.join("; ")
        ));
        sweeper.round(self, budget)
    }

    fn visited(&self, check: &Check, expected: &[usize]) -> Verdict {
        let listed = |visits: &[usize]| {
            let numbers: Vec<String> = visits.iter().map(usize::to_string).collect();
            if numbers.is_empty() {
                "no visits".to_owned()
            } else {
                format!("visits of {}", numbers.join(" "))
            }
        };
        let visits = self.visits.borrow();
        if visits.as_slice() == expected {
            return Ok(());
        }
        // Where they part is told by the texts: a caret below a list of numbers is no help.
        let most = expected.len() + 6;
        let got = match visits.get(..most) {
            Some(first) => format!("{} and so on", listed(first)),
            None => listed(&visits),
        };
        check.that(false, listed(expected), got)
    }

    fn did(&self, check: &Check, round: Round, expected: Round) -> Verdict {
        check.means("A round tells what its visits did, added up: what they looked at, removed, and could not have.");
        check.equal(expected, round)
    }
}

/// The samples of one database: how many of how many were over.
fn shown(samples: &[Option<Sample>]) -> String {
    let one = |sample: &Option<Sample>| {
        sample.map_or("busy".to_owned(), |sample| format!("{}/{}", sample.expired, sample.examined))
    };
    match samples {
        [first, second, _, _, _, ..] if first == second => format!("always {}", one(first)),
        _ => samples.iter().map(one).collect::<Vec<String>>().join(" "),
    }
}

impl Databases for Scene {
    fn count(&self) -> usize {
        self.samples.len()
    }

    fn visit(&self, database: usize) -> Option<Sample> {
        let mut visits = self.visits.borrow_mut();
        let before = visits.iter().filter(|visit| **visit == database).count();
        // A sweeper without an end must not fill the memory until somebody stops it.
        if visits.len() < 10 * PLENTY {
            visits.push(database);
        }
        self.samples.get(database)?.get(before).copied().unwrap_or(GOOD)
    }
}
