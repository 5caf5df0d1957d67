//! One client's connection: reads what is there, runs every complete request, and writes the replies at once.
//!
//! `pipeline` does the work on bytes and knows no socket; `driver` moves the bytes; `wire` stands in for a socket inside
//! a process.

mod driver;
mod meter;
mod pipeline;
mod wire;

pub(crate) use driver::serve;
pub use wire::Wire;
