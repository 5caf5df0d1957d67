//! Where the time comes from: the machine's clock, or one that a test moves by hand.
//!
//! Only `connection`, `sweeper`, `server` and the embedding façade read a clock; everything below them is told the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of wall-clock time. Clones of a manual clock share its hands.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that stands at `ms` milliseconds since 1970 until it is advanced.
    pub fn manual(ms: u64) -> Clock {
        Clock(Source::Manual(Arc::new(AtomicU64::new(ms.saturating_mul(1000)))))
    }

    /// Moves a manual clock forward by `ms` milliseconds. The machine's clock is not ours to move: no effect.
    pub fn advance(&self, ms: u64) {
        if let Source::Manual(now) = &self.0 {
            now.fetch_add(ms.saturating_mul(1000), Ordering::Relaxed);
        }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        self.now_us() / 1000
    }

    /// Microseconds since 1970.
    pub fn now_us(&self) -> u64 {
        match &self.0 {
            Source::System => {
                // A clock set before 1970 reads as 1970: every deadline then lies ahead, and nothing is lost.
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
            }
            Source::Manual(now) => now.load(Ordering::Relaxed),
        }
    }
}
