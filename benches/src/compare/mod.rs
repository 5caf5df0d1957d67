//! What the program `compare` is made of: servers, two ways to load them, and the report. Knows no command line.

pub mod benchmark;
pub mod machine;
pub mod open_loop;
pub mod plot;
pub mod report;
pub mod server;
pub mod stats;

/// What went wrong, for a person to read.
pub type Failure = String;
