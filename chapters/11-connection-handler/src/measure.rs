//! The number of the chapter: requests per second, with a write for each command and a write for each batch.
//!
//! The server runs in this process, on a thread of its own; the clients are sockets in the hands of this one.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::connection::Limits;

const CLIENTS: usize = 8;
const ROUND: Duration = Duration::from_millis(50);
/// The best of them counts: others were disturbed.
const ROUNDS: usize = 9;

#[derive(Debug, Clone, Copy)]
enum Serving {
    /// What chapters 06 to 10 do: a write for each command.
    Naive,
    Built,
}

/// Measures and returns a table.
///
/// # Errors
/// When a server cannot be started or a connection breaks.
pub fn run() -> io::Result<String> {
    let mut table = format!("requests per second: SET from {CLIENTS} clients\n");
    let _ = writeln!(table, "{:<26} {:>16} {:>16}", "", "naive (a write", "built (a write");
    let _ = writeln!(table, "{:<26} {:>16} {:>16}", "", "per command)", "per batch)");
    // Dropped at the end, and the servers with them.
    let (naive, _runtime) = start(Serving::Naive)?;
    let (built, _runtime) = start(Serving::Built)?;
    for pipelined in [1, 16, 64] {
        let (mut naive_best, mut built_best) = (0.0_f64, 0.0_f64);
        // In turn, so that both have their share of whatever else the machine does.
        for _ in 0..ROUNDS {
            naive_best = naive_best.max(requests_per_second(naive, pipelined)?);
            built_best = built_best.max(requests_per_second(built, pipelined)?);
        }
        let name = format!("{pipelined} in a pipeline");
        let _ = writeln!(table, "{name:<26} {naive_best:>16.0} {built_best:>16.0}");
    }
    Ok(table)
}

fn requests_per_second(address: SocketAddr, pipelined: usize) -> io::Result<f64> {
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let client = TcpStream::connect(address)?;
        client.set_nodelay(true)?;
        clients.push(client);
    }
    let batch = b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n".repeat(pipelined);
    let mut replies = b"+OK\r\n".repeat(pipelined);
    let (start, mut served) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        for client in &mut clients {
            client.write_all(&batch)?;
        }
        for client in &mut clients {
            client.read_exact(&mut replies)?;
            served += pipelined;
        }
    }
    Ok(served as f64 / start.elapsed().as_secs_f64())
}

fn start(serving: Serving) -> io::Result<(SocketAddr, Runtime)> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    let engine = Arc::new(Engine::new(Clock::System));
    let handler = move |request: &Request, reply: &mut Reply<'_>| dispatch(&engine, request, reply);
    match serving {
        Serving::Naive => runtime.spawn(chapter_06::serve(listener, handler)),
        Serving::Built => runtime.spawn(crate::serve(listener, Limits::default(), handler)),
    };
    Ok((address, runtime))
}
