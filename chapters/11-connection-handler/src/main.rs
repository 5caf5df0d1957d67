//! The program of chapter 11: reads the options, then serves or measures.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use chapter_09::{Clock, Engine, Sweeper};
use chapter_10::commands::dispatch;
use chapter_11::connection::Limits;
use chapter_11::{measure, serve};
use clap::Parser;
use clap::builder::RangedU64ValueParser;
use tokio::net::TcpListener;

/// A server that reads what is there, runs all of it, and writes once
#[derive(Debug, Parser)]
#[command(after_help = "\
Try, in another terminal:
  redis-benchmark -p 7011 -t set,get -P 16 -q
Ctrl-C ends the server.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7011)]
    port: u16,
    /// Bytes of unsent replies above which nothing more is read from a client
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().output_pause)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    output_pause: usize,
    /// Bytes of unsent replies above which a client is disconnected
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().output_max)]
    output_max: usize,
    /// Count requests per second, beside the naive server's, and exit
    #[arg(long)]
    measure: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = if options.measure { print_measure() } else { run(options) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-11: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_measure() -> Result<(), Box<dyn Error>> {
    print!("{}", measure::run()?);
    Ok(())
}

#[tokio::main]
async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let Options { host, port, output_pause, output_max, .. } = options;
    let limits = Limits { output_pause, output_max, ..Limits::default() };
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    let engine = Arc::new(Engine::new(Clock::System));
    tokio::spawn(Sweeper::run(Arc::clone(&engine), std::future::pending()));
    println!("listening on {}", listener.local_addr()?);
    tokio::select! {
        () = serve(listener, limits, move |request, reply| dispatch(&engine, request, reply)) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
