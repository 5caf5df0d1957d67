//! Chapters 02, 03, 11 and 12: what a server's connections cost it. Each server is a process of its own, so that its
//! processor time and its memory are nobody else's, and is this same program, so that both have the same allocator.

use std::future::pending;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;

use benches::compare::Failure;
use benches::compare::server::Server;
use benches::requests::{VALUE, key, request};
use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_10::commands::dispatch;
use clap::ValueEnum;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::table::{Pair, Table};

/// Clients that are idle.
const IDLE: usize = 500;
const ROUNDS: usize = 15;

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
        let failure = |error: &dyn std::fmt::Display| error.to_string();
        if self == Serving::Flashkv {
            let threads = Some(threads);
            let config = flashkv::Config { port, threads, ..flashkv::Config::default() };
            let _server = flashkv::Server::bind(config).map_err(|error| failure(&error))?;
            loop {
                std::thread::park();
            }
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.into())
            .enable_all()
            .build()
            .map_err(|error| failure(&error))?;
        runtime
            .block_on(async {
                let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, port));
                match self {
                    Serving::Chapter02 => chapter_02::tasks::run(listen().await?).await?,
                    Serving::Chapter03 => chapter_03::server::run(listen().await?).await,
                    Serving::Chapter11 => {
                        let engine = Arc::new(chapter_09::Engine::default());
                        let limits = chapter_11::connection::Limits::default();
                        let handler = move |request: &Request, reply: &mut Reply<'_>| {
                            dispatch(&engine, request, reply)
                        };
                        chapter_11::serve(listen().await?, limits, handler).await;
                    }
                    Serving::Chapter12 | Serving::Flashkv => {
                        let config = chapter_12::Config { port, ..chapter_12::Config::default() };
                        let server = chapter_12::Server::bind(config)
                            .await
                            .map_err(std::io::Error::other)?;
                        server.run(pending()).await;
                    }
                }
                Ok(())
            })
            .map_err(|error: std::io::Error| failure(&error))
    }

    fn start(self, threads: u16) -> Result<Server, Failure> {
        let myself = std::env::current_exe().map_err(|error| error.to_string())?;
        let name = self.to_possible_value().map(|value| value.get_name().to_owned());
        let name = name.unwrap_or_default();
        let myself = myself.display();
        let command =
            format!("{name}='{myself}' --serve {name} --port {{port}} --threads {threads}");
        Server::start(&command, &std::env::temp_dir(), None)
    }
}

/// Chapter 02: a task for each client on threads that share them, and clients that stay with a thread.
pub(crate) fn a_task_for_each_client() -> Result<Table, Failure> {
    let both = Both::start(Serving::Chapter02, 2)?;
    let idle = both.idle(b"PING\r\n", b"+PONG\r\n")?;
    let ping = Load {
        clients: 8,
        batch: b"PING\r\n".to_vec(),
        replies: b"+PONG\r\n".to_vec(),
        requests: 1,
    };
    Ok(Table {
        chapter: 2,
        about: "bytes of memory for an idle client, and microseconds of processor for a PING of 8 clients".into(),
        columns: vec![("an idle client", idle), ("a PING", both.processor(&ping)?)],
    })
}

/// Chapter 03: an answer a write, and all answers to a read in one.
pub(crate) fn a_write_for_each_message() -> Result<Table, Failure> {
    let both = Both::start(Serving::Chapter03, 1)?;
    let load = |requests| Load::new(1, requests, b"PING\r\n", b"+PONG\r\n");
    Ok(Table {
        chapter: 3,
        about: "microseconds of the server's processor for a PING, by the number that a client sends in one write".into(),
        columns: vec![
            ("1", both.processor(&load(1))?),
            ("10", both.processor(&load(10))?),
            ("100", both.processor(&load(100))?),
        ],
    })
}

/// Chapter 11: the pipeline, and what is around it.
pub(crate) fn batches() -> Result<Table, Failure> {
    let both = Both::start(Serving::Chapter11, 1)?;
    let set = request(&[b"SET", key(1).as_bytes(), VALUE]);
    let load = |requests| Load::new(8, requests, &set, b"+OK\r\n");
    let columns = vec![
        ("1", both.processor(&load(1))?),
        ("16", both.processor(&load(16))?),
        ("64", both.processor(&load(64))?),
        ("an idle client", both.idle(&set, b"+OK\r\n")?),
    ];
    Ok(Table {
        chapter: 11,
        about: "microseconds of the server's processor for a SET of 8 clients, by the number in a pipeline; bytes of memory".into(),
        columns,
    })
}

