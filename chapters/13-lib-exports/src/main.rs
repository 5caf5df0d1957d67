//! A program that embeds the limiter: names on the command line and on standard input are calls.

mod measure;

use std::error::Error;
use std::io::BufRead;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use chapter_13::{Limiter, Verdict};
use clap::Parser;

/// Chapter 13: a rate limiter that embeds flashkv
///
/// Each name, on the command line or on a line of standard input, is a call of that client. The counts live in this
/// process; redis-cli can look at them meanwhile.
#[derive(Debug, Parser)]
#[command(name = "chapter-13", version, max_term_width = 100)]
#[command(after_help = "Try:\n  cargo run -p chapter-13 -- ann ann ann ann\n\
    and in another terminal:\n  redis-cli -p 7013 GET hits:ann\n  redis-cli -p 7013 DEL hits:ann\n\
    then type ann again. Ctrl-C ends it.")]
struct Options {
    /// Clients that call at once, in this order
    clients: Vec<String>,
    /// Calls that are admitted in a window
    #[arg(long, default_value_t = 3)]
    max: u32,
    /// Seconds of a window
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    window: u64,
    /// Address of the console
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port of the console; 0 lets the system choose one
    #[arg(long, default_value_t = 7013)]
    port: u16,
    /// Print what a GET costs in process, over TCP, and through a child process; then end
    #[arg(long)]
    measure: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = if options.measure { measure::run() } else { run(&options) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-13: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

// ANCHOR: run
fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let limiter = Limiter::new(options.max, Duration::from_secs(options.window));
    let console = limiter.open_console(SocketAddr::new(options.host, options.port))?;
    println!("listening on {}", console.address());
    for client in &options.clients {
        println!("{}", answer(&limiter, client));
    }
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        // Who only presses Enter has named nobody.
        if !line.trim().is_empty() {
            println!("{}", answer(&limiter, line.trim()));
        }
    }
    // Nobody types any more, but the console is still open.
    loop {
        std::thread::park();
    }
}

/// A wrong count is one client's trouble: the others are still served.
fn answer(limiter: &Limiter, client: &str) -> String {
    match limiter.admit(client) {
        Ok(Verdict::Admitted { left }) => format!("{client}: admitted, {left} left"),
        Ok(Verdict::Refused { retry_after }) => {
            format!("{client}: refused, come back in {} s", retry_after.as_secs_f64().ceil())
        }
        Err(error) => format!("{client}: {}", with_causes(&error)),
    }
}

/// An error and what lies behind it, in one line. Some errors say their cause themselves: once is enough.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |&cause| cause.source()) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
// ANCHOR_END: run
