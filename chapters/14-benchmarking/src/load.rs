//! Two ways to load a server: as fast as it answers, and at a fixed rate whether it answers or not.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::Latencies;
use crate::workload::{KEYS, Replies, Request};

/// How long a reply may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why there is no figure.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The connection failed.
    #[error("no exchange with the server: {0}")]
    Io(#[from] io::Error),
    /// Not what was asked for.
    #[error("the server answers: {0}")]
    WrongReply(String),
    /// The server itself could not be had.
    #[error("{0}")]
    Server(String),
}

/// Over how many connections, and for how long, requests are sent.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Connections, each with a thread of its own.
    pub connections: u64,
    /// How long requests are sent.
    pub time: Duration,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Answered requests per second.
    pub rate: f64,
    /// From when a request was sent, in an open loop from when it was due, to its reply.
    pub latencies: Latencies,
}

/// Puts all the keys there.
///
/// # Errors
/// If the server does not take them.
pub fn fill(server: SocketAddr) -> Result<(), LoadError> {
    let mut client = Client::connect(server, Request::Set)?;
    let mut sending = client.stream.try_clone()?;
    // Beside the reading: neither side's buffers need hold it all.
    let sender = thread::spawn(move || sending.write_all(&Request::fill()));
    let mut missing = KEYS;
    while missing > 0 {
        missing = missing.saturating_sub(client.read()? as u64);
    }
    Ok(join(sender.join())?)
}

impl Load {
    /// Closed loop: each connection sends `pipeline` requests, waits for all their replies, and only then sends the next.
    /// A server that stands still is not asked meanwhile.
    ///
    /// # Errors
    /// If one reply is wrong, or does not come.
    // ANCHOR: closed
    pub fn closed(&self, server: SocketAddr, pipeline: u64) -> Result<Outcome, LoadError> {
        let start = Instant::now();
        let samples = self.on_each_connection(server, |mut client, mut numbers| {
            let (mut samples, mut batch) = (Vec::new(), Vec::new());
            loop {
                batch.clear();
                let mut missing = pipeline as usize;
                numbers.by_ref().take(missing).for_each(|n| client.request.append(n, &mut batch));
                let sent = Instant::now();
                client.stream.write_all(&batch)?;
                while missing > 0 {
                    let answered = client.read()?;
                    let too_many = || LoadError::WrongReply("more than it was asked".into());
                    missing = missing.checked_sub(answered).ok_or_else(too_many)?;
                    samples.extend(std::iter::repeat_n(sent.elapsed(), answered));
                }
                if start.elapsed() >= self.time {
                    return Ok(samples);
                }
            }
        })?;
        let total = samples.len();
        Ok(Outcome::new(samples, total, start))
    }
    // ANCHOR_END: closed

    /// Open loop: request number n is due n/`rate` seconds after the start, and is sent then, whatever has become of the
    /// others. Its latency counts from when it was due: a server that stands still is charged for everybody who would
    /// have waited.
    ///
    /// # Errors
    /// If one reply is wrong. One that does not come counts as slower than all.
    // ANCHOR: open
    pub fn open(&self, server: SocketAddr, rate: f64) -> Result<Outcome, LoadError> {
        let total = (rate * self.time.as_secs_f64()) as u64;
        // Late enough for all threads to be there.
        let start = Instant::now() + Duration::from_millis(20);
        let due = |number: u64| start + Duration::from_secs_f64(number as f64 / rate);
        let samples = self.on_each_connection(server, |mut client, numbers| {
            let mine: Vec<u64> = numbers.take_while(|number| *number < total).collect();
            let (mut stream, request) = (client.stream.try_clone()?, client.request);
            let mut samples = Vec::with_capacity(mine.len());
            let mut unanswered = mine.iter();
            thread::scope(|scope| {
                scope.spawn(|| send_when_due(&mut stream, request, &mine, due));
                while unanswered.len() > 0 {
                    let answered = match client.read() {
                        // What has not come by now stays unanswered.
                        Err(LoadError::Io(error)) if is_timeout(&error) => break,
                        read => read?,
                    };
                    let now = Instant::now();
                    samples.extend(unanswered.by_ref().take(answered).map(|n| now - due(*n)));
                }
                Ok(samples)
            })
        })?;
        Ok(Outcome::new(samples, total as usize, start))
    }
    // ANCHOR_END: open

    /// Runs a client on each connection, in a thread of its own, with its share of the numbers: every so-manieth.
    fn on_each_connection<F>(&self, server: SocketAddr, run: F) -> Result<Vec<Duration>, LoadError>
    where
        F: Fn(
                Client,
                std::iter::StepBy<std::ops::RangeFrom<u64>>,
            ) -> Result<Vec<Duration>, LoadError>
            + Sync,
    {
        let connect = |number| Client::connect(server, Request::of_connection(number));
        let clients = (0..self.connections).map(connect).collect::<Result<Vec<Client>, _>>()?;
        let (run, step) = (&run, clients.len().max(1));
        thread::scope(|scope| {
            let spawn = |(first, client)| scope.spawn(move || run(client, (first..).step_by(step)));
            let threads: Vec<ScopedJoinHandle<'_, _>> = (0..).zip(clients).map(spawn).collect();
            let samples = threads.into_iter().map(|thread| join(thread.join()));
            Ok(samples.collect::<Result<Vec<_>, LoadError>>()?.concat())
        })
    }
}

/// Sends each request when it is due; those that are late go together.
// ANCHOR: due
fn send_when_due(
    stream: &mut TcpStream,
    request: Request,
    numbers: &[u64],
    due: impl Fn(u64) -> Instant,
) -> io::Result<()> {
    let mut numbers = numbers.iter().peekable();
    while let Some(next) = numbers.peek() {
        thread::sleep(due(**next).saturating_duration_since(Instant::now()));
        let (now, mut batch) = (Instant::now(), Vec::new());
        while let Some(number) = numbers.next_if(|number| due(**number) <= now) {
            request.append(*number, &mut batch);
        }
        stream.write_all(&batch)?;
    }
    Ok(())
}
// ANCHOR_END: due

impl Outcome {
    fn new(samples: Vec<Duration>, total: usize, start: Instant) -> Outcome {
        let rate = samples.len() as f64 / start.elapsed().as_secs_f64();
        Outcome { rate, latencies: Latencies::new(samples, total) }
    }
}

/// One connection.
struct Client {
    stream: TcpStream,
    request: Request,
    replies: Replies,
    buffer: Vec<u8>,
}

impl Client {
    fn connect(server: SocketAddr, request: Request) -> Result<Client, LoadError> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let (replies, buffer) = (Replies::to(request), vec![0; 16 << 10]);
        Ok(Client { stream, request, replies, buffer })
    }

    /// Waits for bytes, and returns how many replies they complete.
    fn read(&mut self) -> Result<usize, LoadError> {
        match self.stream.read(&mut self.buffer)? {
            0 => Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
            len => self.replies.take(self.buffer.get(..len).unwrap_or_default()),
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// What a thread returned; its panic is ours.
fn join<T>(joined: thread::Result<T>) -> T {
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
