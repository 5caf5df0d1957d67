//! Counts right, and writes the peak if it was lower when it was looked at.

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
        // What `now` was made by this very client: to look again would be to ask about somebody else.
        let now = self.now.fetch_add(1) + 1;
        if now > self.peak.load() {
            self.peak.store(now);
        }
    }

    /// A client has gone.
    pub fn leave(&self) {
        self.now.fetch_sub(1);
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
