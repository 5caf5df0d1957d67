//! flashkv without a socket and with a clock that the test moves: what a transcript pins.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use flashkv::config::DebugAccess;
use flashkv::{Clock, Config, Shared};

use transcripts::reply::{End, Reply, read_reply};
use transcripts::target::{Target, Wire};
use transcripts::{Error, T0};

/// A fresh server. Never `None`: other targets may be missing on a machine, this one cannot.
#[allow(clippy::unnecessary_wraps, reason = "the signature of every file that can stand here")]
pub fn start(_test: &str) -> Option<Box<dyn Target>> {
    Some(Box::new(InProcess::new()))
}

/// The commands whose transcripts must exist; subcommands as `client|id`.
pub fn command_names() -> Vec<String> {
    flashkv::commands::table::names()
}

struct InProcess {
    clock: Clock,
    shared: Arc<Shared>,
}

impl InProcess {
    fn new() -> InProcess {
        let clock = Clock::manual(T0);
        // As the real Redis beside it is started.
        let config = Config { enable_debug_command: DebugAccess::Local, ..Config::default() };
        let shared = Shared::new(config, clock.clone());
        InProcess { clock, shared }
    }
}

impl Target for InProcess {
    fn open(&mut self) -> Result<Box<dyn Wire>, Error> {
        Ok(Box::new(Connection(flashkv::connection::Wire::new(&self.shared))))
    }

    fn advance(&mut self, ms: u64) -> Result<(), Error> {
        self.clock.advance(ms);
        Ok(())
    }

    fn reset(&mut self) -> Result<(), Error> {
        *self = InProcess::new();
        Ok(())
    }
}

struct Connection(flashkv::connection::Wire);

impl Connection {
    fn end(&self) -> End {
        if self.0.is_closed() { End::Closed } else { End::Complete }
    }
}

impl Wire for Connection {
    /// A reply that comes with the end of the connection (QUIT's) is complete; only the next one is missing.
    fn exchange(&mut self, request: &[u8]) -> Reply {
        let mut reply = self.collect(request);
        if reply.end == End::Closed && !reply.bytes.is_empty() {
            reply.end = End::Complete;
        }
        reply
    }

    fn exchange_all(&mut self, requests: &[Vec<u8>]) -> Vec<Reply> {
        let all = self.collect(&requests.concat());
        let mut rest = all.bytes.as_slice();
        let mut replies: Vec<_> = requests.iter().map(|_| read_reply(&mut rest)).collect();
        if let (Some(last), false) = (replies.last_mut(), rest.is_empty()) {
            // A reply too many: show it.
            last.bytes.extend_from_slice(rest);
        }
        replies
    }

    fn collect(&mut self, bytes: &[u8]) -> Reply {
        // A panic is a difference to report, with the sequence that leads to it, not the end of the run.
        match catch_unwind(AssertUnwindSafe(|| self.0.send(bytes))) {
            Ok(replies) => Reply::from_bytes(replies, self.end()),
            Err(_) => Reply::unparsed(b"(the server panicked)".to_vec(), End::Closed),
        }
    }

    fn await_close(&mut self) -> Reply {
        let end = if self.0.is_closed() { End::Closed } else { End::Late };
        Reply::unparsed(Vec::new(), end)
    }
}
