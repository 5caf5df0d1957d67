//! The program of chapter 12: reads the options, then serves until it is told to stop, or measures.

use std::error::Error;
use std::process::ExitCode;

use chapter_12::{Config, Server, measure};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// The complete chapter server: 46 commands of Redis
#[derive(Debug, Parser)]
#[command(after_help = "\
Options can also be set in the environment, as shown. Options win. Try, in another terminal:
  redis-cli -p 7012
  redis-benchmark -p 7012 -t set,get,incr,lpush,lpop -P 16 -q
Ctrl-C or SIGTERM ends the server, after it has answered what it has received.")]
struct Options {
    #[command(flatten)]
    config: Config,
    /// Count replies lost when a busy server is stopped, beside the naive one's, and exit
    #[arg(long)]
    measure: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = if options.measure { print_measure() } else { run(options.config) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-12: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_measure() -> Result<(), Box<dyn Error>> {
    print!("{}", measure::run()?);
    Ok(())
}

// ANCHOR: main
#[tokio::main]
async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let server = Server::bind(config).await?;
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    // Said only now, so that whoever waits for it can rely on the signals.
    println!("listening on {}", server.address());
    let report = server
        .run(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            println!("stopping");
        })
        .await;
    println!("stopped; connections cut off: {}", report.cut_off);
    Ok(())
}
// ANCHOR_END: main
