//! Listening sockets: binds them, accepts, refuses one client too many, and prepares what is accepted.
//!
//! Knows nothing of what is said on a connection, but for the one line that refuses it.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::sync::mpsc::UnboundedSender;

use crate::clients::{Client, Origin};
use crate::commands::shared::Shared;

/// Where the server listens.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) tcp: TcpListener,
    pub(crate) unix: Option<UnixListener>,
}

/// A new connection on its way to a worker, already registered.
#[derive(Debug)]
pub(crate) enum Accepted {
    Tcp(TcpStream, Arc<Client>),
    Unix(UnixStream, Arc<Client>),
}

/// What a client reads that is one too many.
const TOO_MANY: &[u8] = b"-ERR max number of clients reached\r\n";

/// What a client from another machine reads in protected mode: Redis's own words, since tools and people look for them.
const DENIED: &[u8] = b"-DENIED Redis is running in protected mode because protected mode is enabled and no password is \
    set for the default user. In this mode connections are only accepted from the loopback interface. If you want to \
    connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected \
    mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the \
    same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use \
    CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing \
    the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If \
    you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an \
    authentication password for the default user. NOTE: You only need to do one of the above things in order for the \
    server to start accepting connections from the outside.\r\n";

/// Pause after a failed accept: usually the process is out of descriptors, and will be for a moment.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

impl Listeners {
    /// Accepts for ever, giving each worker its turn.
    pub(crate) async fn accept(self, shared: &Shared, workers: &[UnboundedSender<Accepted>]) {
        let (tcp, unix) = match self.into_tokio() {
            Ok(listeners) => listeners,
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                return shared.request_stop();
            }
        };
        for worker in workers.iter().cycle() {
            let accepted = loop {
                let accepted = tokio::select! {
                    accepted = tcp.accept() => accepted.and_then(|(stream, peer)| take_tcp(stream, peer, shared)),
                    accepted = accept_unix(unix.as_ref()) => accepted.and_then(|stream| take_unix(stream, shared)),
                };
                match accepted {
                    Ok(Some(accepted)) => break accepted,
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(%error, "could not accept a connection");
                        tokio::time::sleep(AFTER_FAILURE).await;
                    }
                }
            };
            // A worker that is gone panicked; the connection is closed, and the next one has its turn.
            let _ = worker.send(accepted);
        }
    }

    fn into_tokio(self) -> io::Result<(tokio::net::TcpListener, Option<tokio::net::UnixListener>)> {
        self.tcp.set_nonblocking(true)?;
        let unix = match self.unix {
            None => None,
            Some(unix) => {
                unix.set_nonblocking(true)?;
                Some(tokio::net::UnixListener::from_std(unix)?)
            }
        };
        Ok((tokio::net::TcpListener::from_std(self.tcp)?, unix))
    }
}

async fn accept_unix(
    listener: Option<&tokio::net::UnixListener>,
) -> io::Result<tokio::net::UnixStream> {
    match listener {
        Some(listener) => Ok(listener.accept().await?.0),
        None => std::future::pending().await,
    }
}

/// Listens on a TCP address.
pub(crate) fn bind_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    /// Connections that may wait to be accepted; the system may allow fewer. The standard library's 128 are soon used up
    /// by a crowd, and whoever comes then tries again a second later.
    const BACKLOG: i32 = 4096;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // So that a server that is started again need not wait for the connections of the one before to time out.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Listens on a Unix socket, in place of one that a server before us has left behind.
pub(crate) fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error)
            if error.kind() == io::ErrorKind::AddrInUse && UnixStream::connect(path).is_err() =>
        {
            std::fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        bound => bound,
    }
}

fn take_tcp(
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
    shared: &Shared,
) -> io::Result<Option<Accepted>> {
    let stream = stream.into_std()?;
    if !admit(shared, Some(peer.ip()), &stream) {
        return Ok(None);
    }
    // Neither option is worth refusing a client for.
    let _ = stream.set_nodelay(true);
    let keepalive = u64::from(shared.settings.live().tcp_keepalive);
    if keepalive > 0 {
        let probes = TcpKeepalive::new()
            .with_time(Duration::from_secs(keepalive))
            .with_interval(Duration::from_secs((keepalive / 3).max(1)))
            .with_retries(3);
        let _ = SockRef::from(&stream).set_tcp_keepalive(&probes);
    }
    let local = stream.local_addr().map(|address| address.to_string()).unwrap_or_default();
    let origin = Origin {
        address: peer.to_string(),
        local_address: local,
        descriptor: stream.as_raw_fd(),
        is_unix: false,
    };
    Ok(Some(Accepted::Tcp(stream, register(shared, origin))))
}

fn take_unix(stream: tokio::net::UnixStream, shared: &Shared) -> io::Result<Option<Accepted>> {
    let stream = stream.into_std()?;
    if !admit(shared, None, &stream) {
        return Ok(None);
    }
    let path = shared.settings.startup.unixsocket.clone().unwrap_or_default();
    let address = format!("{}:0", path.display());
    let origin = Origin {
        address: address.clone(),
        local_address: address,
        descriptor: stream.as_raw_fd(),
        is_unix: true,
    };
    Ok(Some(Accepted::Unix(stream, register(shared, origin))))
}

fn register(shared: &Shared, origin: Origin) -> Arc<Client> {
    shared.metrics.connections.fetch_add(1, Ordering::Relaxed);
    shared.clients.register(origin, shared.clock.now_ms())
}

/// Whether a client may come in, by its IP address if it has one; tells it if it may not.
fn admit(shared: &Shared, peer: Option<IpAddr>, mut stream: impl Write) -> bool {
    let live = shared.settings.live();
    let refusal = if shared.clients.count() >= live.maxclients as usize {
        TOO_MANY
    } else if peer.is_some_and(|peer| live.is_protected_from(peer)) {
        DENIED
    } else {
        return true;
    };
    shared.metrics.rejected_connections.fetch_add(1, Ordering::Relaxed);
    // A client that cannot even take one line is closed without it.
    let _ = stream.write(refusal);
    false
}

/// Raises the limit on open files to what `maxclients` needs, or lowers `maxclients` to what the limit allows.
pub(crate) fn fit_descriptors(shared: &Shared) {
    let wanted = shared.settings.live().maxclients;
    let fit = shared.clients_that_fit(wanted);
    if fit < wanted {
        tracing::warn!(maxclients = fit, wanted, "maxclients lowered to what the system allows");
        shared.settings.update(|live| live.maxclients = fit);
    }
}
