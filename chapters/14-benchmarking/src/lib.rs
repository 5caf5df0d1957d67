//! Measuring servers honestly: two ways to load them, percentiles, and the ladder of all stages.
//!
//! Drives anything that speaks RESP2 and knows SET and GET. How a server is started, what the machine is, and the median
//! come from `benches`, where the finished comparison lives.

pub mod demonstration;
pub mod ladder;
pub mod latencies;
pub mod load;
pub mod report;
pub mod workload;

pub use latencies::Latencies;
pub use load::{Load, LoadError, Outcome, fill};
pub use workload::{Replies, Request};
