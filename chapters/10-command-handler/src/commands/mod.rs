//! Requests to replies: the table of commands, what runs them, and their handlers by family.
//!
//! Knows no socket. Locks are the engine's, and the texts of errors the protocol's.

pub mod call;
mod connection;
mod dispatch;
mod expiry;
mod keys;
mod lists;
mod server;
pub mod spec;
mod strings;
pub mod table;

pub use dispatch::dispatch;
