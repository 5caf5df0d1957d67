//! A client of a learner's server: blocking, every wait with a deadline. It knows bytes, and no protocol.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// For what must come: long, as a loaded machine is slow; only a wrong answer waits for it.
const PATIENCE: Duration = Duration::from_secs(3);

/// A connection to a server.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    patience: Duration,
}

/// What came from a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Why no more were taken.
    pub end: End,
}

/// Why a client stopped reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As many came as were asked for.
    Enough,
    /// The server closed the connection.
    Closed,
    /// No more came in time.
    Late,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// If nobody accepts the connection.
    pub fn connect(address: SocketAddr) -> io::Result<Client> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Client { stream, patience: PATIENCE })
    }

    /// Waits this long, instead of three seconds, for what must come.
    #[must_use]
    pub fn patient_for(mut self, patience: Duration) -> Client {
        self.patience = patience;
        self
    }

    /// Sends bytes. That the server has closed already shows when its replies are read.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref());
    }

    /// Sends no more, and goes on reading: a half-close.
    pub fn finish(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Takes that many bytes, or what comes before the end or the deadline.
    pub fn receive(&mut self, count: usize) -> Received {
        let deadline = Instant::now() + self.patience;
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        while bytes.len() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stream.set_read_timeout(Some(left)).is_err() {
                return Received { bytes, end: End::Late };
            }
            let wanted = buffer.len().min(count - bytes.len());
            let Some(space) = buffer.get_mut(..wanted) else { break };
            match self.stream.read(space) {
                Ok(0) => return Received { bytes, end: End::Closed },
                Ok(read) => bytes.extend(space.iter().take(read)),
                Err(error) if is_late(&error) => return Received { bytes, end: End::Late },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Received { bytes, end: End::Closed },
            }
        }
        Received { bytes, end: End::Enough }
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
