//! The server: binds, accepts, refuses one client too many, sweeps, and stops cleanly.
//!
//! Knows nothing of what is said on a connection, but for the one line that refuses it.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chapter_09::{Clock, Engine, Sweeper};
use chapter_10::commands::dispatch;
use chapter_11::connection::{ConnectionError, Limits, Pipeline, drive};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Config;

/// What a client reads that is one too many.
const TOO_MANY: &[u8] = b"-ERR max number of clients reached\r\n";

/// Pause after a failed accept: usually the process is out of descriptors, and will be for a moment.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Why a server could not be started.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {host}:{port}: {source}")]
    Listen {
        /// The host, as configured.
        host: String,
        /// The port, as configured.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

/// A server that listens. Clients may connect already; they are served by [`Server::run`].
#[derive(Debug)]
pub struct Server {
    config: Config,
    engine: Arc<Engine>,
    listener: TcpListener,
    address: SocketAddr,
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Keys that the sweeper has removed.
    pub expired: usize,
    /// Connections that were cut off at the deadline.
    pub cut_off: usize,
}

impl Server {
    /// A server with data of its own, on the machine's clock.
    ///
    /// # Errors
    /// [`ServerError::Listen`] if it cannot listen where it was told to.
    pub async fn bind(config: Config) -> Result<Server, ServerError> {
        Server::bind_engine(config, Arc::new(Engine::new(Clock::System))).await
    }

    /// A server over data that the program uses as well.
    ///
    /// # Errors
    /// [`ServerError::Listen`] if it cannot listen where it was told to.
    pub async fn bind_engine(config: Config, engine: Arc<Engine>) -> Result<Server, ServerError> {
        let bound = async {
            let listener = TcpListener::bind((config.host.as_str(), config.port)).await?;
            Ok((listener.local_addr()?, listener))
        };
        match bound.await {
            Ok((address, listener)) => Ok(Server { config, engine, listener, address }),
            Err(source) => {
                Err(ServerError::Listen { host: config.host, port: config.port, source })
            }
        }
    }

    /// Where it listens; the port is the real one if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    // ANCHOR: run
    /// Serves until `stop` is ready. Then it accepts nobody any more, answers what has been received, and closes all
    /// connections: at most as long as [`Config::shutdown_timeout`] says, for clients that do not take their replies.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Report {
        let (stopping, stopped) = watch::channel(false);
        let sweeper = tokio::spawn(Sweeper::run(self.engine.clone(), until(stopped.clone())));
        let mut connections = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                // In this order: who has left makes room for who comes.
                biased;
                () = &mut stop => break,
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) if connections.len() < self.config.maxclients as usize => {
                        let stopped = until(stopped.clone());
                        connections.spawn(serve(stream, self.engine.clone(), stopped));
                    }
                    Ok((stream, _)) => refuse(stream),
                    Err(error) => {
                        eprintln!("could not accept a connection: {error}");
                        tokio::time::sleep(AFTER_FAILURE).await;
                    }
                },
            }
        }
        drop(self.listener);
        stopping.send_replace(true);
        let drained = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(self.config.shutdown_deadline(), drained).await;
        let cut_off = connections.len();
        connections.shutdown().await;
        Report { expired: sweeper.await.map_or(0, |round| round.expired), cut_off }
    }
    // ANCHOR_END: run
}

// ANCHOR: until
/// Ready once the server is stopping.
async fn until(mut stopped: watch::Receiver<bool>) {
    // An error says that the server is gone, which is a stop as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}
// ANCHOR_END: until

async fn serve(stream: TcpStream, engine: Arc<Engine>, stopped: impl Future<Output = ()>) {
    // Not worth refusing a client for.
    let _ = stream.set_nodelay(true);
    let pipeline = Pipeline::new(Limits::default(), |request, reply| {
        dispatch(&engine, request, reply);
    });
    // A client that is gone is nobody's error.
    if let Err(error @ ConnectionError::OutputLimit { .. }) = drive(stream, pipeline, stopped).await
    {
        eprintln!("closed a connection: {error}");
    }
}

// ANCHOR: refuse
/// Tells a client that it is one too many; whoever cannot even take one line is closed without it.
fn refuse(stream: TcpStream) {
    // As a plain socket: tokio would first have to find out that it can be written to.
    if let Ok(mut stream) = stream.into_std() {
        let _ = stream.write(TOO_MANY);
    }
}
// ANCHOR_END: refuse
