//! The server: binds, accepts, hands connections to workers, keeps house, and stops cleanly.
//!
//! ```text
//! flashkv-main ── accept ──► flashkv-worker-0   each worker runs its connections on one thread of its own;
//!      │                └──► flashkv-worker-1   a connection stays where it was put
//!      ├─ sweeper
//!      └─ housekeeping: rates, clients that are idle or do not read
//! ```

use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::unconstrained;

use crate::accept::{Accepted, Listeners};
use crate::clients::Client;
use crate::clock::Clock;
use crate::commands::disabled::Disabled;
use crate::commands::shared::Shared;
use crate::config::Config;
use crate::connection::{Connections, Socket};
use crate::storage::Engine;
use crate::sweeper;

/// Why a server could not be started.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The host is neither an address nor a name that resolves to one.
    #[error("cannot find the host '{host}': {source}")]
    Host {
        /// As configured.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}{}", hint(.source))]
    Listen {
        /// The address and port.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The Unix socket cannot be listened on.
    #[error("cannot listen on {}: {source}", .path.display())]
    ListenUnix {
        /// The socket's path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A command that is to be disabled does not exist; better not to start than to serve what was to be taken away.
    #[error("cannot disable the command '{0}': there is none of that name")]
    UnknownCommand(String),
    /// A thread or its runtime cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            " (is a server already running there? choose another with --port)"
        }
        io::ErrorKind::PermissionDenied => " (ports below 1024 need privileges)",
        _ => "",
    }
}

