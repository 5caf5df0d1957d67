//! 04.2 Whose reply is it? (medium, about 30 minutes)
//!
//! A proxy sees both directions of a connection. To say which reply belongs to which request, it has nothing but their
//! order: no number and no name connects them. Write that part. The bytes of both sides come as reads, cut anywhere.
//!
//! - Replies come in the order of the requests. A client need not wait: many requests may go out before the first reply.
//! - An exchange is known when its reply is complete. `server` returns those that this read completed, in order; their
//!   bytes are exactly what was sent.
//! - A blank line is no request, and neither is an array of nothing (`*0`, `*-1`): a server ignores them.
//! - A push (`>`) answers no request: it can come at any time, and is left out. No push here has an attribute in front.
//! - So is a reply that is complete while no request waits.
//! - What is no RESP is the decoder's error. Nothing is asked of a `Matcher` after that.

use chapter_04::decode::WireError;

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
    // Yours.
}

impl Matcher {
    /// A matcher for a connection on which nothing has been sent.
    pub fn new() -> Matcher {
        todo!()
    }

    /// Takes what a read brought from the client.
    pub fn client(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        todo!()
    }

    /// Takes what a read brought from the server; returns the exchanges that it completed.
    pub fn server(&mut self, bytes: &[u8]) -> Result<Vec<Exchange>, WireError> {
        todo!()
    }
}
