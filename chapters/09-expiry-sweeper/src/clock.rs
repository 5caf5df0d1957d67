//! Where the time comes from: the machine's clock, or one that a test moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Millis;

/// A source of wall-clock time. Clones of a manual clock share its hands.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// One that stands still until it is advanced.
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// A clock that stands at `ms` milliseconds since 1970.
    pub fn manual(ms: Millis) -> Clock {
        Clock::Manual(Arc::new(AtomicU64::new(ms)))
    }

    /// Moves a manual clock forward. The machine's clock is not ours to move: no effect.
    pub fn advance(&self, ms: Millis) {
        if let Clock::Manual(now) = self {
            now.fetch_add(ms, Ordering::Relaxed);
        }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> Millis {
        match self {
            Clock::System => {
                // A clock set before 1970 reads as 1970: every deadline then lies ahead, and nothing is lost.
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                since.as_millis() as Millis
            }
            Clock::Manual(now) => now.load(Ordering::Relaxed),
        }
    }
}