/// A running server. Dropping it stops it.
///
/// It runs on threads of its own, so it can be started from any program, asynchronous or not:
///
/// ```
/// use std::io::{Read, Write};
/// use flashkv::{Config, Server};
///
/// let server = Server::bind(Config { port: 0, ..Config::default() })?;
/// let mut client = std::net::TcpStream::connect(server.address())?;
/// client.write_all(b"PING\r\n")?;
/// let mut reply = [0; 7];
/// client.read_exact(&mut reply)?;
/// assert_eq!(&reply, b"+PONG\r\n");
/// server.stop();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    unixsocket: Option<PathBuf>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server with data of its own, on the machine's clock.
    ///
    /// # Errors
    /// [`ServerError`] if it cannot listen where it was told to.
    pub fn bind(config: Config) -> Result<Server, ServerError> {
        let engine = Arc::new(Engine::new(config.databases));
        Server::bind_engine(config, engine, Clock::system())
    }

    /// Starts a server over data that the program uses as well.
    ///
    /// # Errors
    /// [`ServerError`] if it cannot listen where it was told to.
    pub fn bind_engine(
        config: Config,
        engine: Arc<Engine>,
        clock: Clock,
    ) -> Result<Server, ServerError> {
        if let Some(name) = Disabled::unknown(&config.disable_commands) {
            return Err(ServerError::UnknownCommand(name.clone()));
        }
        let host = config.host.clone();
        let resolved = (host.as_str(), config.port).to_socket_addrs();
        let address = resolved
            .and_then(|mut found| found.next().ok_or_else(|| io::ErrorKind::NotFound.into()))
            .map_err(|source| ServerError::Host { host, source })?;
        let listener = crate::accept::bind_tcp(address)
            .map_err(|source| ServerError::Listen { address, source })?;
        let address =
            listener.local_addr().map_err(|source| ServerError::Listen { address, source })?;
        let unixsocket = config.unixsocket.clone();
        let unix =
            unixsocket.as_deref().map(crate::accept::bind_unix).transpose().map_err(|source| {
                ServerError::ListenUnix { path: unixsocket.clone().unwrap_or_default(), source }
            })?;

        let workers = config.worker_threads();
        let shared = Arc::new(Shared::with_engine(config, clock, engine));
        shared.set_tcp_port(address.port());
        crate::accept::fit_descriptors(&shared);
        let mut server =
            Server { shared: Arc::clone(&shared), address, unixsocket, threads: Vec::new() };
        let mut inboxes = Vec::new();
        for index in 0..workers {
            let (inbox, connections) = unbounded_channel();
            inboxes.push(inbox);
            let shared = Arc::clone(&shared);
            server.spawn(format!("flashkv-worker-{index}"), move |runtime| {
                runtime.block_on(work(shared, index, connections));
            })?;
        }
        let listeners = Listeners { tcp: listener, unix };
        server.spawn("flashkv-main".into(), move |runtime| {
            runtime.block_on(oversee(shared, listeners, inboxes));
        })?;
        Ok(server)
    }

    /// The TCP address that it listens on; the port is the real one if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the server's connections share: the data, the settings, the counters.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The data.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.shared.engine
    }

    /// Stops accepting, answers what has been received, closes all connections, and waits for the server's threads: at
    /// most as long as [`Config::shutdown_timeout`] says, for clients that do not take their replies.
    pub fn stop(self) {}

    fn spawn(
        &mut self,
        name: String,
        run: impl FnOnce(&Runtime) + Send + 'static,
    ) -> Result<(), ServerError> {
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(ServerError::Thread)?;
        let thread = std::thread::Builder::new().name(name).spawn(move || run(&runtime));
        self.threads.push(thread.map_err(ServerError::Thread)?);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.request_stop();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so on standard error; the others still have to be waited for.
            let _ = thread.join();
        }
        if let Some(path) = &self.unixsocket {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The main thread: accepts until the server stops, beside the sweeper and the housekeeping.
async fn oversee(
    shared: Arc<Shared>,
    listeners: Listeners,
    workers: Vec<UnboundedSender<Accepted>>,
) {
    let sweeper = tokio::spawn(sweeper::run(Arc::clone(&shared)));
    tokio::select! {
        () = listeners.accept(&shared, &workers) => {}
        () = keep_house(&shared) => {}
        () = shared.stopped() => {}
    }
    // Dropping the inboxes tells the workers that nobody else is coming.
    drop(workers);
    let _ = sweeper.await;
}

/// A worker thread: serves the connections it is handed until the server stops and they have ended.
async fn work(shared: Arc<Shared>, index: usize, inbox: UnboundedReceiver<Accepted>) {
    // A task of its own: the runtime wakes one without a detour over the system, unlike the thread's main future.
    let mut serving = tokio::spawn(unconstrained(serve(Arc::clone(&shared), index, inbox)));
    tokio::select! {
        _ = &mut serving => return,
        () = shared.stopped() => {}
    }
    let deadline = shared.settings.startup.shutdown_deadline();
    if tokio::time::timeout(deadline, &mut serving).await.is_err() {
        let clients = shared.clients.count();
        tracing::warn!(clients, "closed without having taken all replies");
        serving.abort();
        let _ = serving.await;
    }
}

/// Serves connections until there are none and nobody else is coming.
async fn serve(shared: Arc<Shared>, index: usize, mut inbox: UnboundedReceiver<Accepted>) {
    let mut connections = Connections::new(Arc::clone(&shared), index);
    poll_fn(|cx| {
        let open = loop {
            let (socket, client) = match inbox.poll_recv(cx) {
                Poll::Pending => break true,
                Poll::Ready(None) => break false,
                Poll::Ready(Some(Accepted::Tcp(stream, client))) => (Socket::tcp(stream), client),
                Poll::Ready(Some(Accepted::Unix(stream, client))) => (Socket::unix(stream), client),
            };
            match socket {
                Ok(socket) => connections.add(socket, client),
                Err(error) => lose(&shared, &client, &error),
            }
        };
        connections.poll(cx);
        if open || !connections.is_empty() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

/// Forgets a client whose socket the worker could not take over.
fn lose(shared: &Shared, client: &Client, error: &io::Error) {
    tracing::warn!(client = %client.address, %error, "a connection was lost");
    shared.clients.forget(client);
}

/// Samples the rates, and ends connections that are idle or do not read.
async fn keep_house(shared: &Shared) {
    const PAUSE: Duration = Duration::from_millis(100);
    const CLIENTS_CHECK_EVERY: u32 = 10;
    let mut ticks = tokio::time::interval(PAUSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = tokio::time::Instant::now();
    for round in (0..u32::MAX).cycle() {
        let now = ticks.tick().await;
        shared.metrics.sample(now.duration_since(last));
        last = now;
        if round % CLIENTS_CHECK_EVERY == 0 {
            end_idle_clients(shared);
            end_clients_that_do_not_read(shared);
        }
    }
}

/// A connection looks at its own limit only when it runs something; this finds those to which a lower limit was given
/// while they were stuck.
fn end_clients_that_do_not_read(shared: &Shared) {
    let max = shared.settings.live().limits.output_max;
    if max == 0 {
        return;
    }
    for client in shared.clients.all() {
        if client.output.load(Ordering::Relaxed) > max {
            tracing::warn!(client = %client.address, "closed: it does not read its replies");
            client.kill();
        }
    }
}

fn end_idle_clients(shared: &Shared) {
    let timeout = u64::from(shared.settings.live().timeout) * 1000;
    if timeout == 0 {
        return;
    }
    let now = shared.clock.now_ms();
    for client in shared.clients.all() {
        if now.saturating_sub(client.last_active.load(Ordering::Relaxed)) > timeout {
            tracing::debug!(client = %client.address, "closed: idle");
            client.kill();
        }
    }
}
