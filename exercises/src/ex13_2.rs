//! 13.2 Dropped is stopped (hard, about 35 minutes)
//!
//! An engine without a server has no sweeper: keys whose time has come are invisible, but their memory stays. `purge` frees
//! it, if somebody calls it. Write the handle of a thread that does. Whoever holds the handle decides how long the thread
//! lives, as a `Server` or a `Console` ends when it is dropped.
//!
//! - `start` begins a thread that purges at once, and then each time that `every` has passed, counted from the end of the
//!   last purge or from its start, as you like.
//! - `purged` says how many keys have been purged so far.
//! - To drop the handle ends the thread: it purges a last time, and it has ended when the drop is over. Nobody waits until
//!   `every` has passed: that may be an hour.
//! - `stop` does the same and returns how many keys were purged in all.
//! - While the thread waits, it does nothing: no waking up now and then to look at a flag.
//!
//! The standard library's channels can wait with a time limit: `Receiver::recv_timeout`.

use std::sync::Arc;
use std::time::Duration;

use flashkv::{Clock, Engine};

/// A thread that purges an engine, for as long as this is held.
#[derive(Debug)]
pub struct Purger {
    // What do the methods need?
}

impl Purger {
    /// Starts the thread.
    pub fn start(engine: Arc<Engine>, clock: Clock, every: Duration) -> Purger {
        todo!()
    }

    /// Keys that were purged so far.
    pub fn purged(&self) -> usize {
        todo!()
    }

    /// Ends the thread, and returns how many keys were purged in all.
    pub fn stop(self) -> usize {
        todo!()
    }
}
