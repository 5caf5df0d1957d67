//! Lazy and active expiry.
//!
//! A [`Shard`] knows when its keys end, an [`Engine`] shares many of them between threads and settles what a command
//! touches, and a [`sweeper`] removes what nobody touches any more. [`commands`] gives all of it to clients.

pub mod clock;
pub mod commands;
pub mod engine;
pub mod shard;
pub mod sweeper;

pub use clock::Clock;
pub use engine::{Engine, IfTaken, ReadView, View, WriteView};
pub use shard::{DeadlineCondition, Millis, Shard, Swept, Ttl};
pub use sweeper::{Round, Sweeper};
