//! What the benches share.

pub mod requests;
