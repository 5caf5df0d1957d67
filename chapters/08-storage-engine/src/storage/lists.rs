//! Operations on lists. A list that becomes empty is removed with its key.

use std::collections::VecDeque;

use super::error::StorageError;
use super::keyspace::Keyspace;

/// A list: cheap at both ends.
pub type List = VecDeque<Vec<u8>>;

/// An end of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where LPUSH and LPOP work.
    Head,
    /// Where RPUSH and RPOP work.
    Tail,
}

impl Keyspace {
    // ANCHOR: push
    /// Pushes the values one after the other onto an end of the list at `key`, making it if there
    /// is none; returns its length.
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn push<V: AsRef<[u8]>>(
        &mut self,
        key: &[u8],
        end: End,
        values: &[V],
    ) -> Result<usize, StorageError> {
        if self.list(key)?.is_none() && !values.is_empty() {
            self.lists.insert(key, List::new());
        }
        let Some(list) = self.lists.get_mut(key) else { return Ok(0) };
        for value in values {
            match end {
                End::Head => list.push_front(value.as_ref().to_vec()),
                End::Tail => list.push_back(value.as_ref().to_vec()),
            }
        }
        Ok(list.len())
    }
    // ANCHOR_END: push

    /// Pops up to `count` elements off an end of the list at `key`; `None` if there is no list.
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn pop(
        &mut self,
        key: &[u8],
        end: End,
        count: usize,
    ) -> Result<Option<Vec<Vec<u8>>>, StorageError> {
        self.edit_list(key, |list| {
            let count = count.min(list.len());
            match end {
                End::Head => list.drain(..count).collect(),
                End::Tail => list.drain(list.len() - count..).rev().collect(),
            }
        })
    }

    /// Replaces the element at `index` (negative: from the tail).
    ///
    /// # Errors
    /// [`StorageError::WrongType`], [`StorageError::NoSuchKey`] or [`StorageError::IndexOutOfRange`].
    pub fn list_set(&mut self, key: &[u8], index: i64, value: &[u8]) -> Result<(), StorageError> {
        let done = self.edit_list(key, |list| {
            let place = absolute_index(index, list.len()).and_then(|at| list.get_mut(at));
            place.map(|place| *place = value.to_vec())
        })?;
        done.ok_or(StorageError::NoSuchKey)?.ok_or(StorageError::IndexOutOfRange)
    }

    /// Removes up to `count` elements equal to `value`, searching from `from`; returns how many.
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn list_remove(
        &mut self,
        key: &[u8],
        value: &[u8],
        count: usize,
        from: End,
    ) -> Result<usize, StorageError> {
        let removed = self.edit_list(key, |list| {
            let equal = list.iter().filter(|element| *element == value).count();
            let removed = equal.min(count);
            // From the tail, the equal ones to be spared are met first.
            let spared = if from == End::Head { 0 } else { equal - removed };
            let mut met = 0;
            list.retain(|element| {
                let is_equal = element == value;
                met += usize::from(is_equal);
                !is_equal || met <= spared || met > spared + removed
            });
            removed
        })?;
        Ok(removed.unwrap_or(0))
    }

    // ANCHOR: edit
    /// Runs `edit` on the list at `key`, if there is one, and removes the list if that left it empty.
    fn edit_list<R>(
        &mut self,
        key: &[u8],
        edit: impl FnOnce(&mut List) -> R,
    ) -> Result<Option<R>, StorageError> {
        self.list(key)?;
        let Some(list) = self.lists.get_mut(key) else { return Ok(None) };
        let result = edit(list);
        if list.is_empty() {
            self.lists.remove(key);
        }
        Ok(Some(result))
    }
    // ANCHOR_END: edit
}

/// The position that `index` means in a list of `len` (negative: from the end).
pub fn absolute_index(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { index.checked_add(i64::try_from(len).ok()?)? } else { index };
    usize::try_from(at).ok().filter(|at| *at < len)
}

/// The positions from `start` to `stop`, both included (negative: from the end), cut to `len`.
pub fn absolute_range(start: i64, stop: i64, len: usize) -> std::ops::Range<usize> {
    let len = len as i64;
    let from_end = |index: i64| if index < 0 { index.saturating_add(len) } else { index };
    let start = from_end(start).clamp(0, len);
    let end = from_end(stop).min(len - 1).saturating_add(1);
    start as usize..end.max(start) as usize
}
