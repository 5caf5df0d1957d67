//! The number of the chapter: how long a second client waits for its answer while a first one is idle.
//!
//! Each server runs on a thread of this process, and is talked to over real sockets.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::{single, tasks, threads};

/// So many second clients ask, one after the other; the wait in the middle is shown.
const SECOND_CLIENTS: usize = 3;

/// When the second client gives up.
const PATIENCE: Duration = Duration::from_secs(1);

/// Measures and returns a table.
///
/// # Errors
/// When a server cannot be started, or a connection breaks.
pub fn run() -> io::Result<String> {
    let mut table = "a second client's wait for its answer while the first is idle\n".to_owned();
    let servers: [(&str, Serve); 4] = [
        ("single (naive)", |listener| single::run(&listener)),
        ("threads", |listener| threads::run(&listener)),
        ("tokio, on one thread", |listener| on_one_thread(listener, false)),
        ("tokio, and a task that blocks it", |listener| on_one_thread(listener, true)),
    ];
    for (name, serve) in servers {
        let wait = match second_clients_wait(serve)? {
            Some(wait) => format!("{:.2} ms", wait.as_secs_f64() * 1000.0),
            None => format!("gave up after {} ms", PATIENCE.as_millis()),
        };
        let _ = writeln!(table, "{name:<34} {wait:>20}");
    }
    Ok(table)
}

type Serve = fn(TcpListener) -> io::Result<()>;

/// `None` if the answer had not come when the client gave up.
fn second_clients_wait(serve: Serve) -> io::Result<Option<Duration>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    // It serves for ever; the end of the process ends it.
    thread::spawn(move || serve(listener));
    let mut first = TcpStream::connect(address)?;
    // Once it has been answered, it is being served for certain.
    ask(&mut first)?;

    let mut waits = Vec::new();
    for _ in 0..SECOND_CLIENTS {
        let mut second = TcpStream::connect(address)?;
        second.set_read_timeout(Some(PATIENCE))?;
        let start = Instant::now();
        match ask(&mut second) {
            Ok(()) => waits.push(start.elapsed()),
            // What a read says that has timed out depends on the system.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    }
    waits.sort();
    Ok(waits.get(SECOND_CLIENTS / 2).copied())
}

fn ask(client: &mut TcpStream) -> io::Result<()> {
    client.write_all(b"PING\r\n")?;
    client.read_exact(&mut [0; 7])
}

// ANCHOR: blocked
/// How long a task blocks its thread in the last row.
const BLOCKED: Duration = Duration::from_millis(300);

/// Runs the tokio server on a single thread; `blocked`: beside a task that does not give that thread away.
fn on_one_thread(listener: TcpListener, blocked: bool) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        if blocked {
            tokio::spawn(async {
                loop {
                    // Not `tokio::time::sleep(BLOCKED).await`: this one sleeps with the thread in its hand.
                    thread::sleep(BLOCKED);
                    tokio::task::yield_now().await;
                }
            });
        }
        tasks::run(listener).await
    })
}
// ANCHOR_END: blocked
