//! `cargo ex`.
fn main() {}
