//! Runs each client until it cannot go on, and then the next.

use chapter_05::protocol::Reply;
use chapter_06::protocol::Request;
use chapter_11::connection::{Pipeline, Progress};

/// One client, without its socket.
pub struct Client<H> {
    pipeline: Pipeline<H>,
    replies: Vec<u8>,
    refused: bool,
}

impl<H: FnMut(&Request, &mut Reply<'_>)> Client<H> {
    /// A client that has not sent anything.
    pub fn new(pipeline: Pipeline<H>) -> Client<H> {
        Client { pipeline, replies: Vec::new(), refused: false }
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
        !self.refused && self.replies.len() < self.pipeline.limits().output_pause
    }

    /// One turn; says whether there may be something for another.
    fn turn(&mut self) -> bool {
        let progress = self.pipeline.run(&mut self.replies);
        self.refused = progress == Progress::Refuse;
        progress == Progress::More && self.can_go_on()
    }
}

/// Runs all clients' requests, in turns, until nobody can go on.
pub fn run<H: FnMut(&Request, &mut Reply<'_>)>(clients: &mut [Client<H>]) {
    for client in clients.iter_mut().filter(|client| client.can_go_on()) {
        while client.turn() {}
    }
}
