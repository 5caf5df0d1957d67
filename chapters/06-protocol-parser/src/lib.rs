//! An incremental, zero-copy request parser, and the plain connection loop that the servers of chapters 06 to 10 run.
//!
//! Bytes become requests here. What a request means is the handler's business.

pub mod measure;
pub mod protocol;
mod serve;

pub use serve::{accept, run, serve};
