//! The naive decoder: it takes each line for a frame, and its first byte for a type.
//!
//! It is right until a value holds a line end. Then it tells of replies that nobody sent.

use std::error::Error;
use std::io::Read;

use clap::Parser;

/// Describes the standard input, line by line
#[derive(Debug, Parser)]
struct Options {}

fn main() -> Result<(), Box<dyn Error>> {
    Options::parse();
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    // ANCHOR: naive
    for line in input.split_terminator("\r\n") {
        let meaning = match line.chars().next() {
            Some('+') => "simple string",
            Some('-') => "simple error",
            Some(':') => "integer",
            Some('$') => "bulk string",
            Some('*') => "array",
            _ => "text of a bulk string",
        };
        println!("{line:<20} {meaning}");
    }
    // ANCHOR_END: naive
    Ok(())
}
