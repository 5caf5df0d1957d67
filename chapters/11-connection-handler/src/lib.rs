//! Read what is there, parse all of it, run all of it, write once.
//!
//! [`connection`] knows bytes, batches and limits. What a request means is the handler's business: chapter 10's
//! dispatcher in this chapter's program.

pub mod connection;
pub mod measure;
mod serve;

pub use serve::serve;
