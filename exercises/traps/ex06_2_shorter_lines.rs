//! Makes lines as short as arguments.

use bytes::BytesMut;
use chapter_05::commands::answer;
use chapter_05::protocol::{ProtocolVersion, Reply};
use chapter_06::protocol::{Limits, Request, RequestParser};

/// The most arguments of a stranger's request.
pub const STRANGER: i64 = 10;

/// The longest argument of a stranger's request.
pub const STRANGER_BULK: usize = 16 << 10;

/// One client's connection, without its socket.
#[derive(Debug)]
pub struct Session {
    password: Vec<u8>,
    buffer: BytesMut,
    parser: RequestParser,
    is_stranger: bool,
    is_over: bool,
}

impl Session {
    /// A session with a stranger.
    pub fn new(password: &[u8]) -> Session {
        let limits = Limits { arguments: STRANGER, bulk: STRANGER_BULK, line: STRANGER_BULK, ..Limits::default() };
        Session {
            password: password.to_vec(),
            buffer: BytesMut::new(),
            parser: RequestParser::new(limits),
            is_stranger: true,
            is_over: false,
        }
    }

    /// Takes what a read brought; returns what is to be sent.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut replies = Vec::new();
        if self.is_over {
            return replies;
        }
        self.buffer.extend_from_slice(bytes);
        loop {
            let mut reply = Reply::new(&mut replies, ProtocolVersion::Resp2);
            match self.parser.parse(&mut self.buffer) {
                Ok(Some(request)) => self.run(&request, &mut reply),
                Ok(None) => return replies,
                Err(error) => {
                    reply.error_text(&error);
                    self.is_over = true;
                    return replies;
                }
            }
        }
    }

    fn run(&mut self, request: &Request, reply: &mut Reply<'_>) {
        if request.name().eq_ignore_ascii_case(b"auth") {
            if request.at(1) != self.password {
                return reply.error_text(&"ERR invalid password");
            }
            self.is_stranger = false;
            self.parser = RequestParser::new(Limits::default());
            reply.ok();
        } else if self.is_stranger {
            reply.error_text(&"NOAUTH Authentication required.");
        } else {
            answer(request.args(), reply);
        }
    }
}
