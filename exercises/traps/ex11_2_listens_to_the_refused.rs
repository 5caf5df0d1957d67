//! Stops at an error, and goes on with what comes after it.

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_11::connection::{Pipeline, Progress};

/// One client, without its socket.
pub struct Client<H> {
    pipeline: Pipeline<H>,
    replies: Vec<u8>,
}

impl<H: FnMut(&Request, &mut Reply<'_>)> Client<H> {
    /// A client that has not sent anything.
    pub fn new(pipeline: Pipeline<H>) -> Client<H> {
        Client { pipeline, replies: Vec::new() }
    }

    /// Takes in what has come from it.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.pipeline.input().extend_from_slice(bytes);
    }

    /// The client takes all its replies.
    pub fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    fn can_go_on(&self) -> bool {
        self.replies.len() < self.pipeline.limits().output_pause
    }

    /// One turn; says whether there may be something for another.
    fn turn(&mut self) -> bool {
        let progress = self.pipeline.run(&mut self.replies);
        progress == Progress::More && self.can_go_on()
    }
}

/// Runs all clients' requests, in turns, until nobody can go on.
pub fn run<H: FnMut(&Request, &mut Reply<'_>)>(clients: &mut [Client<H>]) {
    let mut goes_on = true;
    while goes_on {
        goes_on = false;
        for client in clients.iter_mut().filter(|client| client.can_go_on()) {
            goes_on |= client.turn();
        }
    }
}
