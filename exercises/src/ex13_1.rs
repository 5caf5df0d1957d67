//! 13.1 Errors to act upon (medium, about 20 minutes)
//!
//! A small library counts votes in flashkv's engine. Its callers match on its errors and print them, so the errors are as
//! much a promise as the functions are. Write the library, and by hand what `#[derive(Error)]` writes in the chapter.
//!
//! - `vote` counts one vote and gives the new number. The votes of a poll are counted at the key `votes:POLL`; that
//!   somebody has voted is kept at `voter:POLL:VOTER`, with any value. Names of polls and voters have no `:`.
//! - Who has voted in a poll gets `AlreadyVoted`, and nothing is counted, however many threads try at once.
//! - If the count is not a number, the vote fails with `NotACount`: its key, and what the engine said. Then nobody has
//!   voted: when the count has been mended, the same vote must go through. (While the first attempt is being undone, a
//!   second one by the same voter may get `AlreadyVoted`.)
//! - An error's text says what failed and to whom it happened, in one line: `'ann' has already voted` and
//!   `'votes:tea' does not hold a count`.
//! - What lies behind it is for `source`, so that a program that prints the whole chain says nothing twice.
//!
//! What `Db` can do is in `flashkv/src/embed.rs` and the folder beside it, or in `cargo doc -p flashkv --open`.

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
        todo!()
    }
}

impl fmt::Display for VoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}

impl Error for VoteError {
    // Is anything needed here?
}
