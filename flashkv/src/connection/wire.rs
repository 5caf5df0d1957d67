//! A connection without a socket: for tests, and for programs that want to speak RESP to a server in their own process.

use std::sync::Arc;

use super::pipeline::{Pipeline, Progress};
use crate::clients::Origin;
use crate::commands::shared::Shared;

/// A client of a server in the same process, speaking RESP.
///
/// ```
/// use flashkv::{Clock, Config, Shared, connection::Wire};
///
/// let shared = Shared::new(Config::default(), Clock::system());
/// let mut wire = Wire::new(&shared);
/// assert_eq!(wire.send(b"SET greeting hello\r\nGET greeting\r\n"), b"+OK\r\n$5\r\nhello\r\n");
/// ```
#[derive(Debug)]
pub struct Wire {
    pipeline: Pipeline,
    closed: bool,
}

impl Wire {
    /// A new connection.
    pub fn new(shared: &Arc<Shared>) -> Wire {
        let origin = Origin {
            address: "127.0.0.1:0".into(),
            local_address: format!("127.0.0.1:{}", shared.settings.startup.port),
            descriptor: -1,
            is_unix: false,
        };
        let client = shared.clients.register(origin, shared.clock.now_ms());
        Wire { pipeline: Pipeline::new(Arc::clone(shared), 0, client), closed: false }
    }

    /// Sends bytes, in pieces of any size; returns the replies to all requests that are complete by now.
    pub fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut replies = Vec::new();
        let mut input = bytes;
        while !self.is_closed() {
            let mut out = Vec::new();
            let (progress, _) = self.pipeline.run(input, &mut out);
            replies.append(&mut out);
            input = &[];
            match progress {
                Progress::More => {}
                Progress::NeedInput => break,
                Progress::Close | Progress::Refuse => self.closed = true,
            }
        }
        replies
    }

    /// Whether the server has closed the connection.
    pub fn is_closed(&self) -> bool {
        self.closed || self.pipeline.client().is_killed()
    }
}
