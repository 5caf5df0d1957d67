//! What a transcript runs against: a server whose data and clock the test owns.

use super::reply::Reply;

/// A server.
pub trait Target {
    /// Opens a connection; it speaks RESP2 until told otherwise.
    fn open(&mut self) -> Box<dyn Wire>;

    /// Moves the injected clock forward.
    fn advance(&mut self, ms: u64);

    /// As if just started: no data, no other client, settings at their start, the clock at [`super::T0`].
    fn reset(&mut self);
}

/// One connection to it.
pub trait Wire {
    /// Sends one request and takes its one reply.
    fn exchange(&mut self, request: &[u8]) -> Reply;

    /// Sends several requests and takes their replies; at once, where the connection can pipeline.
    fn exchange_all(&mut self, requests: &[Vec<u8>]) -> Vec<Reply> {
        requests.iter().map(|request| self.exchange(request)).collect()
    }

    /// Sends bytes that bring an unknown number of replies, and takes what comes until nothing more does.
    fn collect(&mut self, bytes: &[u8]) -> Reply;

    /// Waits for the server to close the connection; [`super::reply::End::Closed`] says that it did.
    fn await_close(&mut self) -> Reply;
}
