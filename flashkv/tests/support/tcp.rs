//! A connection over TCP or a Unix socket, every wait with a deadline; and any server at an address as a
//! target, such as one that somebody wrote in another language.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use super::reply::{End, Reply, read_reply};
use super::target::{Target, Wire};
use super::transcript::encode;

/// For what must come. Long, as a loaded machine is slow; only a failing test waits for it.
const DEADLINE: Duration = Duration::from_secs(10);

/// For what perhaps does not come. Short, as each such wait is waited out.
const QUIET: Duration = Duration::from_millis(100);

/// A server at an address. Its clock cannot be moved: time passes by waiting.
pub struct Remote {
    pub address: SocketAddr,
}

impl Target for Remote {
    fn open(&mut self) -> Box<dyn Wire> {
        Box::new(SocketWire::tcp(self.address).expect("the server accepts a connection"))
    }

    fn advance(&mut self, ms: u64) {
        std::thread::sleep(Duration::from_millis(ms));
    }

    fn reset(&mut self) {
        // A server that does not know FLUSHALL yet says so; its leftovers then show in the replies.
        self.open().exchange(&encode(&["FLUSHALL"]));
    }
}

/// A connection over a socket.
pub struct SocketWire {
    stream: BufReader<Timed>,
}

impl SocketWire {
    pub fn tcp(address: SocketAddr) -> io::Result<SocketWire> {
        let stream = TcpStream::connect_timeout(&address, DEADLINE)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(SocketWire::new(Stream::Tcp(stream)))
    }

    pub fn unix(path: &Path) -> io::Result<SocketWire> {
        let stream = UnixStream::connect(path)?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(SocketWire::new(Stream::Unix(stream)))
    }

    fn new(stream: Stream) -> SocketWire {
        SocketWire { stream: BufReader::new(Timed { stream, deadline: Instant::now() }) }
    }

    /// Sends without waiting for anything. A server that closed already shows when its replies are read.
    pub fn send(&mut self, bytes: &[u8]) {
        self.send_for(bytes, DEADLINE);
    }

    /// What has come by now, without waiting; [`End::Closed`] if the end of the stream has come as well.
    pub fn arrived(&mut self) -> Reply {
        self.stream.get_ref().stream.set_nonblocking(true);
        self.stream.get_mut().deadline = Instant::now() + DEADLINE;
        let mut bytes = Vec::new();
        let end = match self.stream.read_to_end(&mut bytes) {
            Err(error) if is_late(&error) => End::Complete,
            _ => End::Closed,
        };
        self.stream.get_ref().stream.set_nonblocking(false);
        Reply::from_bytes(bytes, end)
    }

    fn send_for(&mut self, bytes: &[u8], patience: Duration) {
        let timed = self.stream.get_mut();
        timed.deadline = Instant::now() + patience;
        let _ = match &mut timed.stream {
            Stream::Tcp(stream) => stream.write_all(bytes),
            Stream::Unix(stream) => stream.write_all(bytes),
        };
    }
}

impl Wire for SocketWire {
    fn exchange(&mut self, request: &[u8]) -> Reply {
        // Bytes that nobody asked for would shift every later reply by one: show them here.
        let unasked = self.stream.buffer().to_vec();
        self.stream.consume(unasked.len());
        self.send(request);
        let reply = read_reply(&mut self.stream);
        if unasked.is_empty() {
            return reply;
        }
        Reply::unparsed([unasked, reply.bytes].concat(), reply.end)
    }

    fn exchange_all(&mut self, requests: &[Vec<u8>]) -> Vec<Reply> {
        self.send(&requests.concat());
        requests.iter().map(|_| read_reply(&mut self.stream)).collect()
    }

    fn collect(&mut self, bytes: &[u8]) -> Reply {
        self.send_for(bytes, QUIET);
        let mut collected = Vec::new();
        loop {
            match self.stream.fill_buf() {
                Ok([]) => return Reply::from_bytes(collected, End::Closed),
                Ok(read) => {
                    let count = read.len();
                    collected.extend_from_slice(read);
                    self.stream.consume(count);
                    self.stream.get_mut().deadline = Instant::now() + QUIET;
                }
                Err(error) if is_late(&error) => {
                    return Reply::from_bytes(collected, End::Complete);
                }
                Err(_) => return Reply::from_bytes(collected, End::Closed),
            }
        }
    }

    fn await_close(&mut self) -> Reply {
        self.stream.get_mut().deadline = Instant::now() + DEADLINE;
        let mut bytes = Vec::new();
        let end = match self.stream.read_to_end(&mut bytes) {
            Err(error) if is_late(&error) => End::Late,
            _ => End::Closed,
        };
        Reply::unparsed(bytes, end)
    }
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn set_nonblocking(&self, on: bool) {
        match self {
            Stream::Tcp(stream) => stream.set_nonblocking(on),
            Stream::Unix(stream) => stream.set_nonblocking(on),
        }
        .expect("an open socket takes the flag");
    }
}

/// A stream whose reads fail once the deadline has passed, whatever dribbles in before it.
struct Timed {
    stream: Stream,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match &mut self.stream {
            Stream::Tcp(stream) => {
                stream.set_read_timeout(Some(left))?;
                stream.read(buffer)
            }
            Stream::Unix(stream) => {
                stream.set_read_timeout(Some(left))?;
                stream.read(buffer)
            }
        }
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
