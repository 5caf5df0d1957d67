//! Ends without purging what has come since.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use flashkv::{Clock, Engine};

/// A thread that purges an engine, for as long as this is held.
#[derive(Debug)]
pub struct Purger {
    /// Dropped to end the thread: nothing is ever sent. Both are gone when it has ended.
    running: Option<(Sender<()>, JoinHandle<()>)>,
    purged: Arc<AtomicUsize>,
}

impl Purger {
    /// Starts the thread.
    pub fn start(engine: Arc<Engine>, clock: Clock, every: Duration) -> Purger {
        let (alive, ended) = mpsc::channel();
        let purged = Arc::new(AtomicUsize::new(0));
        let total = Arc::clone(&purged);
        let thread = thread::spawn(move || {
            loop {
                total.fetch_add(engine.purge(&clock), Ordering::Relaxed);
                // Nothing comes: either the time passes, or the other end is gone.
                if ended.recv_timeout(every) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
        });
        Purger { running: Some((alive, thread)), purged }
    }

    /// Keys that were purged so far.
    pub fn purged(&self) -> usize {
        self.purged.load(Ordering::Relaxed)
    }

    /// Ends the thread, and returns how many keys were purged in all.
    pub fn stop(mut self) -> usize {
        self.end();
        self.purged()
    }

    fn end(&mut self) {
        if let Some((alive, thread)) = self.running.take() {
            drop(alive);
            // A panic over there has been reported already, and a drop must not bring another.
            let _ = thread.join();
        }
    }
}

impl Drop for Purger {
    fn drop(&mut self) {
        self.end();
    }
}
