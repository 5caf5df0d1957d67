//! What the benches share.

pub mod compare;
pub mod requests;
