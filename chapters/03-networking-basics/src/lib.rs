//! Framing a byte stream into lines.
//!
//! A socket delivers bytes, not messages. [`framing`] finds the messages, [`inline`] answers them, [`connection`] moves
//! bytes between the two and a socket, [`server`] accepts clients.

pub mod connection;
pub mod framing;
pub mod inline;
pub mod measure;
pub mod server;
