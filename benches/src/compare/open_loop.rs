//! Load at a fixed rate: requests are sent when they are due, whether or not earlier ones have been answered, and their
//! latency counts from when they were due. A server that stalls is charged for everybody who would have waited.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::Failure;
use super::server::Server;
use super::stats::percentile;
use crate::requests::{VALUE, append, key};

/// Keys that are used, one after the other.
const KEYS: usize = 10_000;

/// How long the last replies may take.
const GRACE: Duration = Duration::from_secs(2);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// GET of a key that is there.
    Get,
    /// SET of a key that is there.
    Set,
}

impl Request {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Request::Get => "get",
            Request::Set => "set",
        }
    }

    fn append(self, number: usize, out: &mut Vec<u8>) {
        let key = key(number % KEYS);
        match self {
            Request::Get => append(&[b"GET", key.as_bytes()], out),
            Request::Set => append(&[b"SET", key.as_bytes(), VALUE], out),
        }
    }

    /// Bytes of each reply: all are the same, so they can be told apart by counting.
    fn reply_len(self) -> usize {
        match self {
            Request::Get => format!("${}\r\n\r\n", VALUE.len()).len() + VALUE.len(),
            Request::Set => b"+OK\r\n".len(),
        }
    }
}

/// Requests at a fixed rate.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Requests per second, on all connections together.
    pub per_second: usize,
    /// How long.
    pub seconds: usize,
    /// Connections that take turns.
    pub connections: usize,
}

/// When the replies came.
#[derive(Debug, Clone)]
pub struct Latencies {
    /// Requests that were to be sent.
    pub total: usize,
    /// The server's processor time per answered request, in microseconds.
    pub processor: f64,
    /// Microseconds from when each was due to its reply, of those that were answered; ascending.
    sorted: Vec<u32>,
}

impl Latencies {
    /// The latency that `share` of all requests do not exceed, in milliseconds; `None` if fewer were answered in time.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        percentile(&self.sorted, self.total, share).map(|us| f64::from(us) / 1000.0)
    }
}

impl Rate {
    /// Loads a server.
    ///
    /// # Errors
    /// If it cannot be reached, or replies something unexpected.
    pub fn run(&self, server: &Server, request: Request) -> Result<Latencies, Failure> {
        let connections = self.connections.max(1);
        let streams =
            (0..connections).map(|_| server.connect()).collect::<Result<Vec<_>, Failure>>()?;
        fill(server)?;
        let total = self.per_second * self.seconds;
        let before = server.processor_time();
        // Late enough for all threads to be there.
        let start = Instant::now() + Duration::from_millis(50);
        let results: Vec<Result<Vec<u32>, Failure>> = thread::scope(|scope| {
            let running: Vec<_> = (streams.iter().enumerate())
                .map(|(first, stream)| {
                    let schedule = Schedule { start, first, connections, total, rate: *self };
                    scope.spawn(move || schedule.send(stream, request));
                    scope.spawn(move || schedule.receive(stream, request))
                })
                .collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|_| Err("a reader has failed".into()))
            };
            running.into_iter().map(join).collect()
        });
        let used = server.processor_time() - before;
        let mut sorted = results.into_iter().collect::<Result<Vec<_>, Failure>>()?.concat();
        sorted.sort_unstable();
        let processor = used.as_secs_f64() * 1e6 / sorted.len().max(1) as f64;
        Ok(Latencies { total, processor, sorted })
    }
}

fn fill(server: &Server) -> Result<(), Failure> {
    let keys: Vec<String> = (0..KEYS).map(key).collect();
    let mut words: Vec<&[u8]> = vec![b"MSET"];
    words.extend(keys.iter().flat_map(|key| [key.as_bytes(), VALUE]));
    let mut request = Vec::new();
    append(&words, &mut request);
    server.send(&request)
}

/// When one connection's requests are due: every so many-th of all.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    start: Instant,
    first: usize,
    connections: usize,
    total: usize,
    rate: Rate,
}

impl Schedule {
    /// The requests of this connection, in order.
    fn numbers(&self) -> impl Iterator<Item = usize> + use<> {
        (self.first..self.total).step_by(self.connections)
    }

    fn due(&self, number: usize) -> Instant {
        self.start + Duration::from_secs_f64(number as f64 / self.rate.per_second as f64)
    }

    /// When to give up on what has not been answered.
    fn end(&self) -> Instant {
        self.start + Duration::from_secs(self.rate.seconds as u64) + GRACE
    }

    /// Sends each request when it is due; what is late goes together.
    fn send(&self, mut stream: &TcpStream, request: Request) {
        let mut numbers = self.numbers().peekable();
        let mut due = Vec::new();
        while let Some(next) = numbers.peek() {
            let now = Instant::now();
            thread::sleep(self.due(*next).saturating_duration_since(now));
            let now = Instant::now();
            due.clear();
            while let Some(number) = numbers.next_if(|number| self.due(*number) <= now) {
                request.append(number, &mut due);
            }
            // What cannot be sent is not answered, and counts as such.
            if now > self.end() || stream.write_all(&due).is_err() {
                return;
            }
        }
    }

    /// The latencies of all requests that are answered in time, in microseconds.
    fn receive(&self, mut stream: &TcpStream, request: Request) -> Result<Vec<u32>, Failure> {
        let mut latencies = Vec::with_capacity(self.total / self.connections + 1);
        let mut numbers = self.numbers().peekable();
        let (mut buffer, mut pending) = (vec![0; 64 << 10], 0);
        while numbers.peek().is_some() {
            let left = self.end().saturating_duration_since(Instant::now());
            if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
                break;
            }
            let len = match stream.read(&mut buffer) {
                Ok(0) => return Err("the server has closed a connection".into()),
                Ok(len) => len,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    break;
                }
                Err(error) => return Err(error.to_string()),
            };
            let now = Instant::now();
            if pending == 0 && !matches!(buffer.first(), Some(b'+' | b'$')) {
                let reply = String::from_utf8_lossy(buffer.get(..len.min(80)).unwrap_or_default());
                return Err(format!("the server replies: {reply}"));
            }
            pending += len;
            let answered = pending / request.reply_len();
            pending %= request.reply_len();
            latencies.extend(numbers.by_ref().take(answered).map(|number| {
                let waited = now.saturating_duration_since(self.due(number));
                u32::try_from(waited.as_micros()).unwrap_or(u32::MAX)
            }));
        }
        Ok(latencies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_take_turns_at_a_fixed_rate() {
        let rate = Rate { per_second: 1000, seconds: 1, connections: 4 };
        let start = Instant::now();
        let schedule = Schedule { start, first: 1, connections: 4, total: 10, rate };
        assert_eq!(schedule.numbers().collect::<Vec<_>>(), [1, 5, 9]);
        assert_eq!(schedule.due(9) - start, Duration::from_millis(9));
    }
}
