//! 11.2 Everybody's turn (medium, about 20 minutes)
//!
//! Redis serves all its clients in one thread: a loop that goes from one to the next. `run` is that loop, without sockets.
//! Each client has a `Pipeline` with what it has sent, and a buffer of replies that it has not taken yet.
//!
//! `run` runs the clients' requests until none of them can go on:
//!
//! - In rounds: in each, every client gets one call of its pipeline's `run`, in the order of the slice. `Pipeline::run`
//!   ends by itself after `limits().batch` requests, or when the replies reach `limits().output_pause`. So nobody waits for
//!   more than one batch of each of the others.
//! - A client whose replies have reached `output_pause` cannot go on. When `run` is called again after it took them, it
//!   goes on where it stopped, even if nothing more has come from it.
//! - A client that was refused (`Progress::Refuse`) is never run again, whatever comes from it.
//! - `run` comes back when a round would change nothing any more. (`batch` is at least 1.)
//!
//! Add fields to `Client` if you need any.

use bytes::BytesMut;
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
}

/// Runs all clients' requests, in turns, until nobody can go on.
pub fn run<H: FnMut(&Request, &mut Reply<'_>)>(clients: &mut [Client<H>]) {
    todo!()
}
