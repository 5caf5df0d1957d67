//! The engine for Rust programs: typed operations on keys, without RESP, sockets or tokio.
//!
//! ```
//! use std::time::Duration;
//! use flashkv::{Clock, Engine};
//!
//! let engine = Engine::new(16);
//! // Time that the program moves itself, so that nothing here has to wait. Leave it out for the machine's clock.
//! let clock = Clock::manual(0);
//! let db = engine.db(0).with_clock(clock.clone());
//!
//! db.set("session", "alice");
//! db.expire("session", Duration::from_secs(60));
//! clock.advance(59_000);
//! assert_eq!(db.get("session")?.as_deref(), Some(&b"alice"[..]));
//! assert_eq!(db.ttl("session")?, Some(Duration::from_secs(1)));
//! clock.advance(1_001);
//! assert_eq!(db.get("session")?, None);
//! # Ok::<(), flashkv::StorageError>(())
//! ```
//!
//! Every method but [`Db::scan`] is atomic, on however many keys, and may be called from any number of threads: it locks the shards of its
//! keys and runs one operation of `storage`, which holds all the semantics. Lengths of time are rounded up to whole
//! milliseconds. As in Redis, a key is still there in the millisecond of its deadline.

mod lists;
mod space;
mod strings;

pub use space::Scan;
pub use strings::SetOptions;

use std::time::Duration;

use crate::clock::Clock;
use crate::storage::{Engine, IfTaken, Key, Millis, ReadView, StorageError, SweepPosition, View};

/// One database of an [`Engine`] and a clock: what a program works with. Cheap to make and to clone.
#[derive(Debug, Clone)]
pub struct Db<'e> {
    engine: &'e Engine,
    index: usize,
    clock: Clock,
}

impl Engine {
    /// A database of this engine; an index too large means the last one.
    pub fn db(&self, index: usize) -> Db<'_> {
        let index = index.min(self.databases() - 1);
        Db { engine: self, index, clock: Clock::system() }
    }

    /// Frees what expired keys still occupy in all databases; returns how many there were. A server's sweeper does this
    /// by itself; other programs may call it now and then. Shards that others have locked are left for the next time.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use flashkv::{Clock, Engine, SetOptions};
    /// # let engine = Engine::new(1);
    /// # let clock = Clock::manual(0);
    /// let db = engine.db(0).with_clock(clock.clone());
    /// db.set_with("k", "v", SetOptions::default().ttl(Duration::from_secs(1)));
    /// clock.advance(1_001);
    /// assert_eq!(engine.purge(&clock), 1);
    /// assert_eq!(engine.memory(), 0);
    /// ```
    pub fn purge(&self, clock: &Clock) -> usize {
        let mut position = SweepPosition::default();
        let mut purged = 0;
        loop {
            let swept = self.sweep(&mut position, clock.now_ms());
            purged += swept.expired;
            if swept.wrapped {
                return purged;
            }
        }
    }
}

/// Keys of any type.
impl<'e> Db<'e> {
    /// Removes `key`; returns whether it existed.
    pub fn delete(&self, key: impl AsRef<[u8]>) -> bool {
        self.write(key, |view, key| view.remove(key))
    }

    /// Whether `key` exists.
    pub fn exists(&self, key: impl AsRef<[u8]>) -> bool {
        self.read(key, |view, key| view.kind(key).is_some())
    }

    /// Lets `key` expire after this time, at once if it is zero; returns whether the key existed.
    pub fn expire(&self, key: impl AsRef<[u8]>, ttl: Duration) -> bool {
        self.write(key, |view, key| view.set_deadline(key, Some(deadline(view.now(), ttl))))
    }

    /// The time that `key` has left, `None` if it never expires.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use flashkv::{Clock, Engine, StorageError};
    /// # let engine = Engine::new(1);
    /// # let db = engine.db(0).with_clock(Clock::manual(0));
    /// assert_eq!(db.ttl("k"), Err(StorageError::NoSuchKey));
    /// db.set("k", "v");
    /// assert_eq!(db.ttl("k"), Ok(None));
    /// assert!(db.expire("k", Duration::from_secs(5)));
    /// assert_eq!(db.ttl("k"), Ok(Some(Duration::from_secs(5))));
    /// assert!(db.persist("k"));
    /// assert_eq!(db.ttl("k"), Ok(None));
    /// ```
    ///
    /// # Errors
    /// [`StorageError::NoSuchKey`].
    pub fn ttl(&self, key: impl AsRef<[u8]>) -> Result<Option<Duration>, StorageError> {
        self.read(key, |view, key| {
            let deadline = view.deadline(key).ok_or(StorageError::NoSuchKey)?;
            Ok(deadline.map(|deadline| Duration::from_millis(deadline.saturating_sub(view.now()))))
        })
    }

    /// Lifts the deadline of `key`; returns whether it had one.
    pub fn persist(&self, key: impl AsRef<[u8]>) -> bool {
        self.write(key, |view, key| {
            let timed = view.current_deadline(key).flatten().is_some();
            timed && view.set_deadline(key, None)
        })
    }

    /// Moves what `from` holds, and its deadline, to `to`, replacing what that held: nobody sees both keys, or neither.
    ///
    /// ```
    /// # use flashkv::{Engine, StorageError};
    /// # let engine = Engine::new(1);
    /// # let db = engine.db(0);
    /// db.set("draft", "text");
    /// assert_eq!(db.rename("draft", "final"), Ok(()));
    /// assert_eq!(db.rename("draft", "final"), Err(StorageError::NoSuchKey));
    /// ```
    ///
    /// # Errors
    /// [`StorageError::NoSuchKey`] if there is nothing at `from`.
    pub fn rename(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<(), StorageError> {
        let mut keys = [self.key(from.as_ref()), self.key(to.as_ref())];
        let mut view = self.engine.write(&mut keys, self.clock.now_ms());
        let [from, to] = &keys;
        view.rename(from, to, IfTaken::Replace).map(drop)
    }

    /// The same database by another clock.
    pub fn with_clock(self, clock: Clock) -> Db<'e> {
        Db { clock, ..self }
    }

    fn key<'k>(&self, bytes: &'k [u8]) -> Key<'k> {
        self.engine.key(self.index, bytes)
    }

    fn read<R>(&self, key: impl AsRef<[u8]>, run: impl FnOnce(&ReadView<'e>, &Key<'_>) -> R) -> R {
        let mut keys = [self.key(key.as_ref())];
        let view = self.engine.read(&mut keys, self.clock.now_ms());
        let [key] = &keys;
        run(&view, key)
    }

    fn write<R>(&self, key: impl AsRef<[u8]>, run: impl FnOnce(&mut View<'e>, &Key<'_>) -> R) -> R {
        let mut keys = [self.key(key.as_ref())];
        let mut view = self.engine.write(&mut keys, self.clock.now_ms());
        let [key] = &keys;
        run(&mut view, key)
    }
}

/// The deadline `ttl` from `now`. At its deadline a key is still there, so one that has no time at all lies before now.
fn deadline(now: Millis, ttl: Duration) -> Millis {
    if ttl.is_zero() {
        return now.saturating_sub(1);
    }
    let ms = ttl.as_nanos().div_ceil(1_000_000);
    now.saturating_add(Millis::try_from(ms).unwrap_or(Millis::MAX))
}

#[cfg(test)]
mod tests;
