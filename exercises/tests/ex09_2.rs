//! The check of exercise 09.2: its times count how often they are compared, and its keys how many copies there are.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::process::ExitCode;
use std::rc::Rc;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex09_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex09_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

type Deadlines = answer::Deadlines<Key, Time>;

fn main() -> ExitCode {
    exercises::run("09.2", check)
}

fn check(check: &Check) -> Verdict {
    let keys: Vec<Key> = (0..10_000).map(Key::new).collect();
    let [a, b, c, ..] = keys.as_slice() else { return Ok(()) };

    check.step("deadlines that are set and lifted");
    let mut deadlines = Deadlines::new();
    check.did("next; set a 300, set b 200, next; lift b, next; lift b; lift c");
    check.means("`next` is the soonest of the deadlines that are there, and each is there until it is lifted.");
    check.equal((None, 0), (next(&deadlines), deadlines.len()))?;
    deadlines.set(a, Time(300));
    deadlines.set(b, Time(200));
    check.equal((Some(200), 2), (next(&deadlines), deadlines.len()))?;
    check.equal([Some(300), Some(200), None], [a, b, c].map(|key| get(&deadlines, key)))?;
    check.equal(Some(200), deadlines.lift(b).map(|time| time.0))?;
    check.equal((Some(300), None), (next(&deadlines), get(&deadlines, b)))?;
    check.equal([None, None], [b, c].map(|key| deadlines.lift(key).map(|time| time.0)))?;
    check.equal(1, deadlines.len())?;

    check.step("keys that are over");
    let mut deadlines = Deadlines::new();
    deadlines.set(a, Time(300));
    deadlines.set(b, Time(100));
    deadlines.set(c, Time(200));
    for (now, expected, left) in [
        (100, vec![], 3),
        (101, vec![1], 2),
        (300, vec![2], 1),
        (300, vec![], 1),
        (301, vec![0], 0),
    ] {
        check.did(format!(
            "set a 300, set b 100, set c 200; expired with each time up to now = {now}"
        ));
        check.means(if now % 100 == 0 {
            "At its deadline a key is still there: it is over a millisecond later. If two places decide what is \
             over, they decide otherwise, and a key is gone here that can be seen there."
        } else {
            "A key whose deadline has passed is over, and is taken out with it."
        });
        check.equal(named(&expected), named(&expired(&mut deadlines, now, 10)))?;
        check.equal(left, deadlines.len())?;
    }

    check.step("keys that end at the same time");
    let mut deadlines = Deadlines::new();
    check.did("set a 100, set b 100, set c 100; lift b; expired with now = 101");
    check.means(
        "Many keys can have one deadline: a million sessions may begin in one second. A key that has lost its place \
         in the order of time, because another took it, never ends.",
    );
    [a, b, c].into_iter().for_each(|key| deadlines.set(key, Time(100)));
    deadlines.lift(b);
    let mut over = expired(&mut deadlines, 101, 10);
    over.sort_unstable();
    check.equal(named(&[0, 2]), named(&over))?;
    check.equal((0, None), (deadlines.len(), next(&deadlines)))?;

    check.step("a key that gets another deadline");
    for (second, now, expected) in [(500, 400, vec![]), (500, 501, vec![0]), (50, 60, vec![0])] {
        let mut deadlines = Deadlines::new();
        deadlines.set(a, Time(100));
        deadlines.set(a, Time(second));
        check.did(format!("set a 100, set a {second}; next; expired with now = {now}"));
        check.means(if second > 100 {
            "The old deadline is still in the order of time, and the key is taken out at the old time. Its owner has \
             just asked for more."
        } else {
            "The new deadline is the sooner one, and it is the one that counts."
        });
        check.equal(Some(second), next(&deadlines))?;
        check.equal(named(&expected), named(&expired(&mut deadlines, now, 10)))?;
        check.did(format!(
            "set a 100, set a {second}; expired with now = {now}, and then with now = 1000"
        ));
        check.means("Each key comes once, however many deadlines it had.");
        let rest = expired(&mut deadlines, 1000, 10);
        check.equal((1, 0), (expected.len() + rest.len(), deadlines.len()))?;
    }

    check.step("more keys than are wanted at once");
    let mut deadlines = Deadlines::new();
    // Not in the order of time.
    keys.iter()
        .take(100)
        .for_each(|key| deadlines.set(key, Time(u64::from(key.number * 37 % 100))));
    for turn in 0..5 {
        check.did("set 100 keys to 0 to 99; five times expired with now = 60 and most = 15");
        check.means("The soonest come first, and never more than was asked for: somebody holds a lock meanwhile.");
        let times: Vec<u32> =
            expired(&mut deadlines, 60, 15).iter().map(|number| number * 37 % 100).collect();
        let expected: Vec<u32> = (turn * 15..60.min(turn * 15 + 15)).collect();
        check.equal(expected, times)?;
    }

    check.step("how many times are compared");
    let mut deadlines = Deadlines::new();
    keys.iter().for_each(|key| deadlines.set(key, Time(u64::from(key.number * 7 % 10_000))));
    for (now, most, takes) in
        [(0, 10, 0), (1, 10, 1), (101, 10, 10), (101, 1000, 90), (101, 1000, 0)]
    {
        check.did(format!(
            "set 10000 keys to 0 to 9999; …; expired with now = {now} and most = {most}, of which {takes} come"
        ));
        check.means(
            "The work grows with the keys that have time left, and those are nearly all of them. With a million keys \
             every sweep is a stall, if only to find nothing.",
        );
        COMPARED.set(0);
        let over = expired(&mut deadlines, now, most);
        let compared = COMPARED.get();
        check.equal(takes, over.len())?;
        let allowed = 100 * (takes + 1);
        check.that(
            compared <= allowed,
            format!("{allowed} comparisons at most"),
            if compared > 9000 {
                "one of every deadline there is, or more".to_owned()
            } else {
                format!("{compared}")
            },
        )?;
        check.did("set 10000 keys to 0 to 9999; …; next");
        COMPARED.set(0);
        next(&deadlines);
        check.that(COMPARED.get() <= 100, "100 comparisons at most", "more than that")?;
    }

    check.step("how many copies of a key there are");
    let mut deadlines = Deadlines::new();
    let key = Key::new(0);
    for time in 0..1000 {
        deadlines.set(&key, Time(1000 + time));
    }
    check.did("set a 1000, set a 1001, … set a 1999: a session that is visited a thousand times");
    check.means(
        "Each new deadline left an old one behind, which stays until its time has come. Sessions that are used a lot \
         fill the memory.",
    );
    let copies = Rc::strong_count(&key.copies) - 1;
    check.that(copies <= 2, "2 copies of the key at most", format!("{copies} copies"))?;
    check.did("set a 1000, lift a");
    check.means("A key without a deadline has nothing to do in here.");
    deadlines.lift(&key);
    let copies = Rc::strong_count(&key.copies) - 1;
    check.that(copies == 0, "no copy of the key", format!("{copies} copies"))?;

    check.step("ten thousand operations in any order");
    many(check, &keys)
}

