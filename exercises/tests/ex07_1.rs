//! The check of exercise 07.1: its numbers know at which step of an operation they are, and let another client come or
//! go before it. Every place between two steps is tried, so no luck is needed.

use std::cell::{Cell, RefCell};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::AtomicU64;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex07_1.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex07_1.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

type Gauge = answer::Gauge<Watched>;

fn main() -> ExitCode {
    exercises::run("07.1", check)
}

fn check(check: &Check) -> Verdict {
    check.step("one client after the other");
    check.did("enter, enter, leave, enter, leave, leave");
    check.means(
        "`now` follows every client that comes or goes; `peak` follows it upwards and never comes down.",
    );
    let gauge = answer::Gauge::new(AtomicU64::default(), AtomicU64::default());
    // Whether or not an answer stores anything, a number can be stored.
    answer::Number::store(&AtomicU64::default(), 1);
    gauge.enter();
    gauge.enter();
    check.equal((2, 2), (gauge.now(), gauge.peak()))?;
    gauge.leave();
    gauge.enter();
    check.equal((2, 2), (gauge.now(), gauge.peak()))?;
    gauge.leave();
    gauge.leave();
    check.equal((0, 2), (gauge.now(), gauge.peak()))?;

    check.step("how many there are, when somebody comes or goes in the middle of it");
    everywhere(check, |scene, gauge, clients| {
        check.means(match scene.before.borrow().as_str() {
            "now.store" => {
                "`store` writes what was worked out from an older number: what the other client did in between is \
                 gone. To read, to change and to write back must be one step."
            }
            _ => "Each client that comes or goes must count, whatever others do meanwhile.",
        });
        check.that(
            gauge.now() == clients,
            format!("{clients} connected"),
            format!("{} connected", gauge.now()),
        )
    })?;

    check.step("how many there were, when somebody comes or goes in the middle of it");
    everywhere(check, |scene, gauge, _| {
        check.means(match scene.before.borrow().as_str() {
            "now.load" => {
                "The number was looked at a second time, and somebody had left by then. So the client that made the \
                 peak saw a lower one. The step that adds also tells what it made of the number."
            }
            "peak.store" => {
                "When the peak was looked at it was lower. Until it was written, another client had raised it \
                 further, and that was written over. To compare and to write must be one step."
            }
            _ => "The peak is the most that `now` has ever been, if only between two steps.",
        });
        let highest = scene.highest.get();
        check.that(
            gauge.peak() == highest,
            format!("a peak of {highest}: so many there were"),
            format!("a peak of {}", gauge.peak()),
        )
    })
}

/// What a client does: as a word, as a call, and how many clients come and go by it.
type Client = (&'static str, fn(&Gauge), [u64; 2]);

const CLIENTS: [Client; 3] = [
    ("enters", |gauge| gauge.enter(), [1, 0]),
    ("leaves", |gauge| gauge.leave(), [0, 1]),
    (
        "enters and leaves",
        |gauge| {
            gauge.enter();
            gauge.leave();
        },
        [0, 0],
    ),
];

/// Two clients are connected. One comes or goes, and between two of its steps another one does: all ways to do so.
fn everywhere(check: &Check, look: impl Fn(&Scene, &Gauge, u64) -> Verdict) -> Verdict {
    for (name, run, [more, less]) in CLIENTS.into_iter().take(2) {
        for (other_name, other, [other_more, other_less]) in CLIENTS {
            let mut after = 1;
            loop {
                let scene = Rc::new(Scene::default());
                let gauge = Rc::new(Gauge::new(
                    Watched::new("now", Rc::clone(&scene)),
                    Watched::new("peak", Rc::clone(&scene)),
                ));
                gauge.enter();
                gauge.enter();
                check.did(format!("2 are connected; one {name} while another {other_name}"));
                scene.made.set(0);
                let others = Rc::clone(&gauge);
                *scene.other.borrow_mut() = Some((after, Box::new(move || other(&others))));
                run(&gauge);
                if scene.other.borrow_mut().take().is_some() {
                    break;
                }
                check.did(format!(
                    "2 are connected; one {name}, and another {other_name} between its {} and its {}",
                    scene.last.borrow(),
                    scene.before.borrow()
                ));
                look(&scene, &gauge, 2 + more + other_more - less - other_less)?;
                after += 1;
            }
        }
    }
    Ok(())
}

type Other = (usize, Box<dyn FnOnce()>);

/// What happens around the numbers of one gauge.
#[derive(Default)]
struct Scene {
    /// Steps that were made.
    made: Cell<usize>,
    /// The last of them.
    last: RefCell<String>,
    /// The one before which the other client came.
    before: RefCell<String>,
    /// What another client does, and after how many steps.
    other: RefCell<Option<Other>>,
    /// The most that `now` has been.
    highest: Cell<u64>,
}

/// One of a gauge's numbers.
struct Watched {
    name: &'static str,
    scene: Rc<Scene>,
    value: Cell<u64>,
}

impl Watched {
    fn new(name: &'static str, scene: Rc<Scene>) -> Watched {
        Watched { name, scene, value: Cell::new(0) }
    }

    /// One step: makes `new` of the value and returns what it was.
    fn step(&self, operation: &str, new: impl FnOnce(u64) -> u64) -> u64 {
        let step = format!("{}.{operation}", self.name);
        let scene = &*self.scene;
        let is_due = |(after, _): &mut Other| scene.made.get() >= *after;
        let other = scene.other.borrow_mut().take_if(is_due);
        if let Some((_, other)) = other {
            let last = scene.last.borrow().clone();
            other();
            *scene.last.borrow_mut() = last;
            *scene.before.borrow_mut() = step;
        } else {
            if scene.other.borrow().is_some() {
                *scene.last.borrow_mut() = step;
            }
            scene.made.set(scene.made.get() + 1);
        }
        let old = self.value.get();
        self.value.set(new(old));
        if self.name == "now" {
            scene.highest.set(scene.highest.get().max(self.value.get()));
        }
        old
    }
}

impl answer::Number for Watched {
    fn load(&self) -> u64 {
        self.step("load", |value| value)
    }

    fn store(&self, value: u64) {
        self.step("store", |_| value);
    }

    fn fetch_add(&self, more: u64) -> u64 {
        self.step("fetch_add", |value| value.wrapping_add(more))
    }

    fn fetch_sub(&self, less: u64) -> u64 {
        self.step("fetch_sub", |value| value.wrapping_sub(less))
    }

    fn fetch_max(&self, other: u64) -> u64 {
        self.step("fetch_max", |value| value.max(other))
    }
}
