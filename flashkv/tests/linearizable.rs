//! Threads run MSET, MGET and RENAME on the same keys, and note when each began and ended: whatever they were answered, the
//! commands must have happened one after the other, each at some moment between the two.
//!
//! The order is searched for as Wing and Gong do: any command may come next that began before all that are left had ended.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use flashkv::connection::Wire;
use flashkv::{Clock, Config, Shared};

const KEYS: [&str; 3] = ["x", "y", "z"];
const THREADS: usize = 3;
const COMMANDS: usize = 5;
/// Rounds for which threads are kept.
const ROUNDS: u64 = 50;
/// How long histories are made for: how many that gives depends on the machine.
const TIME: Duration = Duration::from_secs(2);

/// What each key holds.
type State = [Option<u32>; KEYS.len()];

#[derive(Clone, Copy, Debug)]
enum Command {
    /// Sets all keys but the one, if any, to a value.
    MSet {
        but: Option<usize>,
        value: u32,
    },
    MGet,
    Rename {
        from: usize,
        to: usize,
    },
}

#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Ok,
    NoSuchKey,
    Values(State),
}

/// A command that was run, and the moments between which it was.
#[derive(Clone, Debug)]
struct Event {
    command: Command,
    answer: Answer,
    began: u64,
    ended: u64,
}

impl Command {
    fn random(rng: &mut Rng, value: u32) -> Command {
        match rng.u8(..5) {
            0 | 1 => Command::MSet { but: (0..KEYS.len()).nth(rng.usize(..=KEYS.len())), value },
            2 | 3 => Command::MGet,
            _ => {
                let from = rng.usize(..KEYS.len());
                Command::Rename { from, to: (from + rng.usize(1..KEYS.len())) % KEYS.len() }
            }
        }
    }

    /// What the command does when nothing else happens.
    fn apply(self, state: &mut State) -> Answer {
        match self {
            Command::MSet { but, value } => {
                let set = state.iter_mut().enumerate().filter(|(key, _)| Some(*key) != but);
                set.for_each(|(_, held)| *held = Some(value));
                Answer::Ok
            }
            Command::MGet => Answer::Values(*state),
            Command::Rename { from, to } => match state[from].take() {
                None => Answer::NoSuchKey,
                moved => {
                    state[to] = moved;
                    Answer::Ok
                }
            },
        }
    }

    fn run(self, wire: &mut Wire) -> Answer {
        let request = match self {
            Command::MSet { but, value } => {
                let keys = KEYS.iter().enumerate().filter(|(key, _)| Some(*key) != but);
                format!(
                    "MSET{}\r\n",
                    keys.map(|(_, key)| format!(" {key} {value}")).collect::<String>()
                )
            }
            Command::MGet => format!("MGET {}\r\n", KEYS.join(" ")),
            Command::Rename { from, to } => format!("RENAME {} {}\r\n", KEYS[from], KEYS[to]),
        };
        let reply = String::from_utf8(wire.send(request.as_bytes())).unwrap();
        match reply.as_str() {
            "+OK\r\n" => Answer::Ok,
            "-ERR no such key\r\n" => Answer::NoSuchKey,
            values => {
                // Nulls take one line, values a line with their length more.
                let mut lines = values.lines().skip(1);
                Answer::Values(std::array::from_fn(|_| match lines.next().unwrap() {
                    "$-1" => None,
                    _ => Some(lines.next().unwrap().parse().unwrap()),
                }))
            }
        }
    }
}

/// Whether the events can have happened one after the other, with keys that held nothing before.
fn is_linearizable(history: &[Event]) -> bool {
    let all = (1_u32 << history.len()) - 1;
    let mut seen = HashSet::from([(0_u32, State::default())]);
    let mut open: Vec<_> = seen.iter().copied().collect();
    while let Some((done, state)) = open.pop() {
        if done == all {
            return true;
        }
        let left = || (0..history.len()).filter(|event| done & 1 << event == 0);
        let first_end = left().map(|event| history[event].ended).min().unwrap();
        for event in left().filter(|event| history[*event].began < first_end) {
            let mut after = state;
            let next = done | 1 << event;
            if history[event].command.apply(&mut after) == history[event].answer
                && seen.insert((next, after))
            {
                open.push((next, after));
            }
        }
    }
    false
}

/// Where the threads wait for each other. They do not sleep: whoever has to be woken comes too late to meet anybody.
#[derive(Default)]
struct Meeting(AtomicU64);

impl Meeting {
    fn wait(&self) {
        let all = THREADS as u64;
        let goal = (self.0.fetch_add(1, Ordering::SeqCst) / all + 1) * all;
        while self.0.load(Ordering::SeqCst) < goal {
            thread::yield_now();
        }
    }
}

