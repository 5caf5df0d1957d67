//! 06.2 A stranger's limits (medium, about 30 minutes)
//!
//! A client that has not said the password may be anybody. Yet the default limits let it announce half a gigabyte, and
//! the server would collect it. Write a session that gives strangers small limits, and everybody else the default ones.
//!
//! - Until the password was right, a request that comes as an array has at most `STRANGER` arguments, the name included, of
//!   at most `STRANGER_BULK` bytes each. More is a protocol error as soon as it is announced. A line announces nothing: it
//!   is held by `Limits::line`, which stays as it is. After the password, `Limits::default()` holds.
//! - `AUTH password`, its name in any case, gets `+OK` if the password is right, and `-ERR invalid password` if not, which
//!   changes nothing. It always comes with one argument.
//! - Any other request of a stranger gets `-NOAUTH Authentication required.`; of anybody else, what
//!   `chapter_05::commands::answer` replies. (`Reply::error_text` writes an error from any text.)
//! - After a protocol error, which is told with its text, nothing more is answered, whatever comes.
//! - A read may bring several requests, or a part of one. What stands behind AUTH in a read is already subject to the new
//!   limits, and what stands before it to the old ones.

use bytes::BytesMut;
use chapter_06::protocol::RequestParser;

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
    // Add what you need.
}

impl Session {
    /// A session with a stranger.
    pub fn new(password: &[u8]) -> Session {
        todo!()
    }

    /// Takes what a read brought; returns what is to be sent.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<u8> {
        todo!()
    }
}
