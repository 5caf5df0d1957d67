//! What a transcript runs against: a server whose data and clock the test owns.

use crate::Error;
use crate::reply::Reply;
use crate::transcript::Script;

/// A server.
pub trait Target {
    /// Opens a connection; it speaks RESP2 until told otherwise.
    fn open(&mut self) -> Result<Box<dyn Wire>, Error>;

    /// Moves the injected clock forward.
    fn advance(&mut self, ms: u64) -> Result<(), Error>;

    /// Whether the clock moves when it is told to, and only then.
    fn has_injected_clock(&self) -> bool {
        true
    }

    /// As if just started: no data, no other client, settings at their start, the clock at [`crate::T0`].
    fn reset(&mut self) -> Result<(), Error>;

    /// [`Target::reset`] before this script: a server that cannot forget everything can forget what this one is about.
    fn reset_for(&mut self, script: &Script) -> Result<(), Error> {
        let _ = script;
        self.reset()
    }
}

/// What should come after bytes of which the script does not say how many replies they bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected<'a> {
    /// All bytes of all replies.
    pub bytes: &'a [u8],
    /// Whether the server closes the connection then.
    pub closed: bool,
}

/// One connection to it. That it breaks is an answer like others, so nothing here fails: see [`crate::reply::End`].
pub trait Wire {
    /// Sends one request and takes its one reply.
    fn exchange(&mut self, request: &[u8]) -> Reply;

    /// Sends several requests and takes their replies; at once, where the connection can pipeline.
    fn exchange_all(&mut self, requests: &[Vec<u8>]) -> Vec<Reply> {
        requests.iter().map(|request| self.exchange(request)).collect()
    }

    /// Sends bytes that bring an unknown number of replies, and takes what comes until nothing more does.
    fn collect(&mut self, bytes: &[u8]) -> Reply;

    /// [`Wire::collect`] when it is known what should come: a wire that must guess how long to wait waits for that.
    fn collect_expected(&mut self, bytes: &[u8], expected: Expected<'_>) -> Reply {
        let _ = expected;
        self.collect(bytes)
    }

    /// Waits for the server to close the connection; [`crate::reply::End::Closed`] says that it did.
    fn await_close(&mut self) -> Reply;
}
