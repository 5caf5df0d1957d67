//! Counts calls in flashkv's engine, in process. Knows no socket.

use std::sync::Arc;
use std::time::Duration;

use flashkv::{Clock, Db, Engine, StorageError};

use crate::LimiterError;

/// Admits each client so many times in a window of time.
///
/// Clones count together, and any number of threads may use them.
// ANCHOR: limiter
#[derive(Debug, Clone)]
pub struct Limiter {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Clock,
    max: u32,
    window: Duration,
}

/// What becomes of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go ahead.
    Admitted {
        /// Calls that would still be admitted in this window.
        left: u32,
    },
    /// Too many.
    Refused {
        /// Until the window ends.
        retry_after: Duration,
    },
}
// ANCHOR_END: limiter

impl Limiter {
    /// Admits `max` calls of each client in a window, which starts with the client's first call.
    pub fn new(max: u32, window: Duration) -> Limiter {
        Limiter { engine: Arc::new(Engine::new(1)), clock: Clock::system(), max, window }
    }

    /// The same limiter by another clock.
    pub fn with_clock(self, clock: Clock) -> Limiter {
        Limiter { clock, ..self }
    }

    /// Counts a call of `client`, and says whether it is admitted.
    ///
    /// # Errors
    /// [`LimiterError::NotACount`] if somebody has overwritten the count with something else, over a
    /// [`Console`](crate::Console).
    // ANCHOR: admit
    pub fn admit(&self, client: &str) -> Result<Verdict, LimiterError> {
        let key = key(client);
        let db = self.db();
        // One atomic operation decides: of several threads, exactly one gets each number.
        let count = match db.incr(&key) {
            Ok(count) => count,
            Err(source) => return Err(LimiterError::NotACount { key, source }),
        };
        if count == 1 {
            db.expire(&key, self.window);
        }
        let left = i64::from(self.max).saturating_sub(count);
        if left >= 0 {
            return Ok(Verdict::Admitted { left: u32::try_from(left).unwrap_or(self.max) });
        }
        let retry_after = match db.ttl(&key) {
            Ok(Some(left)) => left,
            Err(StorageError::NoSuchKey) => Duration::ZERO,
            // A count without an end, set over a console, would lock the client out for ever.
            Ok(None) | Err(_) => {
                db.expire(&key, self.window);
                self.window
            }
        };
        Ok(Verdict::Refused { retry_after })
    }
    // ANCHOR_END: admit

    /// Forgets the calls of `client`; returns whether there were any.
    pub fn forget(&self, client: &str) -> bool {
        self.db().delete(key(client))
    }

    fn db(&self) -> Db<'_> {
        self.engine.db(0).with_clock(self.clock.clone())
    }
}

/// Where the count of a client is kept.
fn key(client: &str) -> String {
    format!("hits:{client}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    #[test]
    fn each_client_has_a_window_of_its_own() {
        let clock = Clock::manual(0);
        let limiter = Limiter::new(1, WINDOW).with_clock(clock.clone());
        assert_eq!(limiter.admit("ann").unwrap(), Verdict::Admitted { left: 0 });
        clock.advance(3_000);
        assert_eq!(limiter.admit("ben").unwrap(), Verdict::Admitted { left: 0 });
        clock.advance(7_001);
        assert_eq!(limiter.admit("ann").unwrap(), Verdict::Admitted { left: 0 });
        let retry_after = Duration::from_millis(2_999);
        assert_eq!(limiter.admit("ben").unwrap(), Verdict::Refused { retry_after });
    }

    #[test]
    fn who_is_forgotten_starts_afresh() {
        let limiter = Limiter::new(1, WINDOW);
        assert!(!limiter.forget("ann"));
        limiter.admit("ann").unwrap();
        assert!(limiter.forget("ann"));
        assert_eq!(limiter.admit("ann").unwrap(), Verdict::Admitted { left: 0 });
    }

    #[test]
    fn a_count_without_an_end_is_given_one() {
        let limiter = Limiter::new(1, WINDOW).with_clock(Clock::manual(0));
        limiter.db().set("hits:ann", "5");
        let refused = Verdict::Refused { retry_after: WINDOW };
        assert_eq!(limiter.admit("ann").unwrap(), refused);
        assert_eq!(limiter.db().ttl("hits:ann"), Ok(Some(WINDOW)));
    }

    #[test]
    fn a_negative_count_admits_no_more_than_usual_at_a_time() {
        let limiter = Limiter::new(1, WINDOW);
        limiter.db().set("hits:ann", i64::MIN.to_string());
        assert_eq!(limiter.admit("ann").unwrap(), Verdict::Admitted { left: 1 });
    }

    #[test]
    fn of_many_threads_only_so_many_are_admitted() {
        let limiter = Limiter::new(100, WINDOW).with_clock(Clock::manual(0));
        let admitted = || {
            let calls = (0..50).map(|_| limiter.admit("ann").unwrap());
            calls.filter(|verdict| matches!(verdict, Verdict::Admitted { .. })).count()
        };
        let total: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(admitted)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(total, 100);
    }
}
