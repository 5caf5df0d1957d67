//! 07.1 The gauge that forgets (easy, about 10 minutes)
//!
//! A server wants to know how many clients are connected, and how many there ever were at once. `Gauge` counts them in
//! two numbers that all threads share. While one client comes after the other it is right. With many threads it
//! forgets clients, and it forgets peaks. Find out where, and mend it.
//!
//! `Number` is what the gauge needs of an atomic. Each operation of it is one step. Between two steps anything may
//! happen: the check lets another client come or go there.
//!
//! - `now` is how many clients have entered and not left.
//! - `peak` is the most that `now` has ever been.
//! - It takes no lock: the operations of `Number` are enough.
//!
//! Delete the `todo!`s when you begin.

use std::sync::atomic::{AtomicU64, Ordering};

/// An atomic number. Each operation is one step.
pub trait Number {
    /// The value.
    fn load(&self) -> u64;

    /// Replaces the value.
    fn store(&self, value: u64);

    /// Adds to the value; returns what it was before.
    fn fetch_add(&self, more: u64) -> u64;

    /// Subtracts from the value; returns what it was before.
    fn fetch_sub(&self, less: u64) -> u64;

    /// Replaces the value by `other` if that is greater; returns what it was before.
    fn fetch_max(&self, other: u64) -> u64;
}

/// The one that threads really share. What the gauge counts stands alone, so no order is asked for.
impl Number for AtomicU64 {
    fn load(&self) -> u64 {
        AtomicU64::load(self, Ordering::Relaxed)
    }

    fn store(&self, value: u64) {
        AtomicU64::store(self, value, Ordering::Relaxed);
    }

    fn fetch_add(&self, more: u64) -> u64 {
        AtomicU64::fetch_add(self, more, Ordering::Relaxed)
    }

    fn fetch_sub(&self, less: u64) -> u64 {
        AtomicU64::fetch_sub(self, less, Ordering::Relaxed)
    }

    fn fetch_max(&self, other: u64) -> u64 {
        AtomicU64::fetch_max(self, other, Ordering::Relaxed)
    }
}

/// How many clients there are, and were at most.
#[derive(Debug)]
pub struct Gauge<N> {
    now: N,
    peak: N,
}

impl<N: Number> Gauge<N> {
    /// A gauge that keeps its counts in these two, which are 0.
    pub fn new(now: N, peak: N) -> Gauge<N> {
        Gauge { now, peak }
    }

    /// A client has connected.
    pub fn enter(&self) {
        todo!("find out what another client can do in the middle");

        self.now.store(self.now.load() + 1);
        let now = self.now.load();
        if now > self.peak.load() {
            self.peak.store(now);
        }
    }

    /// A client has gone.
    pub fn leave(&self) {
        todo!("here too");

        self.now.store(self.now.load() - 1);
    }

    /// How many are connected.
    pub fn now(&self) -> u64 {
        self.now.load()
    }

    /// How many were connected at most.
    pub fn peak(&self) -> u64 {
        self.peak.load()
    }
}
