//! Strings, and how they are set.

use std::time::Duration;

use super::{Db, deadline};
use crate::storage::{Condition, Key, ReadView, StorageError, Ttl, absolute_range};

/// How [`Db::set_with`] sets a key. By default in any case, and for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetOptions {
    lifetime: Lifetime,
    condition: Condition,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Lifetime {
    #[default]
    Unlimited,
    AsBefore,
    For(Duration),
}

impl SetOptions {
    /// The key expires after this time. One of zero has passed already.
    pub fn ttl(self, ttl: Duration) -> SetOptions {
        SetOptions { lifetime: Lifetime::For(ttl), ..self }
    }

    /// The key keeps the deadline it has.
    pub fn keep_ttl(self) -> SetOptions {
        SetOptions { lifetime: Lifetime::AsBefore, ..self }
    }

    /// Only a key that does not exist is set.
    pub fn if_absent(self) -> SetOptions {
        SetOptions { condition: Condition::IfAbsent, ..self }
    }

    /// Only a key that exists is set.
    pub fn if_present(self) -> SetOptions {
        SetOptions { condition: Condition::IfPresent, ..self }
    }
}

/// Strings.
impl Db<'_> {
    /// The string at `key`.
    ///
    /// ```
    /// # use flashkv::{End, Engine, StorageError};
    /// # let engine = Engine::new(1);
    /// # let db = engine.db(0);
    /// assert_eq!(db.get("greeting"), Ok(None));
    /// db.set("greeting", "hello");
    /// assert_eq!(db.get("greeting"), Ok(Some(b"hello".to_vec())));
    /// db.push("queue", End::Tail, &["job"])?;
    /// assert_eq!(db.get("queue"), Err(StorageError::WrongType));
    /// # Ok::<(), StorageError>(())
    /// ```
    ///
    /// # Errors
    /// [`StorageError::WrongType`] if the key holds something else.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>, StorageError> {
        self.read(key, copy_string)
    }

    /// Sets `key` to a string, for ever, whatever it held before.
    pub fn set(&self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.set_with(key, value, SetOptions::default());
    }

    /// Sets `key` to a string; returns whether it was set, that is, whether the condition held.
    ///
    /// ```
    /// use std::time::Duration;
    /// use flashkv::SetOptions;
    /// # let engine = flashkv::Engine::new(1);
    /// # let db = engine.db(0);
    /// let lock = SetOptions::default().if_absent().ttl(Duration::from_secs(30));
    /// assert!(db.set_with("lock", "me", lock));
    /// assert!(!db.set_with("lock", "you", lock));
    /// ```
    pub fn set_with(
        &self,
        key: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
        options: SetOptions,
    ) -> bool {
        self.write(key, |view, key| {
            let ttl = match options.lifetime {
                Lifetime::Unlimited => Ttl::Clear,
                Lifetime::AsBefore => Ttl::Keep,
                Lifetime::For(ttl) => Ttl::At(deadline(view.now(), ttl)),
            };
            view.set(key, value.as_ref(), options.condition, ttl)
        })
    }

    /// The strings at all of these keys as of one moment.
    ///
    /// ```
    /// # let engine = flashkv::Engine::new(1);
    /// # let db = engine.db(0);
    /// db.mset(&[("a", "1"), ("b", "2")]);
    /// assert_eq!(db.mget(&["b", "c"])?, [Some(b"2".to_vec()), None]);
    /// # Ok::<(), flashkv::StorageError>(())
    /// ```
    ///
    /// # Errors
    /// [`StorageError::WrongType`] if one of them holds something else.
    pub fn mget(&self, keys: &[impl AsRef<[u8]>]) -> Result<Vec<Option<Vec<u8>>>, StorageError> {
        let mut keys: Vec<_> = keys.iter().map(|key| self.key(key.as_ref())).collect();
        let view = self.engine.read(&mut keys, self.clock.now_ms());
        keys.iter().map(|key| copy_string(&view, key)).collect()
    }

    /// Sets all of these keys, for ever: nobody sees some of them set and others not.
    pub fn mset(&self, entries: &[(impl AsRef<[u8]>, impl AsRef<[u8]>)]) {
        let mut keys: Vec<_> = entries.iter().map(|(key, _)| self.key(key.as_ref())).collect();
        let mut view = self.engine.write(&mut keys, self.clock.now_ms());
        for (key, (_, value)) in keys.iter().zip(entries) {
            view.set(key, value.as_ref(), Condition::Always, Ttl::Clear);
        }
    }

    /// Adds 1 to the integer at `key`, 0 if there is none, and returns the sum.
    ///
    /// # Errors
    /// As [`incr_by`](Db::incr_by).
    pub fn incr(&self, key: impl AsRef<[u8]>) -> Result<i64, StorageError> {
        self.incr_by(key, 1)
    }

    /// Adds `delta` to the integer at `key`, 0 if there is none, and returns the sum.
    ///
    /// ```
    /// # use flashkv::{Engine, StorageError};
    /// # let engine = Engine::new(1);
    /// # let db = engine.db(0);
    /// assert_eq!(db.incr("visits"), Ok(1));
    /// assert_eq!(db.incr_by("visits", -11), Ok(-10));
    /// assert_eq!(db.incr_by("visits", i64::MIN), Err(StorageError::Overflow));
    /// assert_eq!(db.get("visits"), Ok(Some(b"-10".to_vec())));
    /// ```
    ///
    /// # Errors
    /// [`StorageError::WrongType`], [`StorageError::NotAnInteger`] or [`StorageError::Overflow`]; the value is unchanged.
    pub fn incr_by(&self, key: impl AsRef<[u8]>, delta: i64) -> Result<i64, StorageError> {
        self.write(key, |view, key| view.incr_by(key, delta))
    }

    /// Appends to the string at `key`, empty if there is none, and returns its new length.
    ///
    /// # Errors
    /// [`StorageError::WrongType`] or [`StorageError::TooLong`].
    pub fn append(
        &self,
        key: impl AsRef<[u8]>,
        suffix: impl AsRef<[u8]>,
    ) -> Result<usize, StorageError> {
        self.write(key, |view, key| view.append(key, suffix.as_ref()))
    }

    /// The bytes of the string at `key` from `start` to `stop`, both included; negative ones count from the end.
    ///
    /// ```
    /// # let engine = flashkv::Engine::new(1);
    /// # let db = engine.db(0);
    /// assert_eq!(db.append("log", "hello, ")?, 7);
    /// assert_eq!(db.append("log", "world")?, 12);
    /// assert_eq!(db.get_range("log", -5, -1)?, b"world");
    /// # Ok::<(), flashkv::StorageError>(())
    /// ```
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn get_range(
        &self,
        key: impl AsRef<[u8]>,
        start: i64,
        stop: i64,
    ) -> Result<Vec<u8>, StorageError> {
        self.read(key, |view, key| {
            let bytes = view.string(key)?.map_or(&[][..], |string| string.bytes);
            let (start, count) = absolute_range(start, stop, bytes.len());
            Ok(bytes.get(start..start + count).unwrap_or_default().to_vec())
        })
    }
}

fn copy_string(view: &ReadView<'_>, key: &Key<'_>) -> Result<Option<Vec<u8>>, StorageError> {
    Ok(view.string(key)?.map(|string| string.bytes.to_vec()))
}
