//! RESP values, and replies written straight into the buffer.
//!
//! [`protocol`] knows every type of RESP2 and RESP3 and how each is written; [`commands`] answers with it, and [`server`]
//! moves lines, which chapter 03 finds, to the commands and replies back. How requests are read in RESP comes in
//! chapter 06.

pub mod commands;
pub mod measure;
pub mod protocol;
pub mod server;
