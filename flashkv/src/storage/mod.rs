//! The synchronous engine: databases of 64 locked shards, strings, lists, deadlines, globbing and scanning.
//!
//! Knows nothing of RESP, sockets, tokio or clocks: whatever depends on time is told the time.

mod engine;
mod error;
pub mod glob;
mod guards;
mod hash;
mod keys;
pub mod lcs;
pub mod list;
mod lists;
pub mod long_double;

mod record;
mod segment;
mod shard;
mod strings;
mod sync;
mod table;
#[cfg(test)]
mod tests;
mod view;
mod walk;

pub use engine::Engine;
pub use error::StorageError;
pub use guards::Access;
pub use hash::SHARDS;
pub use keys::{DeadlineCondition, IfTaken};
pub use list::{End, List};
pub use lists::{IfMissing, ListSearch, Side, absolute_index, absolute_range};
pub use shard::{Kind, Millis, Shard, StringRef};
pub use strings::{Condition, Ttl, substring};
pub use view::{Encoding, Key, ReadView, Tally, View};
pub use walk::{KeyCount, SweepPosition, Swept};
