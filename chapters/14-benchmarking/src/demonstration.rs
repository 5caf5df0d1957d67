//! A server that stands still for a moment, as a closed and as an open loop see it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use flashkv::config::DebugAccess;
use flashkv::{Config, Server};

use crate::{Load, LoadError, Outcome, fill};

/// The finished server in this process, with one thread that DEBUG SLEEP can hold up.
///
/// # Errors
/// If it cannot be started.
pub fn server() -> Result<Server, LoadError> {
    let config = Config {
        port: 0,
        threads: Some(1),
        enable_debug_command: DebugAccess::Local,
        ..Config::default()
    };
    Server::bind(config).map_err(|error| LoadError::Server(error.to_string()))
}

/// The same load twice, as fast as it goes and at `rate` requests per second; each time the server stands still for
/// `stall` when a quarter of the time has passed.
///
/// # Errors
/// If the server does not play along.
// ANCHOR: demonstration
pub fn run(load: &Load, rate: f64, stall: Duration) -> Result<(Outcome, Outcome), LoadError> {
    let server = server()?;
    let address = server.address();
    fill(address)?;
    let stalled = |run: &dyn Fn() -> Result<Outcome, LoadError>| {
        thread::scope(|scope| {
            let stalling = scope.spawn(|| {
                thread::sleep(load.time / 4);
                hold_up(address, stall)
            });
            let outcome = run();
            stalling.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            outcome
        })
    };
    let closed = stalled(&|| load.closed(address, 1))?;
    let open = stalled(&|| load.open(address, rate))?;
    Ok((closed, open))
}

/// Makes the server's only thread sleep, and waits until it has woken up.
fn hold_up(server: SocketAddr, time: Duration) -> io::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(format!("DEBUG SLEEP {}\r\n", time.as_secs_f64()).as_bytes())?;
    BufReader::new(stream).read_line(&mut String::new())?;
    Ok(())
}
// ANCHOR_END: demonstration
