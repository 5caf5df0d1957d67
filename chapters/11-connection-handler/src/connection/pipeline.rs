//! Bytes in, replies out: parses every complete request, runs it, and appends its reply.
//!
//! Knows no socket and waits for nothing, so a test can hand it any bytes and look at what comes out.

use bytes::BytesMut;
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::{ProtocolError, Request, RequestParser};

use super::Limits;

// ANCHOR: pipeline
/// One connection's requests, and what runs them.
#[derive(Debug)]
pub struct Pipeline<H> {
    limits: Limits,
    parser: RequestParser,
    /// What was received and not run yet.
    input: BytesMut,
    handler: H,
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// All that was received has been run, as far as it is complete.
    NeedInput,
    /// There may be more to run, once others have had their turn and the client has taken some replies.
    More,
    /// What the client sends cannot be followed; the last reply says why.
    Refuse,
}
// ANCHOR_END: pipeline

impl<H: FnMut(&Request, &mut Reply<'_>)> Pipeline<H> {
    /// A connection before its first byte.
    pub fn new(limits: Limits, handler: H) -> Self {
        let parser = RequestParser::new(limits.input);
        Pipeline { limits, parser, input: BytesMut::new(), handler }
    }

    /// Where received bytes go, behind those that are there already.
    pub fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    /// The connection's limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    // ANCHOR: run
    /// Runs what is complete of the input, and appends the replies to `out`.
    pub fn run(&mut self, out: &mut Vec<u8>) -> Progress {
        for _ in 0..self.limits.batch {
            if out.len() >= self.limits.output_pause {
                break;
            }
            let mut reply = Reply::new(out, ProtocolVersion::Resp2);
            match self.parser.parse(&mut self.input) {
                Ok(Some(request)) => (self.handler)(&request, &mut reply),
                Ok(None) => return Progress::NeedInput,
                Err(error) => {
                    // Like Redis: whoever filled a gigabyte without ending a request is not told why it ends.
                    if error != ProtocolError::QueryBufferTooLong {
                        reply.error_text(&error);
                    }
                    self.input = BytesMut::new();
                    return Progress::Refuse;
                }
            }
        }
        Progress::More
    }
    // ANCHOR_END: run
}

#[cfg(test)]
mod tests;
