//! The `flashkv` binary.

fn main() {}
