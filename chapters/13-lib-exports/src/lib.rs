//! The finished crate, embedded.
