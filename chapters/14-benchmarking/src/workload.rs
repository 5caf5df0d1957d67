//! What is asked for, and what must be answered. Knows neither sockets nor time.

use crate::LoadError;

/// Keys that are used.
pub const KEYS: u64 = 10_000;

/// What a connection asks for: always the same, so that all its replies are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// GET of a key that is there.
    Get,
    /// SET of a key that is there.
    Set,
}

// ANCHOR: request
impl Request {
    /// What the connection of that number asks for: one of four sets, the others get.
    pub fn of_connection(number: u64) -> Request {
        if number.is_multiple_of(4) { Request::Set } else { Request::Get }
    }

    /// Appends the request of that number: the same for every server.
    pub fn append(self, number: u64, out: &mut Vec<u8>) {
        // Scattered, since clients do not ask for one key after the other.
        self.append_key(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % KEYS, out);
    }

    /// What a server that holds all keys must answer.
    pub fn reply(self) -> &'static [u8] {
        match self {
            Request::Get => b"$32\r\n0123456789abcdef0123456789abcdef\r\n",
            Request::Set => b"+OK\r\n",
        }
    }
    // ANCHOR_END: request

    /// SETs of all keys.
    pub fn fill() -> Vec<u8> {
        let mut out = Vec::new();
        (0..KEYS).for_each(|key| Request::Set.append_key(key, &mut out));
        out
    }

    fn append_key(self, key: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Request::Get => b"*2\r\n$3\r\nGET\r\n$16\r\nkey:",
            Request::Set => b"*3\r\n$3\r\nSET\r\n$16\r\nkey:",
        });
        // By hand: processor time that the client needs, it takes from the server.
        out.extend((0..12).rev().map(|place| b'0' + (key / 10_u64.pow(place) % 10) as u8));
        out.extend_from_slice(b"\r\n");
        if self == Request::Set {
            out.extend_from_slice(Request::Get.reply());
        }
    }
}

/// Compares what comes with what must come, however it is cut.
// ANCHOR: replies
#[derive(Debug)]
pub struct Replies {
    expected: &'static [u8],
    /// Bytes of the next reply that have come.
    come: usize,
}

impl Replies {
    /// Replies to such requests.
    pub fn to(request: Request) -> Replies {
        Replies { expected: request.reply(), come: 0 }
    }

    /// Takes what has come, and returns how many replies it completes.
    ///
    /// # Errors
    /// [`LoadError::WrongReply`]: a server that only answers errors is fast, too.
    pub fn take(&mut self, bytes: &[u8]) -> Result<usize, LoadError> {
        let expected = self.expected.iter().cycle().skip(self.come);
        if !bytes.iter().eq(expected.take(bytes.len())) {
            let shown = bytes.get(..bytes.len().min(80)).unwrap_or_default();
            return Err(LoadError::WrongReply(shown.escape_ascii().to_string()));
        }
        let come = self.come + bytes.len();
        self.come = come % self.expected.len();
        Ok(come / self.expected.len())
    }
}
// ANCHOR_END: replies

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_resp() {
        let mut out = Vec::new();
        Request::Get.append_key(7, &mut out);
        Request::Set.append_key(42, &mut out);
        let expected = "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000007\r\n\
             *3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$32\r\n0123456789abcdef0123456789abcdef\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn replies_are_counted_wherever_they_are_cut() {
        let stream = Request::Get.reply().repeat(6);
        for size in 1..=stream.len() {
            let mut replies = Replies::to(Request::Get);
            let count = |piece| replies.take(piece).unwrap();
            assert_eq!(stream.chunks(size).map(count).sum::<usize>(), 6);
        }
    }

    #[test]
    fn a_wrong_reply_is_shown() {
        let error = Replies::to(Request::Set).take(b"+OK\r\n-ERR unknown command\r\n").unwrap_err();
        assert_eq!(error.to_string(), r"the server answers: +OK\r\n-ERR unknown command\r\n");
    }
}
