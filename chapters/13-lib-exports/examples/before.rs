//! The naive embedding: starts the finished server as a child process on a fixed port, and runs redis-cli for each
//! operation. Needs both to be there: `cargo build -p flashkv`, and redis-cli in the path.
//!
//! Run it twice. The second time it refuses its very first client, since it talks to the server that the first run has
//! left behind. `redis-cli -p 7113 SHUTDOWN NOSAVE` ends that one.

use std::error::Error;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use clap::Parser;

/// Chapter 13, the naive way: the server as a child process
#[derive(Debug, Parser)]
struct Options {
    /// Clients that call, in this order
    #[arg(default_values = ["ann", "ann", "ann", "ben"])]
    clients: Vec<String>,
    /// Calls that are admitted in a minute
    #[arg(long, default_value_t = 3)]
    max: i64,
    /// Port of the server
    #[arg(long, default_value_t = 7113)]
    port: u16,
}

// ANCHOR: before
fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let port = options.port.to_string();
    // This file is run from target/PROFILE/examples; the server should lie one folder up.
    let server = std::env::current_exe()?.with_file_name("../flashkv");
    Command::new(&server)
        .args(["--port", &port])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}; cargo build -p flashkv", server.display()))?;
    // It should be up by now.
    sleep(Duration::from_millis(500));
    for client in &options.clients {
        let key = format!("hits:{client}");
        let count = redis_cli(&port, &["INCR", &key])?.parse::<i64>()?;
        redis_cli(&port, &["EXPIRE", &key, "60", "NX"])?;
        let verdict = if count <= options.max { "admitted" } else { "refused" };
        println!("{client}: {verdict}, call number {count}");
    }
    // The server goes when its handle is dropped. Or does it?
    Ok(())
}

fn redis_cli(port: &str, words: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = Command::new("redis-cli").args(["-p", port]).args(words).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
// ANCHOR_END: before
