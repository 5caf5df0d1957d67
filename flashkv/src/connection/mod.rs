//! One client's connection: reads what is there, runs every complete request, and writes the replies at once.
//!
//! `pipeline` does the work on bytes and knows no socket; `driver` moves the bytes between it and the `socket`;
//! `wire` stands in for a socket inside a process.

mod driver;
mod meter;
mod pipeline;
mod socket;
mod wire;

pub(crate) use driver::serve;
pub(crate) use socket::Socket;
pub use wire::Wire;
