//! One store behind a mutex, a reader-writer lock, or shards.
//!
//! [`Sharded`] is what later chapters build on; [`store`] puts it beside the two simpler answers, and [`service`] gives
//! whichever was chosen to clients.

pub mod service;
pub mod sharded;
pub mod store;

pub use sharded::{Locked, ReadLocked, Sharded, WriteLocked};
