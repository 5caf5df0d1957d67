//! A connection over TCP or a Unix socket, every wait with a deadline; and any server at an address as a
//! target, such as one that somebody wrote in another language.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Error;
use crate::reply::{End, Reply, read_reply};
use crate::target::{Expected, Target, Wire};
use crate::transcript::{Action, Script, encode};

/// For what must come. Long, as a loaded machine is slow; only a failing test waits for it.
const DEADLINE: Duration = Duration::from_secs(10);

/// For what perhaps does not come. Short, as each such wait is waited out.
const QUIET: Duration = Duration::from_millis(100);

/// For what is expected, but may be wrong.
const PATIENCE: Duration = Duration::from_secs(5);

/// For what is not expected after all that was.
const NO_MORE: Duration = Duration::from_millis(20);

/// A server at an address.
pub struct Remote {
    address: SocketAddr,
    move_clock: Option<Box<dyn FnMut(u64)>>,
}

impl Remote {
    /// A server with a clock of its own: time passes by waiting.
    pub fn new(address: SocketAddr) -> Remote {
        Remote { address, move_clock: None }
    }

    /// A server whose clock this closure moves forward, by milliseconds. It stands at [`crate::T0`] now, and cannot be
    /// brought back there, so such a server is good for one script: [`Fresh`] starts one for each.
    pub fn with_clock(address: SocketAddr, move_clock: impl FnMut(u64) + 'static) -> Remote {
        Remote { address, move_clock: Some(Box::new(move_clock)) }
    }
}

impl Target for Remote {
    fn open(&mut self) -> Result<Box<dyn Wire>, Error> {
        let wire = SocketWire::tcp(self.address);
        Ok(Box::new(wire.map_err(|error| Error::connect(self.address, error))?))
    }

    fn advance(&mut self, ms: u64) -> Result<(), Error> {
        match &mut self.move_clock {
            Some(forward) => forward(ms),
            None => std::thread::sleep(Duration::from_millis(ms)),
        }
        Ok(())
    }

    fn has_injected_clock(&self) -> bool {
        self.move_clock.is_some()
    }

    /// A server that does not know FLUSHALL yet keeps its data.
    fn reset(&mut self) -> Result<(), Error> {
        self.open()?.exchange(&encode(&["FLUSHALL"]));
        Ok(())
    }

    /// A server that does not know FLUSHALL yet is asked to forget every word of the script instead: each key is one.
    fn reset_for(&mut self, script: &Script) -> Result<(), Error> {
        let mut wire = self.open()?;
        if wire.exchange(&encode(&["FLUSHALL"])).is_error() {
            let arguments = script.steps.iter().filter_map(|step| match &step.action {
                Action::Request(words) => words.get(1..),
                _ => None,
            });
            let words: BTreeSet<&Vec<u8>> = arguments.flatten().collect();
            for word in words {
                wire.exchange(&encode(&[b"DEL", word.as_slice()]));
            }
        }
        Ok(())
    }
}

/// A server that is started anew for each script: what a test of a server in its own process can afford, and nothing
/// of one script is left to the next.
pub struct Fresh<F, G> {
    start: F,
    /// The server of the current script, and what stops it when it is dropped.
    running: Option<(Remote, G)>,
}

impl<F, G> Fresh<F, G>
where
    F: FnMut() -> Result<(Remote, G), Error>,
{
    /// A target whose servers this closure starts, each with its clock at [`crate::T0`].
    pub fn new(start: F) -> Fresh<F, G> {
        Fresh { start, running: None }
    }

    fn remote(&mut self) -> Result<&mut Remote, Error> {
        let running = match self.running.take() {
            Some(running) => running,
            None => (self.start)()?,
        };
        Ok(&mut self.running.insert(running).0)
    }
}

impl<F, G> Target for Fresh<F, G>
where
    F: FnMut() -> Result<(Remote, G), Error>,
{
    fn open(&mut self) -> Result<Box<dyn Wire>, Error> {
        self.remote()?.open()
    }

    fn advance(&mut self, ms: u64) -> Result<(), Error> {
        self.remote()?.advance(ms)
    }

    fn reset(&mut self) -> Result<(), Error> {
        self.running = None;
        self.remote().map(drop)
    }
}

/// A connection over a socket.
pub struct SocketWire {
    stream: BufReader<Timed>,
}

impl SocketWire {
    /// Connects over TCP.
    pub fn tcp(address: SocketAddr) -> io::Result<SocketWire> {
        let stream = TcpStream::connect_timeout(&address, DEADLINE)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(SocketWire::new(Stream::Tcp(stream)))
    }

    /// Connects to a Unix socket.
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
        let mut bytes = Vec::new();
        self.stream.get_mut().deadline = Instant::now() + DEADLINE;
        let all = match self.stream.get_ref().stream.set_nonblocking(true) {
            Ok(()) => self.stream.read_to_end(&mut bytes).map(drop),
            Err(error) => Err(error),
        };
        let blocking = self.stream.get_ref().stream.set_nonblocking(false);
        let end = match (all, blocking) {
            (Err(error), Ok(())) if is_late(&error) => End::Complete,
            _ => End::Closed,
        };
        Reply::from_bytes(bytes, end)
    }

    /// Takes what comes, until the next byte is longer in coming than those before it allow.
    fn take(&mut self, patience: impl Fn(&[u8]) -> Duration) -> Reply {
        let mut collected = Vec::new();
        loop {
            self.stream.get_mut().deadline = Instant::now() + patience(&collected);
            match self.stream.fill_buf() {
                Ok([]) => return Reply::from_bytes(collected, End::Closed),
                Ok(read) => {
                    let count = read.len();
                    collected.extend_from_slice(read);
                    self.stream.consume(count);
                }
                Err(error) if is_late(&error) => {
                    return Reply::from_bytes(collected, End::Complete);
                }
                Err(_) => return Reply::from_bytes(collected, End::Closed),
            }
        }
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
        self.take(|_| QUIET)
    }

    fn collect_expected(&mut self, bytes: &[u8], expected: Expected<'_>) -> Reply {
        if expected == Expected::default() {
            return self.collect(bytes);
        }
        self.send(bytes);
        self.take(|came| {
            // What differs already need not be waited for.
            let rest = expected.bytes.strip_prefix(came);
            let is_awaited = rest.is_some_and(|rest| !rest.is_empty() || expected.closed);
            if is_awaited { PATIENCE } else { NO_MORE }
        })
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
    fn set_nonblocking(&self, on: bool) -> io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.set_nonblocking(on),
            Stream::Unix(stream) => stream.set_nonblocking(on),
        }
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
