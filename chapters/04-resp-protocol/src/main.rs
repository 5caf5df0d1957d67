//! The program of chapter 04: reads the options, then stands between two ends, or describes its input, or measures.

use std::error::Error;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use chapter_04::decode::{Decoder, Side};
use chapter_04::measure;
use chapter_04::proxy::{self, Tell};
use clap::Parser;
use tokio::net::TcpListener;

/// A proxy that shows what a Redis client and a server say to each other, byte by byte
#[derive(Debug, Parser)]
#[command(after_help = "\
Try, with a server on port 6379 (cargo run -p flashkv), in another terminal:
  redis-cli -p 7004 SET name Ada
  redis-cli -p 7004 GET name
  redis-cli -3 -p 7004 CONFIG GET port      (the same server in RESP3)
Without any server:
  printf '*1\\r\\n$4\\r\\nPING\\r\\n' | cargo run -q -p chapter-04 -- --decode client
Ctrl-C ends the proxy.")]
struct Options {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7004)]
    port: u16,
    /// Address and port of the server
    #[arg(long, default_value = "127.0.0.1:6379")]
    upstream: String,
    /// Describe the standard input, as if this side had sent it, and exit
    #[arg(long, value_name = "SIDE")]
    decode: Option<Side>,
    /// Print the bytes per command, inline and in RESP, and exit
    #[arg(long)]
    measure: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-04: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    // A whole frame at once, so that those of two clients do not mix. Nobody need be looking.
    let tell: Tell = Arc::new(|text| {
        let _ = write!(std::io::stdout().lock(), "{text}");
    });
    if options.measure {
        tell(&measure::run());
        return Ok(());
    }
    if let Some(side) = options.decode {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        let mut decoder = Decoder::new(side);
        proxy::describe(&mut decoder, &bytes, "a frame of", &tell)?;
        if decoder.pending() > 0 {
            tell(&format_args!("{} bytes of a frame that goes on\n", decoder.pending()));
        }
        return Ok(());
    }
    let Options { host, port, upstream, .. } = options;
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    println!("listening on {}, upstream is {upstream}", listener.local_addr()?);
    tokio::select! {
        () = proxy::run(listener, upstream, tell) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
