//! The program of chapter 03: reads the options, then serves or measures.

use std::error::Error;
use std::process::ExitCode;

use chapter_03::{measure, server};
use clap::Parser;
use tokio::net::TcpListener;

/// A server that finds lines in a stream of bytes and answers PING and ECHO
#[derive(Debug, Parser)]
#[command(after_help = "\
Try, in another terminal:
  cargo run -q -p chapter-03 --example say -- 'PING\\r\\nECHO hello\\r\\n'
  cargo run -q -p chapter-03 --example say -- PI 'NG\\r\\n'
  redis-cli -p 7003 PING        (fails: it does not send lines)
Ctrl-C ends the server.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7003)]
    port: u16,
    /// Count reads and messages, beside the naive server, and exit
    #[arg(long)]
    measure: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-03: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        print!("{}", measure::run().await?);
        return Ok(());
    }
    let Options { host, port, .. } = options;
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    println!("listening on {}", listener.local_addr()?);
    tokio::select! {
        () = server::run(listener) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
