//! The check of exercise 08.3: its keys count how often one of them is hashed, and so how many entries an operation
//! moves.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::process::ExitCode;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex08_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex08_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

/// The most keys that one operation may hash.
const MOST: usize = 20;

fn main() -> ExitCode {
    exercises::run("08.3", check)
}

type Table = answer::Table<Key, u32>;

fn check(check: &Check) -> Verdict {
    check.step("a few entries");
    let mut table = Table::new();
    check.did("insert a and b, insert a again, remove b twice, get a and b");
    check.means("A small table is a table, too: it has buckets, and none of its entries twice.");
    check.equal([None, None], [table.insert(Key(1), 10), table.insert(Key(2), 20)])?;
    check.equal((Some(10), 2), (table.insert(Key(1), 11), table.len()))?;
    check.equal([Some(20), None], [table.remove(&Key(2)), table.remove(&Key(2))])?;
    check.equal((1, Some(11), None), (table.len(), found(&table, 1), found(&table, 2)))?;

    check.step("every entry, after every insert");
    let mut table = Table::new();
    for number in 0..600 {
        table.insert(Key(number), number);
        for before in 0..=number {
            check.did(format!("insert of keys 0 to {number}, then get key {before}"));
            check.means(if number.is_power_of_two() {
                "Entries were lost when the table grew again. It was full, and not all had moved out of the old one: \
                 what one insert moves must be enough for the old one to be empty by then."
            } else {
                "An entry was lost. While the table grows there are two places where a key can be. Which one it is \
                 must be decided by the same rule for whoever puts it there, moves it and looks for it."
            });
            check.equal(Some(before), found(&table, before))?;
        }
    }
    check.equal(600, table.len())?;

    check.step("a value replaced while the table grows");
    for inserts in 1..300 {
        let mut table = filled(inserts);
        for key in 0..inserts {
            check.did(format!("insert of keys 0 to {}, then of key {key} again", inserts - 1));
            check.means(
                "The key is there already, perhaps in the old table. An insert that does not look there makes a second \
                 entry of it: `len` is wrong, and later one of the two comes out, the old or the new.",
            );
            let old = table.insert(Key(key), 1000 + key);
            check.equal((Some(key), inserts as usize), (old, table.len()))?;
        }
        for key in 0..inserts {
            check.did(format!("insert of keys 0 to {}, twice, then get key {key}", inserts - 1));
            check.equal(Some(1000 + key), found(&table, key))?;
        }
    }

    check.step("an entry removed while the table grows");
    for inserts in 1..300 {
        let mut table = filled(inserts);
        for key in 0..inserts {
            check.did(format!("insert of keys 0 to {}, then remove of 0 to {key}", inserts - 1));
            check.means(
                "What is to be removed may not have moved yet. It is in the old table then.",
            );
            let removed = table.remove(&Key(key));
            let left = (inserts - 1 - key) as usize;
            check.equal((Some(key), None, left), (removed, found(&table, key), table.len()))?;
        }
    }

    check.step("how many keys one insert hashes");
    let mut table = Table::new();
    for number in 0..50_000 {
        check.did(format!("insert number {}", number + 1));
        HASHES.set(0);
        table.insert(Key(number), number);
        check.means(if HASHES.get() > number as usize {
            "Every entry was moved in this one insert. With a hundred million entries it takes seconds, and whoever \
             wants the shard waits as long. The average is small, and that helps none of them."
        } else {
            "One insert moves a few entries: a bucket or two."
        });
        check.that(
            HASHES.get() <= MOST,
            format!("{MOST} keys hashed at most"),
            format!("{} keys hashed", HASHES.get()),
        )?;
        check.means("A table that is made too large from the beginning need not grow. It is memory for nothing.");
        let most = 4 * table.len() + 16;
        check.that(
            table.buckets() <= most,
            format!("{most} buckets at most for {} entries", table.len()),
            format!("{} buckets", table.buckets()),
        )?;
        check.means(
            "The table grows no more, or too late, so its buckets become longer and longer. Perhaps it has begun to grow \
             and does not come to an end, or not in time: until then it cannot begin again.",
        );
        let fewest = table.len() / 2;
        check.that(
            table.buckets() >= fewest,
            format!("{fewest} buckets at least for {} entries", table.len()),
            format!("{} buckets", table.buckets()),
        )?;
    }
    check.did("insert of 50000 keys, then get of each");
    check.means("Entries were lost on the way.");
    let lost = (0..50_000).filter(|key| found(&table, *key) != Some(*key)).count();
    check.that(lost == 0, "all of them", format!("{lost} are not there"))?;

    check.step("how many keys other operations hash");
    for key in 0..50_000 {
        check.did(format!("get of key {key}, remove of key {key}, where there were 50000"));
        check.means("To find an entry takes its own hash. If it moves others, then a few.");
        HASHES.set(0);
        found(&table, key);
        let by_get = HASHES.replace(0);
        table.remove(&Key(key));
        let by_remove = HASHES.get();
        check.that(
            by_get.max(by_remove) <= MOST,
            format!("{MOST} keys hashed at most"),
            format!("{by_get} and {by_remove} keys hashed"),
        )?;
    }

    check.step("a hundred thousand operations in any order");
    many(check)
}

fn filled(inserts: u32) -> Table {
    let mut table = Table::new();
    for key in 0..inserts {
        table.insert(Key(key), key);
    }
    table
}

fn found(table: &Table, key: u32) -> Option<u32> {
    table.get(&Key(key)).copied()
}

/// What looks like a random order, and is the same every time, beside a map.
fn many(check: &Check) -> Verdict {
    check.means("It is one table, whatever it is doing just now.");
    let mut random = fastrand::Rng::with_seed(83);
    let mut table = Table::new();
    let mut model = HashMap::new();
    for number in 0..100_000 {
        let key = random.u32(..4000);
        // It grows for a while, and shrinks for a while.
        let grows = number / 10_000 % 2 == 0;
        if random.u8(..10) < if grows { 8 } else { 3 } {
            check.did(format!("operation {number}: insert of key {key}"));
            check.equal(model.insert(key, number), table.insert(Key(key), number))?;
        } else {
            check.did(format!("operation {number}: remove of key {key}"));
            check.equal(model.remove(&key), table.remove(&Key(key)))?;
        }
        check.equal((model.get(&key).copied(), model.len()), (found(&table, key), table.len()))?;
    }
    Ok(())
}

thread_local! {
    /// How often a key was hashed.
    static HASHES: Cell<usize> = const { Cell::new(0) };
}

/// A key that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key(u32);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        HASHES.set(HASHES.get() + 1);
        self.0.hash(state);
    }
}
