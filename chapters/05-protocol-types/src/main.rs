//! The program of chapter 05: reads the options, then serves or measures.

use std::error::Error;
use std::process::ExitCode;

use chapter_05::{measure, server};
use clap::Parser;
use tokio::net::TcpListener;

/// A server that answers PING, ECHO and everything else with typed replies
#[derive(Debug, Parser)]
#[command(after_help = "\
It reads lines; \\xHH in a word stands for a byte. Try, in another terminal:
  cargo run -q -p chapter-03 --example say -- --port 7005 'PING\\r\\nECHO\\r\\n'
  cargo run -q -p chapter-03 --example say -- --port 7005 'ECHO a\\x0d\\x0a+OK\\r\\n'
Ctrl-C ends the server.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7005)]
    port: u16,
    /// Time how replies are written, beside the naive ways, and exit
    #[arg(long)]
    measure: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-05: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        print!("{}", measure::run());
        return Ok(());
    }
    let Options { host, port, .. } = options;
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    println!("listening on {}", listener.local_addr()?);
    tokio::select! {
        served = server::run(listener) => served?,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
