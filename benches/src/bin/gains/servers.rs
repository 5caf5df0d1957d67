//! Chapters 02, 03, 11 and 12: what a server's connections cost it. Each server is a process of its own, so that its
//! processor time and its memory are nobody else's, and is this same program, so that both have the same allocator.

use std::future::pending;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use benches::compare::Failure;
use benches::compare::server::Server;
use benches::compare::stats::median;
use benches::requests::{VALUE, key, request};
use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_10::commands::dispatch;
use clap::ValueEnum;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::table::{Pair, Table};

/// Clients that are silent.
const IDLE: usize = 500;
/// How often the processor time of a load is taken.
const ROUNDS: usize = 9;

/// A server to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Serving {
    /// Chapter 02's, a task for each client.
    Chapter02,
    /// Chapter 03's.
    Chapter03,
    /// Chapter 11's, with the commands of chapter 10.
    Chapter11,
    /// Chapter 12's.
    Chapter12,
    /// The finished one.
    Flashkv,
}

impl Serving {
    /// Serves until the process is ended.
    pub(crate) fn run(self, port: u16, threads: u16) -> Result<(), Failure> {
        let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        match self {
            Serving::Chapter02 => {
                on_tokio(threads, async { chapter_02::tasks::run(listen().await?).await })
            }
            Serving::Chapter03 => on_tokio(threads, async {
                chapter_03::server::run(listen().await?).await;
                Ok(())
            }),
            Serving::Chapter11 => on_tokio(threads, async {
                let engine = Arc::new(chapter_09::Engine::default());
                let limits = chapter_11::connection::Limits::default();
                let handler = move |request: &Request, reply: &mut Reply<'_>| {
                    dispatch(&engine, request, reply);
                };
                chapter_11::serve(listen().await?, limits, handler).await;
                Ok(())
            }),
            Serving::Chapter12 => on_tokio(threads, async {
                let config = chapter_12::Config { port, ..chapter_12::Config::default() };
                let server = chapter_12::Server::bind(config).await.map_err(io::Error::other)?;
                server.run(pending()).await;
                Ok(())
            }),
            Serving::Flashkv => {
                let threads = Some(threads);
                let config = flashkv::Config { port, threads, ..flashkv::Config::default() };
                let _server = flashkv::Server::bind(config).map_err(failure)?;
                loop {
                    thread::park();
                }
            }
        }
    }

    fn start(self, threads: u16) -> Result<Server, Failure> {
        let myself = std::env::current_exe().map_err(failure)?;
        let name = self.to_possible_value().map(|value| value.get_name().to_owned());
        let name = name.unwrap_or_default();
        let myself = myself.display();
        let command =
            format!("{name}='{myself}' --serve {name} --port {{port}} --threads {threads}");
        Server::start(&command, &std::env::temp_dir(), None)
    }
}

fn on_tokio(threads: u16, serving: impl Future<Output = io::Result<()>>) -> Result<(), Failure> {
    let threads = threads.into();
    let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    runtime.and_then(|runtime| runtime.block_on(serving)).map_err(failure)
}

fn failure(error: impl std::fmt::Display) -> Failure {
    error.to_string()
}

/// Chapter 02: a buffer for each client, and one for each thread.
pub(crate) fn a_task_for_each_client() -> Result<Table, Failure> {
    let both = Both::start(Serving::Chapter02, 2)?;
    let ping = Load::new(1, 1, b"PING\r\n", b"+PONG\r\n");
    let about = "bytes of memory for a client that has been answered and is silent";
    Ok(Table { chapter: 2, about: about.into(), columns: vec![("", both.idle(&ping)?)] })
}

/// Chapter 03: an answer a write, and all answers to a read in one.
pub(crate) fn a_write_for_each_message() -> Result<Table, Failure> {
    let both = Both::start(Serving::Chapter03, 1)?;
    let one = both.cost(&Load::new(1, 1, b"PING\r\n", b"+PONG\r\n"))?;
    // Few of them, as the chapter's client waits long for each.
    let hundred = Load { batches: 4, ..Load::new(1, 100, b"PING\r\n", b"+PONG\r\n") };
    let hundred = both.cost(&hundred)?;
    let columns = vec![
        ("µs each, one", one.processor),
        ("µs each, of 100", hundred.processor),
        ("ms until all 100 are back", hundred.wait),
    ];
    let about =
        "processor time of a PING, one and 100 of them sent in one write, and the client's wait";
    Ok(Table { chapter: 3, about: about.into(), columns })
}

/// Chapter 11: what is around the pipeline.
pub(crate) fn batches() -> Result<Table, Failure> {
    let both = Both::start(Serving::Chapter11, 1)?;
    let load = |together| Load::new(8, together, &set(), b"+OK\r\n");
    let columns = vec![
        ("µs, 1 in a pipeline", both.cost(&load(1))?.processor),
        ("16", both.cost(&load(16))?.processor),
        ("64", both.cost(&load(64))?.processor),
        ("bytes, an idle client", both.idle(&load(1))?),
    ];
    let about = "processor time of a SET from 8 clients on one thread, and memory of a client that is silent";
    Ok(Table { chapter: 11, about: about.into(), columns })
}

/// Chapter 12: who comes while the server is busy.
pub(crate) fn the_whole_server() -> Result<Table, Failure> {
    let crowd = Both::start(Serving::Chapter12, 2)?.pair(answer_a_crowd)?;
    let queue = Both::start(Serving::Chapter12, 2)?.pair(count_the_queue)?;
    let about = "clients that may wait to be accepted, and the time until a crowd is answered that had to wait";
    let columns = vec![("clients that may wait", queue), ("ms for 250", crowd)];
    Ok(Table { chapter: 12, about: about.into(), columns })
}

