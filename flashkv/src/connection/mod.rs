//! One client's connection: reads what is there, runs every complete request, and writes the replies at once.
//!
//! `pipeline` does the work on bytes and knows no socket; `driver` moves the bytes between it and the `socket`;
//! `connections` gives those of a thread their turns; `wire` stands in for a socket inside a process.

mod connections;
mod driver;
mod meter;
mod pipeline;
mod socket;
mod wire;

pub(crate) use connections::Connections;
pub(crate) use socket::Socket;
pub use wire::Wire;
