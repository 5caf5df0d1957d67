//! Leaves out a reply that began when no request was waiting.

use std::collections::VecDeque;

use chapter_04::decode::{Decoder, Side, WireError};

/// A request and the reply to it, as they were sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What the client sent.
    pub request: Vec<u8>,
    /// What the server answered.
    pub reply: Vec<u8>,
}

/// Finds the reply to each request of one connection.
#[derive(Debug)]
pub struct Matcher {
    client: Frames,
    server: Frames,
    /// Requests without a reply, the oldest first.
    waiting: VecDeque<Vec<u8>>,
    unasked: bool,
}

impl Matcher {
    /// A matcher for a connection on which nothing has been sent.
    pub fn new() -> Matcher {
        Matcher {
            client: Frames::new(Side::Client),
            server: Frames::new(Side::Server),
            waiting: VecDeque::new(),
            unasked: false,
        }
    }

    /// Takes what a read brought from the client.
    pub fn client(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        let frames = self.client.take(bytes)?;
        self.waiting.extend(frames.into_iter().filter(|frame| is_answered(frame)));
        Ok(())
    }

    /// Takes what a read brought from the server; returns the exchanges that it completed.
    pub fn server(&mut self, bytes: &[u8]) -> Result<Vec<Exchange>, WireError> {
        let mut exchanges = Vec::new();
        if self.server.bytes.is_empty() {
            self.unasked = self.waiting.is_empty();
        }
        for reply in self.server.take(bytes)? {
            if std::mem::take(&mut self.unasked) {
                continue;
            }
            if reply.starts_with(b">") {
                continue;
            }
            if let Some(request) = self.waiting.pop_front() {
                exchanges.push(Exchange { request, reply });
            }
        }
        Ok(exchanges)
    }
}

/// Whether a server replies to this frame.
fn is_answered(frame: &[u8]) -> bool {
    let line = frame.trim_ascii();
    !(line.is_empty() || line == b"*0" || line == b"*-1")
}

/// One direction: a decoder, and the bytes that are in no complete frame.
#[derive(Debug)]
struct Frames {
    decoder: Decoder,
    bytes: Vec<u8>,
}

impl Frames {
    fn new(side: Side) -> Frames {
        Frames { decoder: Decoder::new(side), bytes: Vec::new() }
    }

    /// The frames that these bytes complete.
    fn take(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, WireError> {
        self.decoder.push(bytes);
        self.bytes.extend_from_slice(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = self.decoder.next_frame()? {
            frames.push(self.bytes.drain(..frame.bytes).collect());
        }
        Ok(frames)
    }
}
