//! The naive prompt: it takes for granted that each line is complete.
//!
//! The first line that is not ends the process, and all data with it.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what these lints forbid is what goes wrong here"
)]

use std::collections::HashMap;

use clap::Parser;

/// A map behind a prompt that one short line ends
#[derive(Debug, Parser)]
struct Options {}

fn main() {
    Options::parse();
    // ANCHOR: naive
    let mut store = HashMap::new();
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        match words[0] {
            "SET" => {
                store.insert(words[1].to_string(), words[2].to_string());
                println!("OK");
            }
            "GET" => println!("{:?}", store.get(words[1]).unwrap()),
            "DEL" => println!("{}", store.remove(words[1]).is_some()),
            _ => println!("unknown command"),
        }
    }
    // ANCHOR_END: naive
}
