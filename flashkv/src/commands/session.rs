//! What the server knows of one connection while it runs its commands: database, RESP version, authentication.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::slowlog::Secrets;
use crate::clients::Client;
use crate::protocol::Version;

/// The state of one connection, owned by it alone. What others may see of it is in its [`Client`].
#[derive(Debug)]
pub struct Session {
    /// The part of the state that CLIENT LIST and CLIENT KILL reach from other connections.
    pub client: Arc<Client>,
    /// Index of the selected database.
    pub database: usize,
    /// The RESP version of replies.
    pub version: Version,
    /// Whether commands may be run: true from the start if there is no password.
    pub authenticated: bool,
    /// Whether replies are sent (CLIENT REPLY).
    pub replies: Replies,
    /// Set once the connection is to be closed after the replies so far.
    pub closing: bool,
    /// Arguments of the command being run that no log may show.
    pub secrets: Secrets,
}

/// Whether replies are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replies {
    /// All of them.
    #[default]
    On,
    /// None.
    Off,
    /// Not that to the next command.
    SkipNext,
    /// Not that to the command being run.
    SkipThis,
}

impl Session {
    /// The state of a new connection.
    pub fn new(client: Arc<Client>, authenticated: bool) -> Session {
        Session {
            client,
            database: 0,
            version: Version::Resp2,
            authenticated,
            replies: Replies::On,
            closing: false,
            secrets: Secrets::default(),
        }
    }

    /// Works on another database from here on, which must exist.
    pub fn select(&mut self, database: usize) {
        self.database = database;
        self.client.database.store(database, Ordering::Relaxed);
    }

    /// Replies in another version from here on.
    pub fn speak(&mut self, version: Version) {
        self.version = version;
        let number = match version {
            Version::Resp2 => 2,
            Version::Resp3 => 3,
        };
        self.client.resp.store(number, Ordering::Relaxed);
    }
}
