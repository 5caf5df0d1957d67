//! The `flashkv` binary: reads the options, starts the server, waits for a reason to stop.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use clap::Parser;
use flashkv::config::LogLevel;
use flashkv::{Config, Server, Shared};
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::prelude::*;

/// Gives memory back to the system some seconds after it was freed, which the system's allocator does not.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static JEMALLOC: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The server whose settings say how much is logged, once it runs.
static RUNNING: OnceLock<Arc<Shared>> = OnceLock::new();

fn main() -> ExitCode {
    let config = match Config::try_parse() {
        Ok(config) => config,
        Err(error) if error.use_stderr() => return refuse(&error),
        Err(help) => help.exit(),
    };
    log_to_stderr(config.loglevel);
    #[cfg(feature = "jemalloc")]
    flashkv::system::name_allocator("jemalloc");
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flashkv: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says in one line what is wrong with the options.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    eprintln!("flashkv: {} (--help lists the options)", first.trim_start_matches("error: "));
    ExitCode::from(2)
}

fn run(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let unixsocket = config.unixsocket.clone();
    let server = Server::bind(config)?;
    let _ = RUNNING.set(Arc::clone(server.shared()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        // Said only now, so that whoever waits for it can rely on the signals.
        greet(&server, unixsocket.as_deref());
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminate.recv() => {}
            () = server.shared().stopped() => {}
        }
        tracing::info!("stopping");
        std::io::Result::Ok(())
    })?;
    server.stop();
    tracing::info!("stopped");
    Ok(())
}

fn greet(server: &Server, unixsocket: Option<&std::path::Path>) {
    let address = server.address();
    let unix =
        unixsocket.map(|path| format!("\n  socket   {}", path.display())).unwrap_or_default();
    // A closed standard output is no reason not to serve.
    let _ = writeln!(
        std::io::stdout(),
        "flashkv {}\n  address  {address}{unix}\n  pid      {}\n  try      redis-cli -h {} -p {}",
        env!("CARGO_PKG_VERSION"),
        std::process::id(),
        address.ip(),
        address.port(),
    );
}

/// Logs to standard error, as much as the settings say at that moment (CONFIG SET loglevel).
fn log_to_stderr(at_start: LogLevel) {
    let enabled = dynamic_filter_fn(move |event, _| {
        let level = RUNNING.get().map_or(at_start, |shared| shared.settings.live().loglevel);
        *event.level() <= Level::from(level)
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    tracing_subscriber::registry().with(lines.with_filter(enabled)).init();
}
