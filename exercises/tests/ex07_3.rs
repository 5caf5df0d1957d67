//! The check of exercise 07.3: a key tells when it is looked up in a map. A load that waits for that goes on only when
//! another client has found the key missing, or waits for it.

use std::hash::{Hash, Hasher};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use exercises::{Check, Failure, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex07_3.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex07_3.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

type Cache = answer::Cache<Key, &'static str>;

/// Only a wrong answer waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    exercises::run("07.3", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a key that is asked for twice");
    let cache = Cache::new(64);
    for (key, value, loads) in
        [("home", "1", 1), ("home", "1", 0), ("news", "2", 1), ("home", "1", 0)]
    {
        let known = if loads == 0 { "it" } else { "nothing" };
        check.did(format!("get({key:?}), of which the cache has {known}"));
        check.means("What was loaded once is kept, for its own key.");
        let mut loaded = 0;
        let got: Option<&str> = cache.get(&Key::new(key), || {
            loaded += 1;
            Some(value)
        });
        check.equal((Some(value), loads), (got, loaded))?;
    }

    check.step("a load that fails");
    let cache = Cache::new(64);
    for (load, expected) in [(None, None), (Some("1"), Some("1")), (None, Some("1"))] {
        check.did("get with a load that fails, get with one that works, get with one that fails");
        check.means(match load {
            None => "`None` is what a load that failed gives; what is in the cache needs no load.",
            Some(_) => {
                "The failure was kept as if it were a value. The database was away for a moment, and the page is \
                 away for ever."
            }
        });
        let got: Option<&str> = cache.get(&Key::new("home"), || load);
        check.equal(expected, got)?;
    }

    check.step("a load that takes another key of another shard from the cache");
    check.means(
        "While one key is loaded, the other one, in another shard, could not be had: one lock is held for all loads. \
         Here a load waits for itself; elsewhere a slow page makes all the others slow.",
    );
    // So many that two keys do not share one.
    nested(check, Cache::new(1 << 16))?;

    check.step("a load that takes another key of the same shard from the cache");
    check.means(
        "The shard is locked while its key is loaded. A lock is held for work in memory, never for a wait: all keys of \
         this shard wait as long as the load takes, and here the load is one of those who wait.",
    );
    nested(check, Cache::new(1))?;

    check.step("two clients who ask for the same key");
    let Two { values, loads } = two(check, Some("1"))?;
    check.means(match values {
        [Some(_), Some(_)] => {
            "The second one found nothing in the cache, since the first was not ready, and went to load it, too. \
             With a hundred clients that makes a hundred loads. That nothing is there and that nobody is about to \
             bring it are two different things."
        }
        _ => "The second one came while the first was loading. It waits, and gets the same.",
    });
    check.that(
        (values, loads) == ([Some("1"); 2], 1),
        "1 load, and its value for both",
        // Which of two loads is kept is a matter of luck, and not what is wrong.
        match loads {
            1 => format!("1 load; {values:?} for the first and the second"),
            _ => format!("{loads} loads"),
        },
    )?;

    check.step("two clients who ask for the same key, and the first load fails");
    let Two { values, loads } = two(check, None)?;
    check.means(
        "The second one waited for a load that failed. Nothing is there, so it loads itself: its own try may succeed.",
    );
    check.that(
        (values, loads) == ([None, Some("2")], 2),
        "2 loads; None for the first and Some(\"2\") for the second",
        format!("{loads} loads; {values:?} for the first and the second"),
    )
}

/// A load of one key that needs another one.
fn nested(check: &Check, cache: Cache) -> Verdict {
    check.did("get(\"page\") with a load that calls get(\"header\")");
    let (sender, receiver) = mpsc::channel();
    // Left behind if it hangs.
    thread::spawn(move || {
        let inner = || cache.get(&Key::new("header"), || Some("2"));
        let outer: Option<&str> = cache.get(&Key::new("page"), || inner().and(Some("1")));
        let _ = sender.send((outer, inner()));
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(values) => check.equal((Some("1"), Some("2")), values),
        Err(_) => Err(Failure::told("both keys", "no end: the load waits for a lock")),
    }
}

/// What came of two clients who asked for one key.
struct Two {
    values: [Option<&'static str>; 2],
    loads: usize,
}

/// Two clients, of whom the second looks the key up while the first is loading it.
fn two(check: &Check, first_loads: Option<&'static str>) -> Result<Two, Failure> {
    check.did(format!(
        "get(\"home\") with a load that gives {first_loads:?}, and that ends when another thread has looked for \
         \"home\" in the map"
    ));
    check.means(
        "The second client never got to look into its shard: it is locked while a key is loaded.",
    );
    let cache = Arc::new(Cache::new(1));
    let loads = Arc::new(AtomicUsize::new(0));
    let (loading, is_loading) = mpsc::channel();
    let (looked, has_looked) = mpsc::channel();
    let first = thread::spawn({
        let (cache, loads) = (Arc::clone(&cache), Arc::clone(&loads));
        move || {
            let mut waited = Ok(());
            let value: Option<&str> = cache.get(&Key::new("home"), || {
                loads.fetch_add(1, Ordering::Relaxed);
                let _ = loading.send(());
                waited = has_looked.recv_timeout(PATIENCE);
                first_loads
            });
            (value, waited)
        }
    });
    is_loading.recv_timeout(PATIENCE)?;
    let second = thread::spawn({
        let (cache, loads) = (Arc::clone(&cache), Arc::clone(&loads));
        move || -> Option<&str> {
            cache.get(&Key { name: "home", looked: Some(looked) }, || {
                loads.fetch_add(1, Ordering::Relaxed);
                Some("2")
            })
        }
    });
    let (Ok((first, waited)), Ok(second)) = (first.join(), second.join()) else {
        return Err(Failure::told("two values", "a panic"));
    };
    if waited.is_err() {
        return Err(Failure::told(
            "a second client who looks for the key",
            "none: it waits for a lock",
        ));
    }
    Ok(Two { values: [first, second], loads: loads.load(Ordering::Relaxed) })
}

/// A key that tells when its place in a map is looked for.
#[derive(Clone)]
struct Key {
    name: &'static str,
    looked: Option<mpsc::Sender<()>>,
}

impl Key {
    fn new(name: &'static str) -> Key {
        Key { name, looked: None }
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        self.name.as_bytes()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.name == other.name
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        // The map that is asked belongs to a shard, whose lock is held now: the first client cannot put anything in
        // before this look is done.
        if let Some(looked) = &self.looked {
            let _ = looked.send(());
        }
    }
}
