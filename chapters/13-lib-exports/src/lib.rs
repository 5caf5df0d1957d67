//! A rate limiter for other programs, on top of flashkv's engine: so many calls of a client are admitted in a window.
//!
//! This file is the list of what is exported: whatever it does not name is nobody else's business. Knows nothing of
//! RESP, and of sockets only an address: the console is flashkv's own server.
//!
// ANCHOR: doctest
//! ```
//! use std::time::Duration;
//! use chapter_13::{Clock, Limiter, Verdict};
//!
//! // A clock that the test moves by hand. Leave `with_clock` out for the machine's.
//! let clock = Clock::manual(0);
//! let limiter = Limiter::new(2, Duration::from_secs(10)).with_clock(clock.clone());
//!
//! assert_eq!(limiter.admit("ann")?, Verdict::Admitted { left: 1 });
//! assert_eq!(limiter.admit("ann")?, Verdict::Admitted { left: 0 });
//! clock.advance(4_000);
//! assert_eq!(limiter.admit("ann")?, Verdict::Refused { retry_after: Duration::from_secs(6) });
//! clock.advance(6_001);
//! assert_eq!(limiter.admit("ann")?, Verdict::Admitted { left: 1 });
//! # Ok::<(), chapter_13::LimiterError>(())
//! ```
//!
//! Where the counts are kept is sealed, so that it may change in any version. This must not compile:
//!
//! ```compile_fail,E0616
//! let limiter = chapter_13::Limiter::new(2, std::time::Duration::from_secs(10));
//! limiter.engine.db(0).flush();
//! ```
// ANCHOR_END: doctest

// ANCHOR: exports
mod console;
mod error;
mod limiter;

pub use console::Console;
pub use error::LimiterError;
pub use limiter::{Limiter, Verdict};

// These stand in our own signatures, so whoever calls us needs exactly these, in our version of flashkv.
pub use flashkv::{Clock, ServerError, StorageError};
// ANCHOR_END: exports
