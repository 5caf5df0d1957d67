//! The registry of connected clients: what one connection may see of another, and how it may end it.
//!
//! The registry's lock is taken when a client comes or goes, and by the commands that look at others; never by requests.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};

use atomic_waker::AtomicWaker;
use parking_lot::Mutex;

/// What others may know of a connection. Figures are updated by its owner once per batch of commands.
#[derive(Debug)]
pub struct Client {
    /// Unique, ascending in the order of arrival.
    pub id: u64,
    /// The peer's address, `IP:PORT`, or the socket's path and `:0`.
    pub address: String,
    /// The server's own address that the client connected to.
    pub local_address: String,
    /// The descriptor's number; -1 without one.
    pub descriptor: i32,
    /// Whether it came over a Unix socket.
    pub is_unix: bool,
    /// When it connected, in milliseconds since 1970.
    pub connected_at: u64,
    /// When it last sent something, in milliseconds since 1970.
    pub last_active: AtomicU64,
    /// Index of the selected database.
    pub database: AtomicUsize,
    /// RESP version, 2 or 3.
    pub resp: AtomicU8,
    /// Bytes of an unfinished request.
    pub query_buffer: AtomicUsize,
    /// Bytes of replies that wait to be sent.
    pub output: AtomicUsize,
    /// Set by CLIENT NO-EVICT.
    pub no_evict: AtomicBool,
    /// Set by CLIENT NO-TOUCH.
    pub no_touch: AtomicBool,
    last_command: AtomicUsize,
    labels: Mutex<Labels>,
    killed: AtomicBool,
    waker: AtomicWaker,
}

/// Names that a client gave itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// CLIENT SETNAME.
    pub name: Vec<u8>,
    /// CLIENT SETINFO LIB-NAME.
    pub library: Vec<u8>,
    /// CLIENT SETINFO LIB-VER.
    pub library_version: Vec<u8>,
}

/// Where a new client comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// See [`Client::address`].
    pub address: String,
    /// See [`Client::local_address`].
    pub local_address: String,
    /// See [`Client::descriptor`].
    pub descriptor: i32,
    /// See [`Client::is_unix`].
    pub is_unix: bool,
}

/// All connected clients.
#[derive(Debug, Default)]
pub struct Clients {
    last_id: AtomicU64,
    count: AtomicUsize,
    connected: Mutex<BTreeMap<u64, Arc<Client>>>,
}

impl Clients {
    /// Registers a new client.
    pub fn register(&self, origin: Origin, now: u64) -> Arc<Client> {
        let client = Arc::new(Client {
            id: self.last_id.fetch_add(1, Ordering::Relaxed) + 1,
            address: origin.address,
            local_address: origin.local_address,
            descriptor: origin.descriptor,
            is_unix: origin.is_unix,
            connected_at: now,
            last_active: AtomicU64::new(now),
            database: AtomicUsize::new(0),
            resp: AtomicU8::new(2),
            query_buffer: AtomicUsize::new(0),
            output: AtomicUsize::new(0),
            no_evict: AtomicBool::new(false),
            no_touch: AtomicBool::new(false),
            last_command: AtomicUsize::new(usize::MAX),
            labels: Mutex::default(),
            killed: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        self.connected.lock().insert(client.id, Arc::clone(&client));
        self.count.fetch_add(1, Ordering::Relaxed);
        client
    }

    /// Forgets a client that has gone.
    pub fn forget(&self, client: &Client) {
        if self.connected.lock().remove(&client.id).is_some() {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Number of connected clients.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// The connected clients, in the order of arrival, without those that are on their way out.
    pub fn all(&self) -> Vec<Arc<Client>> {
        let connected = self.connected.lock();
        connected.values().filter(|client| !client.is_killed()).cloned().collect()
    }

    /// The client of that id, if it is connected and not on its way out.
    pub fn by_id(&self, id: u64) -> Option<Arc<Client>> {
        self.connected.lock().get(&id).filter(|client| !client.is_killed()).cloned()
    }

    /// Lets every connection look at its state again (the server is stopping).
    pub fn wake_all(&self) {
        self.connected.lock().values().for_each(|client| client.waker.wake());
    }
}

impl Client {
    /// Has the connection closed, by whoever runs it.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::Relaxed);
        self.waker.wake();
    }

    /// Whether [`Client::kill`] was called.
    pub fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Relaxed)
    }

    /// Whether it is on this machine: over a Unix socket or a loopback address.
    pub fn is_local(&self) -> bool {
        let peer = self.address.parse::<SocketAddr>();
        self.is_unix || peer.is_ok_and(|peer| peer.ip().to_canonical().is_loopback())
    }

    /// What wakes the connection's task.
    pub fn waker(&self) -> &AtomicWaker {
        &self.waker
    }

    /// The names that the client gave itself.
    pub fn labels(&self) -> Labels {
        self.labels.lock().clone()
    }

    /// Changes the names that the client gave itself.
    pub fn set_labels(&self, change: impl FnOnce(&mut Labels)) {
        change(&mut self.labels.lock());
    }

    /// The [`id`](crate::commands::table::Entry::id) of the command run last, if any was.
    pub fn last_command(&self) -> Option<usize> {
        Some(self.last_command.load(Ordering::Relaxed)).filter(|id| *id != usize::MAX)
    }

    /// Notes the command that is being run.
    pub fn set_last_command(&self, id: usize) {
        self.last_command.store(id, Ordering::Relaxed);
    }
}
