//! The check of exercise 08.2: each element's address is written down when it is pushed, and looked at again later. Two
//! lists grow in turns, so that neither can be given more room at the place where it is.

use std::collections::VecDeque;
use std::process::ExitCode;

use exercises::{Check, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex08_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex08_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

use answer::CHUNK;

type List = answer::List<usize>;

fn main() -> ExitCode {
    exercises::run("08.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a few elements");
    let mut list: answer::List<&str> = answer::List::new();
    check.did("push_back b, push_back c, push_front a, then get 0 to 3");
    check.means("The front is index 0, and behind the last element there is none.");
    list.push_back("b");
    list.push_back("c");
    list.push_front("a");
    let all: Vec<Option<&str>> = (0..4).map(|index| list.get(index).copied()).collect();
    check.equal((3, vec![Some("a"), Some("b"), Some("c"), None]), (list.len(), all))?;
    check.did(
        "push_back b, push_back c, push_front a, then pop_front, pop_back, pop_front, pop_back",
    );
    check.means("What is popped is gone, and an empty list has nothing to pop.");
    let popped = [list.pop_front(), list.pop_back(), list.pop_front(), list.pop_back()];
    check.equal([Some("a"), Some("c"), Some("b"), None], popped)?;
    check.equal((0, None), (list.len(), list.get(0)))?;

    check.step("more than a chunk");
    let elements = 3 * CHUNK + 5;
    for [front, name] in [["", "push_back"], ["front", "push_front"]] {
        let mut list = List::new();
        for number in 0..elements {
            if front.is_empty() { list.push_back(number) } else { list.push_front(number) }
        }
        for number in 0..elements {
            let index = if front.is_empty() { number } else { elements - 1 - number };
            check.did(format!("{name} of 0 to {}, then get({index})", elements - 1));
            check.means(
                "All chunks but the first and the last are full. Where elements were pushed in front, the first one \
                 need not be: the chunks behind it begin at an index that is no multiple of its size.",
            );
            check.equal(Some(number), list.get(index).copied())?;
        }
    }

    check.step("pops across the border of a chunk");
    for [front, name] in [["", "pop_back"], ["front", "pop_front"]] {
        let mut list = List::new();
        (0..elements).for_each(|number| list.push_back(number));
        for popped in 0..elements {
            check.did(format!(
                "push_back of 0 to {}, then {name} the {}th time",
                elements - 1,
                popped + 1
            ));
            check.means(
                "The chunk at this end has nothing left, and the next one has. A chunk goes with its last element: \
                 else the list looks empty, and the chunk keeps its memory.",
            );
            let (expected, got) = if front.is_empty() {
                (elements - 1 - popped, list.pop_back())
            } else {
                (popped, list.pop_front())
            };
            check.equal(Some(expected), got)?;
            few_chunks(check, &list)?;
        }
    }

    check.step("where elements are while others are pushed behind them");
    check.means(
        "Elements were moved. Something that is full takes a larger place and moves all it has: the list as a whole, \
         or a chunk that was made with less room than it comes to need.",
    );
    stays(check, "push_back", |list, number| list.push_back(number), |list| list.len() - 1)?;

    check.step("where elements are while others are pushed in front of them");
    check.means(
        "Elements were moved, and not when they were pushed behind each other: each one in front makes those behind \
         it go on by a place, or fills a chunk that has no room for it. A push in front that finds no room needs a \
         new chunk.",
    );
    stays(check, "push_front", |list, number| list.push_front(number), |_| 0)?;

    check.step("ten thousand operations at both ends");
    many(check)
}

/// Pushes many elements, and looks for each of them at the end where it was at first.
fn stays(
    check: &Check,
    name: &str,
    push: fn(&mut List, usize),
    index_of_new: fn(&List) -> usize,
) -> Verdict {
    let elements = 20 * CHUNK;
    check.did(format!(
        "{name} of {elements} elements; the address of each when it was pushed, and after the last"
    ));
    let mut list = List::new();
    let mut other = List::new();
    let mut addresses = Vec::new();
    for number in 0..elements {
        push(&mut list, number);
        push(&mut other, number);
        addresses.push(list.get(index_of_new(&list)).map(std::ptr::from_ref));
    }
    if index_of_new(&list) == 0 {
        addresses.reverse();
    }
    let stayed = addresses
        .iter()
        .enumerate()
        .all(|(index, address)| *address == list.get(index).map(std::ptr::from_ref));
    check.that(stayed, "every element where it was", "an element that is somewhere else")?;
    few_chunks(check, &list)
}

fn few_chunks(check: &Check, list: &List) -> Verdict {
    let (len, chunks) = (list.len(), list.chunks());
    let most = if len == 0 { 0 } else { len / CHUNK + 2 };
    if chunks > most {
        check.means(
            "A chunk has room for all its elements from the beginning. Those that are empty, or part full in the \
             middle of the list, are memory that is kept for nothing.",
        );
    }
    check.that(
        chunks <= most,
        format!("{most} chunks at most for {len} elements"),
        format!("{chunks} chunks"),
    )
}

/// Pushes and pops in an order that looks random and is the same every time, beside a plain list.
fn many(check: &Check) -> Verdict {
    check.means("It is a list still, wherever the borders between its chunks are.");
    let mut random = fastrand::Rng::with_seed(8);
    let mut list = List::new();
    let mut model = VecDeque::new();
    for number in 0..10_000 {
        // The list drifts: it grows at one end while it shrinks at the other, and the ends change.
        let (front, push) = match number / 1000 % 4 {
            0 => (random.bool(), random.u8(..10) < 7),
            1 => (random.u8(..10) < 3, random.bool()),
            2 => (random.u8(..10) < 7, random.bool()),
            _ => (random.bool(), random.u8(..10) < 3),
        };
        match (front, push) {
            (true, true) => {
                list.push_front(number);
                model.push_front(number);
            }
            (false, true) => {
                list.push_back(number);
                model.push_back(number);
            }
            (true, false) => {
                check.did(format!("operation {number}: pop_front"));
                check.equal(model.pop_front(), list.pop_front())?;
            }
            (false, false) => {
                check.did(format!("operation {number}: pop_back"));
                check.equal(model.pop_back(), list.pop_back())?;
            }
        }
        check.equal(model.len(), list.len())?;
        let index = random.usize(..=model.len());
        check.did(format!("operation {number}, then get({index}) of {} elements", model.len()));
        check.equal(model.get(index), list.get(index))?;
        few_chunks(check, &list)?;
    }
    Ok(())
}
