//! The number of the chapter: replies lost when a server is stopped while it is busy, by one that aborts and by one that
//! drains.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chapter_09::{Clock, Engine};
use chapter_10::commands::dispatch;
use chapter_11::connection::Limits;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::{Config, Server};

const CLIENTS: usize = 8;
const REQUESTS: usize = 2000;
/// The length of each reply's text.
const TEXT: usize = 8 << 10;

/// How long a client is busy with other things before it reads its replies, and when the server is stopped meanwhile.
const LATE: Duration = Duration::from_millis(600);
const STOP: Duration = Duration::from_millis(300);

/// Measures and returns a table.
///
/// # Errors
/// When a server cannot be started.
pub fn run() -> io::Result<String> {
    let asked = CLIENTS * REQUESTS;
    let mut table = format!("replies lost of {asked}, when the server is stopped meanwhile\n");
    let _ = writeln!(table, "naive (aborts)  {:>6}", asked - count_replies(abort)?);
    let _ = writeln!(table, "built (drains)  {:>6}", asked - count_replies(drain)?);
    Ok(table)
}

/// Replies that the clients get from a server that is started by `serve` and stopped by the end of the sender.
fn count_replies(
    serve: impl FnOnce(&Runtime, oneshot::Receiver<()>) -> io::Result<SocketAddr>,
) -> io::Result<usize> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (stop, stopped) = oneshot::channel();
    let address = serve(&runtime, stopped)?;
    thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(move || ask(address, REQUESTS, LATE))).collect();
        thread::sleep(STOP);
        drop(stop);
        clients.into_iter().map(|client| client.join().unwrap_or(Ok(0))).sum()
    })
}

// ANCHOR: abort
/// What the programs of chapters 06 to 11 do on Ctrl-C: drop everything.
fn abort(runtime: &Runtime, stopped: oneshot::Receiver<()>) -> io::Result<SocketAddr> {
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    let engine = Arc::new(Engine::new(Clock::System));
    runtime.spawn(async {
        tokio::select! {
            () = chapter_11::serve(listener, Limits::default(), move |request, reply| {
                dispatch(&engine, request, reply);
            }) => {}
            _ = stopped => {}
        }
    });
    Ok(address)
}
// ANCHOR_END: abort

fn drain(runtime: &Runtime, stopped: oneshot::Receiver<()>) -> io::Result<SocketAddr> {
    let config = Config { port: 0, ..Config::default() };
    let server = runtime.block_on(Server::bind(config)).map_err(io::Error::other)?;
    let address = server.address();
    runtime.spawn(server.run(async { drop(stopped.await) }));
    Ok(address)
}

// ANCHOR: ask
/// Sends requests in one pipeline, is busy with other things for a while, then reads; returns how many replies came.
///
/// # Errors
/// When it cannot connect or send.
pub fn ask(address: SocketAddr, requests: usize, late: Duration) -> io::Result<usize> {
    let mut stream = TcpStream::connect(address)?;
    let set = format!("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n${TEXT}\r\n{}\r\n", "x".repeat(TEXT));
    stream.write_all(set.as_bytes())?;
    stream.write_all(&b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n".repeat(requests))?;
    thread::sleep(late);
    let reply = format!("${TEXT}\r\n").len() + TEXT + "\r\n".len();
    let all = "+OK\r\n".len() + requests * reply;
    let (mut piece, mut came) = (vec![0; 64 << 10], 0);
    while came < all {
        match stream.read(&mut piece) {
            // What it looks like when a server goes: an end, or an error.
            Ok(0) | Err(_) => break,
            Ok(count) => came += count,
        }
    }
    Ok(came.saturating_sub("+OK\r\n".len()) / reply)
}
// ANCHOR_END: ask
