//! A door for redis-cli into the program that embeds the limiter.

use std::net::SocketAddr;
use std::sync::Arc;

use flashkv::{Config, Server};

use crate::{Limiter, LimiterError};

/// A server over the limiter's own counts, until it is dropped.
///
/// flashkv's `Server` is wrapped, not handed out: our callers depend on these two methods, not on all of its.
// ANCHOR: console
#[derive(Debug)]
pub struct Console(Server);

impl Limiter {
    /// Lets redis-cli see and change the counts, while the program goes on using them. Port 0 lets the system choose.
    ///
    /// # Errors
    /// [`LimiterError::Console`] if the address cannot be listened on.
    pub fn open_console(&self, at: SocketAddr) -> Result<Console, LimiterError> {
        let config = Config {
            host: at.ip().to_string(),
            port: at.port(),
            databases: 1,
            threads: Some(1),
            ..Config::default()
        };
        let engine = Arc::clone(&self.engine);
        Ok(Console(Server::bind_engine(config, engine, self.clock.clone())?))
    }
}

impl Console {
    /// Where it listens; the port is the real one if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// Answers what has been received, and closes. Dropping it does the same.
    pub fn close(self) {
        self.0.stop();
    }
}
// ANCHOR_END: console
