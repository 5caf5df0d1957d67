//! The program of chapter 02: reads the options, then serves in the way asked for, or measures.

use std::error::Error;
use std::net::TcpListener;
use std::process::ExitCode;

use chapter_02::{measure, single, tasks, threads};
use clap::{Parser, ValueEnum};

/// A server that answers every line with +PONG, in three ways
#[derive(Debug, Parser)]
#[command(after_help = "\
Try, with --mode single, threads and tokio in turn:
  sleep 10 | redis-cli -p 7002 &       (a client that is connected and says nothing)
  timeout 2 redis-cli -p 7002 PING     (does a second one get its answer?)
Ctrl-C ends the server.")]
struct Options {
    /// Who waits for clients
    #[arg(long, value_enum, default_value_t = Mode::Tokio)]
    mode: Mode,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 7002)]
    port: u16,
    /// Print how long a second client waits behind an idle first one, per mode, and exit
    #[arg(long)]
    measure: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    /// One thread: one client after the other
    Single,
    /// A thread for each client
    Threads,
    /// A task for each client
    Tokio,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chapter-02: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.measure {
        print!("{}", measure::run()?);
        return Ok(());
    }
    let Options { mode, host, port, .. } = options;
    let listener = TcpListener::bind((host.as_str(), port))
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    println!("listening on {}", listener.local_addr()?);
    match mode {
        Mode::Single => single::run(&listener)?,
        Mode::Threads => threads::run(&listener)?,
        Mode::Tokio => {
            // ANCHOR: runtime
            // tokio's sockets never put a thread to sleep.
            listener.set_nonblocking(true)?;
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                tasks::run_until_ctrl_c(listener).await
            })?;
            // ANCHOR_END: runtime
        }
    }
    Ok(())
}
