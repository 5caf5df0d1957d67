//! 09.3 Only where it pays (hard, about 30 minutes)
//!
//! Redis has sixteen databases, and each is sampled on its own: one may be full of dead keys while fifteen are not. The
//! chapter's sweeper goes around everywhere as long as it pays anywhere. Write one that comes back only to those where
//! it pays. `visit` looks at one sample of a database and removes what is over in it.
//!
//! - A round visits every database once. Those whose sample was bad it visits again, and again, until no database is
//!   left whose last sample was bad. Then it is finished.
//! - A sample is bad if more than a quarter of it was over.
//! - It goes around: a database is not visited again before all others that are due have had their turn.
//! - A database that somebody is using is busy: `visit` gives `None`. It is passed over until the next round, whether it
//!   was bad before or not, and is no longer due.
//! - `budget` is the most visits that a round makes, those for nothing included. If they are used up while a database is
//!   still due, the round is not finished.
//! - The first round begins with database 0, and every other one with the database that follows the one visited last, so
//!   that a small budget leaves none out.
//! - `Round` adds up what the visits did.

use chapter_09::{Engine, Swept};

/// What one visit saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Deadlines that were looked at.
    pub examined: usize,
    /// Keys that were over, and were removed.
    pub expired: usize,
}

/// Databases that can be sampled, numbered from 0.
pub trait Databases {
    /// How many there are: one at least.
    fn count(&self) -> usize;

    /// Looks at a sample of one; `None` if somebody is using it.
    fn visit(&self, database: usize) -> Option<Sample>;
}

/// The shards of the chapter's engine can be visited, too.
impl Databases for Engine {
    fn count(&self) -> usize {
        self.shards()
    }

    fn visit(&self, database: usize) -> Option<Sample> {
        let Swept { examined, removed } = self.sweep(database, self.clock().now_ms())?;
        Some(Sample { examined, expired: removed.len() })
    }
}

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Deadlines that were looked at.
    pub examined: usize,
    /// Keys that were removed.
    pub expired: usize,
    /// Visits for nothing, since somebody was using the database.
    pub busy: usize,
    /// Whether no database is due any more.
    pub finished: bool,
}

/// Goes around databases and removes what is over.
#[derive(Debug, Default)]
pub struct Sweeper {
    // What you need from one round to the next.
}

impl Sweeper {
    /// One round, of at most `budget` visits.
    pub fn round(&mut self, databases: &impl Databases, budget: usize) -> Round {
        todo!()
    }
}
