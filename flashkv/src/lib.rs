//! flashkv: a Redis-compatible, in-memory key-value server and the engine inside it.

mod accept;
pub mod clients;
pub mod clock;
pub mod commands;
pub mod config;
pub mod connection;
pub mod embed;
pub mod metrics;
pub mod number;
pub mod protocol;
pub mod server;
pub mod settings;
mod short;
pub mod storage;
mod sweeper;
pub mod system;

pub use clock::Clock;
pub use commands::shared::Shared;
pub use config::Config;
pub use embed::{Db, SetOptions};
pub use server::{Server, ServerError};
pub use storage::{End, Engine, StorageError};

/// The README's examples are compiled and run like the others.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