/// Chapter 12: everything together, on two threads.
pub(crate) fn the_whole_server() -> Result<Table, Failure> {
    let both = Both::start(Serving::Chapter12, 2)?;
    let set = request(&[b"SET", key(1).as_bytes(), VALUE]);
    let load = |clients, requests| Load::new(clients, requests, &set, b"+OK\r\n");
    let columns = vec![
        ("1 client", both.processor(&load(1, 1))?),
        ("8", both.processor(&load(8, 1))?),
        ("64", both.processor(&load(64, 1))?),
        ("8, 16 in a pipeline", both.processor(&load(8, 16))?),
        ("an idle client", both.idle(&set, b"+OK\r\n")?),
    ];
    Ok(Table {
        chapter: 12,
        about: "microseconds of the server's processor for a SET on two threads, by clients".into(),
        columns,
    })
}

/// A chapter's server and flashkv, with as many threads for their clients.
struct Both {
    servers: [Server; 2],
}

impl Both {
    fn start(chapter: Serving, threads: u16) -> Result<Both, Failure> {
        Ok(Both { servers: [chapter.start(threads)?, Serving::Flashkv.start(threads)?] })
    }

    /// Bytes of memory for each of many clients that have been answered once and are idle since.
    fn idle(&self, request: &[u8], reply: &[u8]) -> Result<Pair, Failure> {
        let bytes = |server: &Server| {
            let ask = Load::new(1, 1, request, reply);
            // What a server needs once, it has after the first few.
            let _first = ask.connect_so_many(server, IDLE / 10)?;
            let before = server.resident();
            let _idle = ask.connect_so_many(server, IDLE)?;
            let added = server.resident().saturating_sub(before);
            Ok::<f64, Failure>(added as f64 * 1024.0 / IDLE as f64)
        };
        let [chapter, flashkv] = &self.servers;
        Ok([bytes(chapter)?, bytes(flashkv)?])
    }

    /// Microseconds of the server's processor for a request, in turns, of which the best counts: others were disturbed.
    fn processor(&self, load: &Load) -> Result<Pair, Failure> {
        let mut best = [f64::INFINITY; 2];
        for _ in 0..ROUNDS {
            for (server, best) in self.servers.iter().zip(&mut best) {
                *best = best.min(load.processor(server)?);
            }
        }
        Ok(best)
    }
}

/// Clients that all send a batch, wait for all its replies, and then send the next.
struct Load {
    clients: usize,
    requests: usize,
    batch: Vec<u8>,
    replies: Vec<u8>,
}

impl Load {
    fn new(clients: usize, requests: usize, request: &[u8], reply: &[u8]) -> Load {
        Load { clients, requests, batch: request.repeat(requests), replies: reply.repeat(requests) }
    }

    fn processor(&self, server: &Server) -> Result<f64, Failure> {
        /// Batches of each round, whoever sends them.
        const BATCHES: usize = 2000;
        let mut clients = self.connect_so_many(server, self.clients)?;
        let (rounds, before) = (BATCHES / self.clients, server.threads_time());
        for _ in 0..rounds {
            self.ask(&mut clients)?;
        }
        let spent = server.threads_time().saturating_sub(before);
        Ok(spent.as_secs_f64() * 1e6 / (rounds * self.clients * self.requests) as f64)
    }

    /// Clients that have each been answered once.
    fn connect_so_many(&self, server: &Server, count: usize) -> Result<Vec<TcpStream>, Failure> {
        let mut clients =
            (0..count).map(|_| server.connect()).collect::<Result<Vec<TcpStream>, Failure>>()?;
        self.ask(&mut clients)?;
        Ok(clients)
    }

    /// One batch of every client.
    fn ask(&self, clients: &mut [TcpStream]) -> Result<(), Failure> {
        let failure = |error: std::io::Error| format!("a client was lost: {error}");
        for client in &mut *clients {
            client.write_all(&self.batch).map_err(failure)?;
        }
        let mut replies = vec![0; self.replies.len()];
        for client in clients {
            client.read_exact(&mut replies).map_err(failure)?;
            if replies != self.replies {
                return Err(format!("a wrong reply: {}", replies.escape_ascii()));
            }
        }
        Ok(())
    }
}
