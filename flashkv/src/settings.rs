//! The settings that can change while the server runs, and those it was started with.
//!
//! Which names CONFIG knows them by, and how their values are written, is the CONFIG command's business.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::config::{Config, LogLevel};
use crate::protocol::Limits;

/// A server's settings.
#[derive(Debug)]
pub struct Settings {
    /// What the server was started with.
    pub startup: Config,
    live: Mutex<Live>,
    /// Goes up with each change, so that connections know when to look again.
    epoch: AtomicU64,
    password_set: AtomicBool,
}

/// The settings that CONFIG SET can change.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// What a client may send or leave unread.
    pub limits: Limits,
    /// The password, any bytes; empty if none is needed.
    pub requirepass: Vec<u8>,
    /// Clients that may be connected at once.
    pub maxclients: u32,
    /// Seconds after which a silent client is disconnected; 0 means never.
    pub timeout: u32,
    /// Seconds between keep-alive probes; 0 sends none.
    pub tcp_keepalive: u32,
    /// How much is logged.
    pub loglevel: LogLevel,
    /// Microseconds above which a command is kept in the slow log; negative: none is.
    pub slowlog_slower_than: i64,
    /// Commands that the slow log keeps.
    pub slowlog_max_len: usize,
}

impl Settings {
    /// The settings at the start.
    pub fn new(startup: Config) -> Settings {
        let live = Live {
            limits: Limits::default(),
            requirepass: startup.requirepass.clone().unwrap_or_default().into_bytes(),
            maxclients: startup.maxclients,
            timeout: startup.timeout,
            tcp_keepalive: startup.tcp_keepalive,
            loglevel: startup.loglevel,
            slowlog_slower_than: 10_000,
            slowlog_max_len: 128,
        };
        let password_set = AtomicBool::new(!live.requirepass.is_empty());
        Settings { startup, live: Mutex::new(live), epoch: AtomicU64::new(0), password_set }
    }

    /// The settings as they are now.
    pub fn live(&self) -> Live {
        self.live.lock().clone()
    }

    /// Changes settings; connections take notice before their next request.
    pub fn update(&self, change: impl FnOnce(&mut Live)) {
        let done: Result<(), std::convert::Infallible> = self.try_update(|live| {
            change(live);
            Ok(())
        });
        let Ok(()) = done;
    }

    /// Changes settings, all or, if `change` fails, none. Nothing may be logged by `change`: the logger reads settings.
    ///
    /// # Errors
    /// What `change` returned.
    pub fn try_update<E>(&self, change: impl FnOnce(&mut Live) -> Result<(), E>) -> Result<(), E> {
        let mut live = self.live.lock();
        let mut changed = live.clone();
        change(&mut changed)?;
        *live = changed;
        self.password_set.store(!live.requirepass.is_empty(), Ordering::Relaxed);
        self.epoch.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Differs from an earlier value if a setting may have changed since.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Whether clients must authenticate.
    pub fn requires_password(&self) -> bool {
        self.password_set.load(Ordering::Relaxed)
    }

    /// Compares with the password in a time that does not depend on where they differ.
    pub fn is_password(&self, given: &[u8]) -> bool {
        let live = self.live.lock();
        let expected = live.requirepass.as_slice();
        let differences =
            given.iter().zip(expected.iter().cycle()).fold(0, |all, (a, b)| all | (a ^ b));
        given.len() == expected.len() && differences == 0
    }
}
