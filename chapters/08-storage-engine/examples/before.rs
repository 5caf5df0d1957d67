//! The naive version of chapter 08: SETNX as a check, and then a set. Each takes the lock; both together do not.
//!
//! No server: clients race for keys in process, and the program counts who was told "it is yours".

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;

/// The naive version: lets threads race for keys with a SETNX made of two steps, and counts the winners
#[derive(Debug, Parser)]
struct Options {
    /// Races, each for a key of its own
    #[arg(long, default_value_t = 10_000)]
    races: usize,
    /// Threads that take part in each
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Debug, Default)]
struct Store(Mutex<HashMap<String, usize>>);

impl Store {
    fn exists(&self, key: &str) -> bool {
        self.0.lock().is_ok_and(|map| map.contains_key(key))
    }

    fn set(&self, key: &str, value: usize) {
        if let Ok(mut map) = self.0.lock() {
            map.insert(key.to_string(), value);
        }
    }

    // ANCHOR: setnx
    /// Whether `key` is now ours.
    fn setnx(&self, key: &str, value: usize) -> bool {
        if self.exists(key) {
            return false;
        }
        // The key is free: so it is for everybody else who asks now. A thread may lose its processor at any point. Here it
        // gives it up, so that it happens while you look.
        std::thread::yield_now();
        self.set(key, value);
        true
    }
    // ANCHOR_END: setnx
}

fn main() {
    let Options { races, threads } = Options::parse();
    let store = Store::default();
    let winners: Vec<AtomicUsize> = (0..races).map(|_| AtomicUsize::new(0)).collect();
    let arrived = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (store, winners, arrived) = (&store, &winners, &arrived);
            scope.spawn(move || {
                for (race, winners) in winners.iter().enumerate() {
                    // The last to arrive lets everybody go.
                    arrived.fetch_add(1, Ordering::AcqRel);
                    while arrived.load(Ordering::Acquire) < (race + 1) * threads {
                        std::thread::yield_now();
                    }
                    let won = store.setnx(&format!("lock:{race}"), thread);
                    winners.fetch_add(usize::from(won), Ordering::Relaxed);
                }
            });
        }
    });
    let won_by = |least: usize| {
        winners.iter().filter(|winners| winners.load(Ordering::Relaxed) >= least).count()
    };
    println!("{races} keys, {threads} threads that want each of them");
    println!("one winner        {:>8}", won_by(1) - won_by(2));
    println!("several winners   {:>8}", won_by(2));
}