#[test]
fn every_history_has_an_order() {
    let config = Config { databases: 1, threads: Some(THREADS as u16), ..Config::default() };
    let shared = Shared::new(config, Clock::manual(1_900_000_000_000));
    let (start, mut seed, mut overlaps) = (Instant::now(), 0, 0);
    while start.elapsed() < TIME || overlaps == 0 {
        for history in histories(&shared, seed) {
            assert!(is_linearizable(&history), "no order: {history:#?}");
            overlaps += pairs_at_the_same_time(&history);
        }
        seed += 1;
    }
    println!("{} histories, {overlaps} pairs of commands at the same time", seed * ROUNDS);
}

/// Lets the threads run their commands, and once all are done the next, on keys that hold nothing.
fn histories(shared: &Arc<Shared>, seed: u64) -> Vec<Vec<Event>> {
    let (ticks, meeting) = (AtomicU64::new(0), Meeting::default());
    let play = |thread: usize| {
        let mut wire = Wire::new(shared);
        let mut rng = Rng::with_seed(seed * THREADS as u64 + thread as u64);
        let mut round = || {
            let commands: [Command; COMMANDS] =
                std::array::from_fn(|at| Command::random(&mut rng, (thread * 10 + at) as u32));
            if thread == 0 {
                wire.send(b"FLUSHALL\r\n");
            }
            meeting.wait();
            let events = commands.map(|command| {
                let began = ticks.fetch_add(1, Ordering::SeqCst);
                let answer = command.run(&mut wire);
                let ended = ticks.fetch_add(1, Ordering::SeqCst);
                Event { command, answer, began, ended }
            });
            meeting.wait();
            events
        };
        (0..ROUNDS).map(|_| round()).collect::<Vec<_>>()
    };
    let play = &play;
    let threads = thread::scope(|scope| {
        let threads: [_; THREADS] = std::array::from_fn(|thread| scope.spawn(move || play(thread)));
        threads.map(|thread| thread.join().unwrap())
    });
    let of_round = |round: usize| threads.iter().flat_map(|rounds| rounds[round].clone()).collect();
    (0..ROUNDS as usize).map(of_round).collect()
}

fn pairs_at_the_same_time(history: &[Event]) -> usize {
    let overlap = |a: &Event, b: &Event| a.began < b.ended && b.began < a.ended;
    let with_later =
        |(at, a): (usize, &Event)| history.iter().skip(at + 1).filter(|b| overlap(a, b)).count();
    history.iter().enumerate().map(with_later).sum()
}

fn event(command: Command, answer: Answer, (began, ended): (u64, u64)) -> Event {
    Event { command, answer, began, ended }
}

const SET: Command = Command::MSet { but: None, value: 1 };

fn read(state: State, when: (u64, u64)) -> Event {
    event(Command::MGet, Answer::Values(state), when)
}

#[test]
fn a_read_during_a_write_may_see_all_of_it_or_nothing() {
    let during = |state| [event(SET, Answer::Ok, (0, 3)), read(state, (1, 2))];
    assert!(is_linearizable(&during([None; 3])));
    assert!(is_linearizable(&during([Some(1); 3])));
    assert!(!is_linearizable(&during([Some(1), None, Some(1)])));
}

#[test]
fn a_read_after_a_write_sees_it() {
    let after = |state| [event(SET, Answer::Ok, (0, 1)), read(state, (2, 3))];
    assert!(is_linearizable(&after([Some(1); 3])));
    assert!(!is_linearizable(&after([None; 3])));
}

#[test]
fn a_value_is_not_seen_again_after_a_read_without_it() {
    let rename = event(Command::Rename { from: 0, to: 1 }, Answer::Ok, (2, 7));
    let (before, after) = ([Some(1); 3], [None, Some(1), Some(1)]);
    let history = |first, second| {
        [event(SET, Answer::Ok, (0, 1)), rename.clone(), read(first, (3, 4)), read(second, (5, 6))]
    };
    assert!(is_linearizable(&history(before, after)));
    assert!(!is_linearizable(&history(after, before)));
    assert!(!is_linearizable(&history(before, [None, None, Some(1)])));
}

#[test]
fn one_of_two_renames_finds_nothing() {
    let rename = |answer, when| event(Command::Rename { from: 0, to: 1 }, answer, when);
    let history = |second| {
        [event(SET, Answer::Ok, (0, 1)), rename(Answer::Ok, (2, 4)), rename(second, (3, 5))]
    };
    assert!(is_linearizable(&history(Answer::NoSuchKey)));
    assert!(!is_linearizable(&history(Answer::Ok)));
}
