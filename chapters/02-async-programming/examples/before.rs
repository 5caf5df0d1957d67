//! The naive server: one thread, which waits for one client at a time.
//!
//! The first client that says nothing keeps all others waiting.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use clap::Parser;

/// Answers every line of one client with +PONG, then those of the next
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7102)]
    port: u16,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Options { host, port } = Options::parse();
    let listener = TcpListener::bind((host.as_str(), port))
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    println!("listening on {}", listener.local_addr()?);
    // ANCHOR: naive
    for stream in listener.incoming() {
        let mut stream = stream?;
        for _line in BufReader::new(stream.try_clone()?).lines().map_while(Result::ok) {
            if stream.write_all(b"+PONG\r\n").is_err() {
                break;
            }
        }
    }
    // ANCHOR_END: naive
    Ok(())
}
