//! Sleeps through `every`, and looks at a flag then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use flashkv::{Clock, Engine};

/// A thread that purges an engine, for as long as this is held.
#[derive(Debug)]
pub struct Purger {
    running: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
    purged: Arc<AtomicUsize>,
}

impl Purger {
    /// Starts the thread.
    pub fn start(engine: Arc<Engine>, clock: Clock, every: Duration) -> Purger {
        let flag = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&flag);
        let purged = Arc::new(AtomicUsize::new(0));
        let total = Arc::clone(&purged);
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                total.fetch_add(engine.purge(&clock), Ordering::Relaxed);
                thread::sleep(every);
            }
            total.fetch_add(engine.purge(&clock), Ordering::Relaxed);
        });
        Purger { running: Some((flag, thread)), purged }
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
        if let Some((flag, thread)) = self.running.take() {
            flag.store(true, Ordering::Relaxed);
            let _ = thread.join();
        }
    }
}

impl Drop for Purger {
    fn drop(&mut self) {
        self.end();
    }
}
