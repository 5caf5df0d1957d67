//! Takes the `source` that the trait has by itself.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use flashkv::{Engine, SetOptions, StorageError};

/// Counts votes.
#[derive(Debug, Clone)]
pub struct Polls {
    engine: Arc<Engine>,
}

/// Why a vote was not counted.
#[derive(Debug)]
#[non_exhaustive]
pub enum VoteError {
    /// One vote each.
    AlreadyVoted {
        /// Who wanted a second one.
        voter: String,
    },
    /// Something else stands where the count belongs.
    NotACount {
        /// Where.
        key: String,
        /// What the engine said.
        source: StorageError,
    },
}

impl Polls {
    /// Polls in this engine.
    pub fn new(engine: Arc<Engine>) -> Polls {
        Polls { engine }
    }

    /// Counts a vote, and returns how many there are now.
    pub fn vote(&self, poll: &str, voter: &str) -> Result<i64, VoteError> {
        let db = self.engine.db(0);
        let (count, mark) = (format!("votes:{poll}"), format!("voter:{poll}:{voter}"));
        // One atomic operation decides who was first.
        if !db.set_with(&mark, "", SetOptions::default().if_absent()) {
            return Err(VoteError::AlreadyVoted { voter: voter.to_owned() });
        }
        db.incr(&count).map_err(|source| {
            db.delete(&mark);
            VoteError::NotACount { key: count, source }
        })
    }
}

impl fmt::Display for VoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VoteError::AlreadyVoted { voter } => write!(f, "'{voter}' has already voted"),
            VoteError::NotACount { key, .. } => write!(f, "'{key}' does not hold a count"),
        }
    }
}

impl Error for VoteError {}
