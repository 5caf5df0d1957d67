//! The dishonest benchmark: one connection in a closed loop, replies that nobody looks at, a line printed for each request,
//! one run, and the mean of it all.
//!
//! `--stall 500` lets the server stand still for half a second in the middle. The mean hardly moves.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use clap::Parser;

/// Chapter 14, the naive way: a mean of a closed loop
#[derive(Debug, Parser)]
struct Options {
    /// Requests
    #[arg(long, default_value_t = 200_000)]
    requests: u32,
    /// Milliseconds that the server stands still in the middle
    #[arg(long, default_value_t = 0)]
    stall: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let server = chapter_14::demonstration::server()?;
    let address = server.address();
    // ANCHOR: before
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut total = Duration::ZERO;
    let begun = Instant::now();
    for number in 0..options.requests {
        if number == options.requests / 2 && options.stall > 0 {
            hold_up(address, options.stall)?;
        }
        let sent = Instant::now();
        stream.write_all(b"GET key\r\n")?;
        let _ = stream.read(&mut [0; 1024])?;
        let latency = sent.elapsed();
        println!("request {number}: {latency:?}");
        total += latency;
    }
    println!(
        "{} requests, {:.0} per second, mean latency {:.3} ms",
        options.requests,
        f64::from(options.requests) / begun.elapsed().as_secs_f64(),
        (total / options.requests).as_secs_f64() * 1e3,
    );
    // ANCHOR_END: before
    Ok(())
}

/// Lets the server's only thread sleep, and does not wait for it.
fn hold_up(server: std::net::SocketAddr, ms: u64) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(format!("DEBUG SLEEP {}\r\n", ms as f64 / 1e3).as_bytes())?;
    // Until it sleeps: a closed connection would wake it.
    std::thread::spawn(move || stream.read(&mut [0; 16]));
    std::thread::sleep(Duration::from_millis(5));
    Ok(())
}