/// Clients that can connect while the server does nothing.
fn count_the_queue(server: &Server) -> Result<f64, Failure> {
    /// Whoever is let in is so at once.
    const PATIENCE: Duration = Duration::from_millis(200);
    /// Nobody lets in more.
    const MOST: usize = 60_000;
    rlimit::increase_nofile_limit(u64::MAX).map_err(failure)?;
    server.pause()?;
    let address = (Ipv4Addr::LOCALHOST, server.port).into();
    let mut clients = Vec::new();
    while clients.len() < MOST {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(client) => clients.push(client),
            Err(error) if error.kind() == ErrorKind::TimedOut => break,
            Err(error) => return Err(format!("after {} clients: {error}", clients.len())),
        }
    }
    Ok(clients.len() as f64)
}

/// Milliseconds until all clients are answered that came while the server was busy.
fn answer_a_crowd(server: &Server) -> Result<f64, Failure> {
    const CROWD: usize = 250;
    const PAUSE: Duration = Duration::from_millis(50);
    let ping = Load::new(1, 1, &request(&[b"PING"]), b"+PONG\r\n");
    server.pause()?;
    let start = Instant::now();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CROWD).map(|_| scope.spawn(|| ping.connect(server, 1))).collect();
        thread::sleep(PAUSE.saturating_sub(start.elapsed()));
        server.resume()?;
        clients.into_iter().try_for_each(|client| match client.join() {
            Ok(answered) => answered.map(drop),
            Err(_) => Err("a client has panicked".into()),
        })
    })?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

fn set() -> Vec<u8> {
    request(&[b"SET", key(1).as_bytes(), VALUE])
}

/// A chapter's server and flashkv, with as many threads for their clients.
struct Both {
    servers: [Server; 2],
}

/// What a load costs.
struct Cost {
    /// Microseconds of the server's processor for a request.
    processor: Pair,
    /// Milliseconds that a client waits for all replies to a batch.
    wait: Pair,
}

impl Both {
    fn start(chapter: Serving, threads: u16) -> Result<Both, Failure> {
        Ok(Both { servers: [chapter.start(threads)?, Serving::Flashkv.start(threads)?] })
    }

    /// Bytes of memory for each of many clients that have been answered once and are silent since.
    fn idle(&self, load: &Load) -> Result<Pair, Failure> {
        self.pair(|server| {
            // What a server needs once, it has after the first few.
            let _first = load.connect(server, IDLE / 10)?;
            let before = server.resident();
            let _idle = load.connect(server, IDLE)?;
            let added = server.resident().saturating_sub(before);
            Ok(added as f64 * 1024.0 / IDLE as f64)
        })
    }

    /// In turns, so that both have their share of whatever else the machine does.
    fn cost(&self, load: &Load) -> Result<Cost, Failure> {
        let [chapter, flashkv] = &self.servers;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(load.round(chapter)?);
            theirs.push(load.round(flashkv)?);
        }
        // The best counts, as others were disturbed.
        let least = |rounds: &[(f64, f64)]| {
            rounds.iter().map(|(processor, _)| *processor).fold(f64::INFINITY, f64::min)
        };
        let middle = |rounds: &[(f64, f64)]| {
            median(rounds.iter().map(|(_, wait)| *wait)).unwrap_or_default()
        };
        Ok(Cost {
            processor: [least(&ours), least(&theirs)],
            wait: [middle(&ours), middle(&theirs)],
        })
    }

    fn pair(&self, figure: impl Fn(&Server) -> Result<f64, Failure>) -> Result<Pair, Failure> {
        let [chapter, flashkv] = &self.servers;
        Ok([figure(chapter)?, figure(flashkv)?])
    }
}

/// Clients that all send a batch, wait for all its replies, and then send the next.
struct Load {
    clients: usize,
    /// Requests in a batch.
    requests: usize,
    batch: Vec<u8>,
    replies: Vec<u8>,
    /// Batches of a client in a round.
    batches: usize,
}

impl Load {
    fn new(clients: usize, requests: usize, request: &[u8], reply: &[u8]) -> Load {
        let (batch, replies) = (request.repeat(requests), reply.repeat(requests));
        Load { clients, requests, batch, replies, batches: 250 }
    }

    /// Microseconds of the server's processor for a request, and milliseconds of waiting for a batch.
    fn round(&self, server: &Server) -> Result<(f64, f64), Failure> {
        let mut clients = self.connect(server, self.clients)?;
        let (start, before) = (Instant::now(), server.threads_time());
        for _ in 0..self.batches {
            self.ask(&mut clients)?;
        }
        let (waited, used) = (start.elapsed(), server.threads_time().saturating_sub(before));
        let requests = self.batches * self.clients * self.requests;
        Ok((
            used.as_secs_f64() * 1e6 / requests as f64,
            waited.as_secs_f64() * 1e3 / self.batches as f64,
        ))
    }

    /// So many clients, each of which has been answered once.
    fn connect(&self, server: &Server, count: usize) -> Result<Vec<TcpStream>, Failure> {
        let mut clients =
            (0..count).map(|_| server.connect()).collect::<Result<Vec<TcpStream>, Failure>>()?;
        self.ask(&mut clients)?;
        Ok(clients)
    }

    /// One batch of every client.
    fn ask(&self, clients: &mut [TcpStream]) -> Result<(), Failure> {
        let lost = |error: io::Error| format!("a client was lost: {error}");
        for client in &mut *clients {
            client.write_all(&self.batch).map_err(lost)?;
        }
        let mut replies = vec![0; self.replies.len()];
        for client in clients {
            client.read_exact(&mut replies).map_err(lost)?;
            if replies != self.replies {
                return Err(format!("a wrong reply: {}", replies.escape_ascii()));
            }
        }
        Ok(())
    }
}
