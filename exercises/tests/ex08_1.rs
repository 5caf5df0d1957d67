//! The check of exercise 08.1: its data lets another client act whenever an operation has let go of it and comes again.

use std::cell::{Cell, RefCell};
use std::process::ExitCode;

use chapter_07::Sharded;
use chapter_08::storage::{Condition, End, Keyspace, Kind, StorageError};
use exercises::{Check, Failure, Verdict, quote};

#[cfg_attr(feature = "solutions", path = "../solutions/ex08_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex08_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::Data;

const LOCK: &[u8] = b"lock:printer";

fn main() -> ExitCode {
    exercises::run("08.1", check)
}

fn check(check: &Check) -> Verdict {
    check.step("one client after the other");
    let data: Sharded<Keyspace> = Sharded::new(4);
    check.did(
        "anna takes it; ben takes it; ben passes it on to carl; ben gives it back; anna gives it back; ben takes it",
    );
    check
        .means("Only who has it can give it back or pass it on, and only a free one can be taken.");
    let results = [
        Ok(answer::take(&data, LOCK, b"anna")),
        Ok(answer::take(&data, LOCK, b"ben")),
        answer::pass_on(&data, LOCK, b"ben", b"carl"),
        answer::give_back(&data, LOCK, b"ben"),
        answer::give_back(&data, LOCK, b"anna"),
        Ok(answer::take(&data, LOCK, b"ben")),
    ];
    check.equal([true, false, false, false, true, true].map(Ok).to_vec(), results.to_vec())?;
    check.did("ben passes it on to carl; ben gives it back; then look who has it");
    let results =
        [answer::pass_on(&data, LOCK, b"ben", b"carl"), answer::give_back(&data, LOCK, b"ben")];
    check.equal([Ok(true), Ok(false)], results)?;
    check.equal(Ok(Some("carl".to_owned())), data.read(LOCK, owner))?;
    check.did("give back and pass on a lock that nobody has");
    check.means("A lock that does not exist is nobody's.");
    let none = b"lock:other";
    let results =
        (answer::give_back(&data, none, b"ben"), answer::pass_on(&data, none, b"ben", b"a"));
    check.equal((Ok(false), Ok(false)), results)?;
    check.equal(false, data.write(none, |keys| keys.contains(none)))?;

    check.step("a key that holds a list");
    let data: Sharded<Keyspace> = Sharded::new(4);
    data.write(LOCK, |keys| keys.push(LOCK, End::Tail, &["a", "b"]))?;
    check.means(
        "A list is nobody's lock: an error for who gives it back, and a key that exists for who wants to take it. An \
         operation that fails has changed nothing, so the list is still there.",
    );
    check.did("RPUSH lock:printer a b; then anna takes it");
    check.equal(false, answer::take(&data, LOCK, b"anna"))?;
    for (name, run) in [
        (
            "gives it back",
            Box::new(|| answer::give_back(&data, LOCK, b"anna")) as Box<dyn Fn() -> _>,
        ),
        ("passes it on", Box::new(|| answer::pass_on(&data, LOCK, b"anna", b"ben"))),
    ] {
        check.did(format!("RPUSH lock:printer a b; then anna {name}; then TYPE lock:printer"));
        let result: Result<bool, StorageError> = run();
        let kind = data.write(LOCK, |keys| keys.kind(LOCK).map_or("none", Kind::name));
        check.equal((Err(StorageError::WrongType), "list"), (result, kind))?;
    }

    check.step("a lock that ben takes in the middle of anna's taking it");
    let data = Watched::new(None, |keys| keys.set(LOCK, b"ben", Condition::IfAbsent));
    check.did("anna takes it; as soon as she lets go of the shard to come again, ben takes it");
    check.means(
        "The lock was free when anna looked. That was true then. When she set it, it was ben's: both were told that it \
         is theirs, and both print.",
    );
    let anna = answer::take(&data, LOCK, b"anna");
    let ben = data.other_did.get() == Some(true);
    check.that(
        anna != ben,
        "one of them has it",
        if anna { "both were told that they have it" } else { "neither has it" },
    )?;

    check.step("a lock that is another's in the middle of anna's giving it back");
    check.did(
        "anna gives it back; as soon as she lets go of the shard to come again, an operator deletes it and ben takes \
         it",
    );
    check.means(
        "It was anna's when she looked. What she removed a moment later was ben's lock: carl takes it, and ben and \
         carl print at the same time.",
    );
    changed_hands(|data| answer::give_back(data, LOCK, b"anna"))?;

    check.step("a lock that is another's in the middle of anna's passing it on");
    check.did(
        "anna passes it on to carl; as soon as she lets go of the shard to come again, an operator deletes it and ben \
         takes it",
    );
    check.means(
        "It was anna's when she looked. What she gave to carl a moment later was ben's lock.",
    );
    changed_hands(|data| answer::pass_on(data, LOCK, b"anna", b"carl"))?;

    check.step("a lock that ben wants in the middle of anna's passing it on");
    let data = Watched::new(Some("anna"), |keys| keys.set(LOCK, b"ben", Condition::IfAbsent));
    check.did("anna passes it on to carl; as soon as she lets go of the shard to come again, ben tries to take it");
    check.means(
        "Between anna and carl there was a moment when nobody had the lock. Ben was there. To give back and to take \
         are two steps, however short each is.",
    );
    let passed_on = answer::pass_on(&data, LOCK, b"anna", b"carl")?;
    check.equal((true, "carl"), (passed_on, owner(&data.keys.lock())?.unwrap_or_default().as_str()))
}

/// Runs what anna does with her lock, of which ben becomes the owner as soon as she lets go of the shard.
fn changed_hands(run: impl FnOnce(&Watched) -> Result<bool, StorageError>) -> Verdict {
    let data = Watched::new(Some("anna"), |keys| {
        keys.remove(LOCK);
        keys.set(LOCK, b"ben", Condition::Always)
    });
    run(&data)?;
    match (data.other_did.get(), owner(&data.keys.lock())?.as_deref()) {
        (None, _) | (Some(_), Some("ben")) => Ok(()),
        (Some(_), now) => Err(Failure::told(
            "ben still has it",
            now.map_or("nobody has it".to_owned(), |now| format!("{now} has it")),
        )),
    }
}

/// Who has the lock.
fn owner(keys: &Keyspace) -> Result<Option<String>, StorageError> {
    Ok(keys.string(LOCK)?.map(quote))
}

type Other = fn(&mut Keyspace) -> bool;

/// Data with another client, who acts once: when an operation comes for the second time.
struct Watched {
    keys: parking_lot::Mutex<Keyspace>,
    comes: Cell<usize>,
    other: RefCell<Option<Other>>,
    /// What the other client was told.
    other_did: Cell<Option<bool>>,
}

impl Watched {
    fn new(owner: Option<&str>, other: Other) -> Watched {
        let mut keys = Keyspace::default();
        if let Some(owner) = owner {
            keys.set(LOCK, owner.as_bytes(), Condition::Always);
        }
        Watched {
            keys: parking_lot::Mutex::new(keys),
            comes: Cell::new(0),
            other: RefCell::new(Some(other)),
            other_did: Cell::new(None),
        }
    }
}

impl Data for Watched {
    fn write<R>(&self, _key: &[u8], job: impl FnOnce(&mut Keyspace) -> R) -> R {
        let mut keys = self.keys.lock();
        if self.comes.replace(self.comes.get() + 1) == 1
            && let Some(other) = self.other.take()
        {
            self.other_did.set(Some(other(&mut keys)));
        }
        job(&mut keys)
    }
}
