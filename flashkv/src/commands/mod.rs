//! The command table and the commands, a family to a folder: rows and handlers side by side.
//!
//! Knows the engine, requests and replies; nothing of sockets. Only `group` asks the parser for more than one request.

pub mod call;
mod connection;
pub mod disabled;
pub mod dispatch;
mod expiry;
pub(crate) mod group;
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
