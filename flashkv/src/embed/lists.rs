//! Lists.

use super::Db;
use crate::storage::{End, IfMissing, StorageError, absolute_range};

/// Lists.
impl Db<'_> {
    /// Pushes the values, one after the other, onto an end of the list at `key`, made if there is none; returns its length.
    ///
    /// ```
    /// use flashkv::End;
    /// # let engine = flashkv::Engine::new(1);
    /// # let db = engine.db(0);
    /// assert_eq!(db.push("queue", End::Tail, &["a", "b", "c"])?, 3);
    /// assert_eq!(db.pop("queue", End::Head)?.as_deref(), Some(&b"a"[..]));
    /// assert_eq!(db.list_range("queue", 0, -1)?, [b"b", b"c"]);
    /// assert_eq!(db.list_len("queue")?, 2);
    /// # Ok::<(), flashkv::StorageError>(())
    /// ```
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn push(
        &self,
        key: impl AsRef<[u8]>,
        end: End,
        values: &[impl AsRef<[u8]>],
    ) -> Result<usize, StorageError> {
        let values = values.iter().map(AsRef::as_ref);
        self.write(key, |view, key| view.push(key, end, values, IfMissing::Create))
    }

    /// Pops an element off an end of the list at `key`, if there is one.
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn pop(&self, key: impl AsRef<[u8]>, end: End) -> Result<Option<Vec<u8>>, StorageError> {
        let mut element = None;
        self.write(key, |view, key| view.pop(key, end, 1, |bytes| element = Some(bytes.to_vec())))?;
        Ok(element)
    }

    /// The elements from `start` to `stop`, both included; negative ones count from the tail.
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn list_range(
        &self,
        key: impl AsRef<[u8]>,
        start: i64,
        stop: i64,
    ) -> Result<Vec<Vec<u8>>, StorageError> {
        self.read(key, |view, key| {
            let Some(list) = view.list(key)? else { return Ok(Vec::new()) };
            let (start, count) = absolute_range(start, stop, list.len());
            Ok(list.range(start, count).map(<[u8]>::to_vec).collect())
        })
    }

    /// Number of elements of the list at `key`, 0 if there is none.
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn list_len(&self, key: impl AsRef<[u8]>) -> Result<usize, StorageError> {
        self.read(key, |view, key| Ok(view.list(key)?.map_or(0, |list| list.len())))
    }
}