/// What looks like a random order, and is the same every time, beside a map that is searched from end to end.
fn many(check: &Check, keys: &[Key]) -> Verdict {
    check.means("The key's deadline and its place in the order of time must change together, whatever the change is.");
    let mut random = fastrand::Rng::with_seed(92);
    let mut deadlines = Deadlines::new();
    let mut model: BTreeMap<u32, u64> = BTreeMap::new();
    for now in 0..10_000 {
        let number = random.u32(..50);
        let Some(key) = keys.get(number as usize) else { continue };
        match random.u8(..10) {
            0..6 => {
                let deadline = now + random.u64(..60);
                check.did(format!("operation {now}: set of key {number} to {deadline}"));
                deadlines.set(key, Time(deadline));
                model.insert(number, deadline);
            }
            6 => {
                check.did(format!("operation {now}: lift of key {number}"));
                check.equal(model.remove(&number), deadlines.lift(key).map(|time| time.0))?;
            }
            _ => {
                let most = random.usize(..4);
                check.did(format!("operation {now}: expired with now = {now} and most = {most}"));
                let over = expired(&mut deadlines, now, most);
                let mut expected: Vec<u64> =
                    model.values().copied().filter(|time| *time < now).collect();
                expected.sort_unstable();
                expected.truncate(most);
                let times: Vec<u64> =
                    over.iter().filter_map(|number| model.remove(number)).collect();
                check.equal(expected, times)?;
            }
        }
        check.equal(
            (model.values().min().copied(), model.len()),
            (next(&deadlines), deadlines.len()),
        )?;
        check.equal(model.get(&number).copied(), get(&deadlines, key))?;
    }
    Ok(())
}

fn next(deadlines: &Deadlines) -> Option<u64> {
    let time: Option<Time> = deadlines.next();
    time.map(|time| time.0)
}

fn get(deadlines: &Deadlines, key: &Key) -> Option<u64> {
    let time: Option<Time> = deadlines.get(key);
    time.map(|time| time.0)
}

fn expired(deadlines: &mut Deadlines, now: u64, most: usize) -> Vec<u32> {
    let keys: Vec<Key> = deadlines.expired(Time(now), most);
    keys.iter().map(|key| key.number).collect()
}

/// The first few keys by their letters.
fn named(keys: &[u32]) -> String {
    let names: Vec<&str> =
        keys.iter().map(|key| *["a", "b", "c"].get(*key as usize).unwrap_or(&"?")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

/// A key, all of whose copies are counted.
#[derive(Debug, Clone)]
struct Key {
    number: u32,
    copies: Rc<()>,
}

impl Key {
    fn new(number: u32) -> Key {
        Key { number, copies: Rc::new(()) }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.number == other.number
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        self.number.cmp(&other.number)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

thread_local! {
    /// How often two times were compared.
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

/// A time that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time(u64);

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Time) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Time) -> Ordering {
        COMPARED.set(COMPARED.get() + 1);
        self.0.cmp(&other.0)
    }
}
