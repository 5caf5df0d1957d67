//! The command table and the commands, a family to a folder: rows and handlers side by side.
//!
//! Knows the engine and the reply writer; nothing of sockets, and nothing of how requests are parsed.

pub mod call;
mod connection;
pub mod disabled;
pub mod dispatch;
mod expiry;
mod keys;
mod lists;
mod server;
pub mod session;
pub mod shared;
pub mod slowlog;
pub mod spec;
mod strings;
pub mod table;
pub mod usage;
