//! What all connections of one server share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use super::disabled::Disabled;
use super::slowlog::Slowlog;
use super::table::table;
use crate::clients::Clients;
use crate::clock::Clock;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::storage::Engine;
use crate::system;

/// One server's data, settings, clients and counters. Made once, shared by all workers.
#[derive(Debug)]
pub struct Shared {
    /// The data.
    pub engine: Arc<Engine>,
    /// What CONFIG shows and changes.
    pub settings: Settings,
    /// The commands that this server does not answer to.
    pub disabled: Disabled,
    /// The connected clients.
    pub clients: Clients,
    /// The counters.
    pub metrics: Metrics,
    /// The slow commands.
    pub slowlog: Slowlog,
    /// Where the time comes from.
    pub clock: Clock,
    /// When the server started, in milliseconds since 1970.
    pub started_at: u64,
    /// Forty hexadecimal digits that differ from run to run.
    pub run_id: String,
    workers: usize,
    tcp_port: AtomicU16,
    active_expiry: AtomicBool,
    stopping: AtomicBool,
    stop: tokio::sync::Notify,
}

impl Shared {
    /// A server's state, with no connection and no data yet.
    pub fn new(config: Config, clock: Clock) -> Arc<Shared> {
        let engine = Arc::new(Engine::new(config.databases));
        Arc::new(Shared::with_engine(config, clock, engine))
    }

    /// A server's state over data that somebody else may use too.
    pub fn with_engine(config: Config, clock: Clock, engine: Arc<Engine>) -> Shared {
        let workers = config.worker_threads();
        Shared {
            metrics: Metrics::new(workers, table().count()),
            workers,
            disabled: Disabled::new(&config.disable_commands),
            settings: Settings::new(config),
            clients: Clients::default(),
            slowlog: Slowlog::default(),
            started_at: clock.now_ms(),
            run_id: std::iter::repeat_with(|| char::from_digit(fastrand::u32(..16), 16))
                .flatten()
                .take(40)
                .collect(),
            tcp_port: AtomicU16::new(0),
            active_expiry: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
            stop: tokio::sync::Notify::new(),
            engine,
            clock,
        }
    }

    /// Number of threads that serve clients.
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// How many of so many clients the system lets the process have connected at once. Raises the limit on open files as
    /// far as it must and may.
    pub fn clients_that_fit(&self, wanted: u32) -> u32 {
        /// Descriptors that the server needs for itself: listeners, logs; and for each worker, its runtime's.
        const RESERVED: u64 = 32;
        const EACH_WORKER: u64 = 4;
        let own = RESERVED + EACH_WORKER * self.workers() as u64;
        let Some(limit) = system::raise_open_files(u64::from(wanted) + own) else { return wanted };
        u32::try_from(limit.saturating_sub(own).max(1)).unwrap_or(wanted).min(wanted)
    }

    /// The TCP port that the server listens on; 0 while it listens on none.
    pub fn tcp_port(&self) -> u16 {
        self.tcp_port.load(Ordering::Relaxed)
    }

    /// Notes the TCP port that was bound, which the system may have chosen.
    pub fn set_tcp_port(&self, port: u16) {
        self.tcp_port.store(port, Ordering::Relaxed);
    }

    /// Whether the sweeper removes expired keys (DEBUG SET-ACTIVE-EXPIRE).
    pub fn active_expiry(&self) -> bool {
        self.active_expiry.load(Ordering::Relaxed)
    }

    /// Switches the sweeper on or off. Expired keys stay invisible either way.
    pub fn set_active_expiry(&self, on: bool) {
        self.active_expiry.store(on, Ordering::Relaxed);
    }

    /// Asks the server to stop: to accept no more connections, answer what it has received, and end.
    pub fn request_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.stop.notify_waiters();
        self.clients.wake_all();
    }

    /// Whether the server has been asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Ends when the server has been asked to stop.
    pub async fn stopped(&self) {
        loop {
            let notified = self.stop.notified();
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            notified.await;
        }
    }
}
