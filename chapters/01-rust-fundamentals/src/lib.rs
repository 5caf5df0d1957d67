//! A map behind a prompt.
//!
//! [`command`] turns a line into a [`Command`](command::Command), which runs on a [`Store`](store::Store) and gives a
//! [`Reply`](reply::Reply); [`prompt`] does that for line after line.

pub mod command;
pub mod measure;
pub mod prompt;
pub mod reply;
pub mod store;
