//! Begins a round with the database that the last one ended with.

use std::collections::VecDeque;

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
    /// The database visited last.
    next: usize,
}

impl Sweeper {
    /// One round, of at most `budget` visits.
    pub fn round(&mut self, databases: &impl Databases, budget: usize) -> Round {
        let count = databases.count();
        // In the order in which they are due.
        let mut due: VecDeque<usize> = (self.next..count).chain(0..self.next).collect();
        let mut done = Round::default();
        for _ in 0..budget {
            let Some(database) = due.pop_front() else { break };
            self.next = database;
            let Some(Sample { examined, expired }) = databases.visit(database) else {
                done.busy += 1;
                continue;
            };
            done.examined += examined;
            done.expired += expired;
            if expired * 4 > examined {
                due.push_back(database);
            }
        }
        done.finished = due.is_empty();
        done
    }
}
