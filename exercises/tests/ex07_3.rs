//! The check of exercise 07.3: a key tells when it is looked up in a map. A load that waits for that goes on only when
//! another client waits for the key, or has begun to load it, too. What a right answer does is the same whatever the
//! timing; a wrong one is given time to do what is wrong.

use std::hash::{Hash, Hasher};
use std::process::ExitCode;
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
const PATIENCE: Duration = Duration::from_secs(3);

/// So long a load waits for another one that must not begin while it runs. A wrong answer needs a few microseconds to
/// begin it; if the machine does not give it those, there is another round.
const MOMENT: Duration = Duration::from_millis(100);
const ROUNDS: usize = 3;

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
    for _ in 0..ROUNDS {
        let Two { values, loads, at_once } = two(check, Some("1"))?;
        check.means(match values {
            [Some(_), Some(_)] => {
                "The second one found nothing in the cache, since the first was not ready, and went to load it, too. \
                 With a hundred clients that makes a hundred loads. That nothing is there and that nobody is about \
                 to bring it are two different things."
            }
            _ => "The second one came while the first was loading. It waits, and gets the same.",
        });
        check.that(
            (values, loads, at_once) == ([Some("1"); 2], 1, false),
            "1 load, and its value for both",
            // Which of two loads is kept is a matter of luck, and not what is wrong.
            match loads {
                1 => format!("1 load; {values:?} for the first and the second"),
                _ => format!("{loads} loads"),
            },
        )?;
    }

    check.step("two clients who ask for the same key, and the first load fails");
    for _ in 0..ROUNDS {
        let Two { values, loads, at_once } = two(check, None)?;
        check.means(
            "The second one waited for a load that failed. Nothing is there, so it loads itself: its own try may \
             succeed.",
        );
        let times = if at_once { ", the second during the first" } else { "" };
        check.that(
            (values, loads, at_once) == ([None, Some("2")], 2, false),
            "2 loads; None for the first and Some(\"2\") for the second",
            format!("{loads} loads{times}; {values:?} for the first and the second"),
        )?;
    }

    check.step("a third client, while the second loads again what the first could not load");
    for _ in 0..ROUNDS {
        three(check)?;
    }
    Ok(())
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
    /// Whether the second load began before the first one ended.
    at_once: bool,
}

/// Two clients, of whom the second looks the key up while the first is loading it.
fn two(check: &Check, first_loads: Option<&'static str>) -> Result<Two, Failure> {
    check.did(format!(
        "get(\"home\") with a load that gives {first_loads:?}, and that ends a moment after another thread has \
         looked for \"home\" in the map"
    ));
    check.means(
        "The second client never got to look into its shard: it is locked while a key is loaded.",
    );
    let cache = Arc::new(Cache::new(1));
    let (first, mut gate) = client(&cache, first_loads);
    gate.is_loading()?;
    let (second, mut other) = client(&cache, Some("2"));
    other.open();
    other.has_looked()?;
    let at_once = other.begins_soon();
    gate.open();
    let (Ok(first), Ok(second)) = (first.join(), second.join()) else {
        return Err(Failure::told("two values", "a panic"));
    };
    let loads = gate.loads() + other.loads();
    Ok(Two { values: [first, second], loads, at_once })
}

/// Three clients: the load of the first fails while the second waits for it; the third comes while the second loads.
fn three(check: &Check) -> Verdict {
    check.did(
        "get(\"home\") of three clients: the first load fails while the second client waits for it; the third client \
         comes while the second one is loading",
    );
    check.means("The second or the third client waits for a lock, and nobody will let it go.");
    let cache = Arc::new(Cache::new(1));
    let (first, mut gate) = client(&cache, None);
    gate.is_loading()?;
    let (second, mut other) = client(&cache, Some("2"));
    other.has_looked()?;
    let early = other.begins_soon();
    gate.open();
    // Whatever the first one does when its load has failed is done before the third one comes.
    let Ok(first) = first.join() else { return Err(Failure::told("three values", "a panic")) };
    if !early {
        other.is_loading()?;
    }
    let (third, mut last) = client(&cache, Some("3"));
    last.open();
    last.has_looked()?;
    last.begins_soon();
    other.open();
    let (Ok(second), Ok(third)) = (second.join(), third.join()) else {
        return Err(Failure::told("three values", "a panic"));
    };
    let loads = gate.loads() + other.loads() + last.loads();
    check.means(
        "The third client did not find what the second one was waiting for: the place of the key was taken out of the map \
         while somebody still used it, and a second place was made beside it. Who waits must be found by who comes.",
    );
    check.that(
        ([first, second, third], loads) == ([None, Some("2"), Some("2")], 2),
        "2 loads; None for the first, Some(\"2\") for the second and the third",
        format!("{loads} loads; {:?} for the three", [first, second, third]),
    )
}

/// What a client's thread gives back.
type Got = thread::JoinHandle<Option<&'static str>>;

/// A client who asks for "home", and whose load gives this once its gate is open.
fn client(cache: &Arc<Cache>, loads: Option<&'static str>) -> (Got, Gate) {
    let (looking, looked) = mpsc::channel();
    let (begin, begun) = mpsc::channel();
    let (open, opened) = mpsc::channel();
    let cache = Arc::clone(cache);
    let thread = thread::spawn(move || {
        cache.get(&Key { name: "home", looked: Some(looking) }, || {
            let _ = begin.send(());
            // Also when the check has ended.
            let _ = opened.recv();
            loads
        })
    });
    (thread, Gate { looked, begun, open, loads: 0 })
}

/// How far one client has come, and what its load waits for.
struct Gate {
    looked: mpsc::Receiver<()>,
    begun: mpsc::Receiver<()>,
    open: mpsc::Sender<()>,
    /// Those that are known to have begun.
    loads: usize,
}

impl Gate {
    /// Waits until the client loads.
    fn is_loading(&mut self) -> Verdict {
        match self.begun.recv_timeout(PATIENCE) {
            Ok(()) => self.loads += 1,
            Err(_) => return Err(Failure::told("a client who loads the key", "none")),
        }
        Ok(())
    }

    /// Waits until the client has looked for the key.
    fn has_looked(&self) -> Verdict {
        let looked = self.looked.recv_timeout(PATIENCE);
        looked.map_err(|_| {
            Failure::told("another client who looks for the key", "none: it waits for a lock")
        })
    }

    /// Gives a load time to begin that must not begin now, and says whether it does.
    fn begins_soon(&mut self) -> bool {
        let begins = self.begun.recv_timeout(MOMENT).is_ok();
        self.loads += usize::from(begins);
        begins
    }

    /// Lets the load end, at once if it has not begun.
    fn open(&self) {
        let _ = self.open.send(());
    }

    /// How many loads there were, when the client is done.
    fn loads(&self) -> usize {
        self.loads + self.begun.try_iter().count()
    }
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
