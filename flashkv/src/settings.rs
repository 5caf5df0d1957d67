//! The settings that can change while the server runs, and those it was started with.
//!
//! Which names CONFIG knows them by, and how their values are written, is the CONFIG command's business.

use std::hint::black_box;
use std::net::IpAddr;
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
    /// Whether clients of other machines are refused as long as there is no password.
    pub protected_mode: bool,
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

impl Live {
    /// Whether a client from that address is refused: without a password only this machine's own are served, unless the
    /// operator wants it otherwise.
    pub fn is_protected_from(&self, peer: IpAddr) -> bool {
        self.protected_mode && self.requirepass.is_empty() && !peer.to_canonical().is_loopback()
    }
}

impl Settings {
    /// The settings at the start.
    pub fn new(startup: Config) -> Settings {
        let live = Live {
            limits: Limits::default(),
            requirepass: startup.requirepass.clone().unwrap_or_default().into_bytes(),
            protected_mode: startup.protected_mode,
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

    /// Compares with the password in a time that depends on the length of what was given, and on nothing else.
    pub fn is_password(&self, given: &[u8]) -> bool {
        is_equal(given, &self.live.lock().requirepass).0
    }
}

/// Whether the texts are equal, and the number of bytes of `given` that were compared: always all of them, be it longer
/// or shorter than `expected`, and wherever they differ.
fn is_equal(given: &[u8], expected: &[u8]) -> (bool, usize) {
    // Where `expected` is empty, there is still something to compare with, which does not matter: the lengths differ.
    let expected_for_ever = expected.iter().chain(std::iter::once(&0)).cycle();
    let mut differences = given.len() ^ expected.len();
    let mut compared = 0;
    for (a, b) in given.iter().zip(expected_for_ever) {
        // Hidden from the optimizer, which might see that one difference decides.
        differences = black_box(differences | usize::from(a ^ b));
        compared += 1;
    }
    (differences == 0, compared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_compared_to_its_end_wherever_it_differs() {
        let cases: [(&[u8], &[u8], bool); 9] = [
            (b"secret", b"secret", true),
            (b"xecret", b"secret", false),
            (b"secrex", b"secret", false),
            (b"secre", b"secret", false),
            (b"secret\0", b"secret", false),
            (b"secret\0secret", b"secret", false),
            (b"", b"secret", false),
            (b"\0\xff", b"\0\xff", true),
            (b"\0", b"", false),
        ];
        for (given, expected, equal) in cases {
            assert_eq!(is_equal(given, expected), (equal, given.len()), "{}", given.escape_ascii());
        }
    }

    #[test]
    fn protected_mode_keeps_out_other_machines_as_long_as_there_is_no_password() {
        let live = |requirepass: Option<&str>, protected_mode: bool| {
            let requirepass = requirepass.map(String::from);
            Settings::new(Config { requirepass, protected_mode, ..Config::default() }).live()
        };
        let loopback = ["127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"];
        let others = ["192.168.1.7", "0.0.0.0", "::", "fe80::1", "::ffff:10.0.0.1", "128.0.0.1"];
        for peer in loopback {
            assert!(!live(None, true).is_protected_from(peer.parse().unwrap()), "{peer}");
        }
        for peer in others {
            let peer: IpAddr = peer.parse().unwrap();
            assert!(live(None, true).is_protected_from(peer), "{peer}");
            assert!(live(Some(""), true).is_protected_from(peer), "{peer}");
            assert!(!live(Some("secret"), true).is_protected_from(peer), "{peer}");
            assert!(!live(None, false).is_protected_from(peer), "{peer}");
        }
    }
}
