//! Operations on lists in a locked view. A list that becomes empty is removed with its key.

use super::error::StorageError;
use super::list::{End, List};
use super::shard::{Collection, Place};
use super::view::{Key, Tally, View};

/// Where LINSERT puts the new element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before the pivot.
    Before,
    /// After the pivot.
    After,
}

/// Whether a push may make the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMissing {
    /// LPUSH, RPUSH: makes the list.
    Create,
    /// LPUSHX, RPUSHX: does nothing.
    Ignore,
}

/// Which of the elements equal to a value are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListSearch {
    /// The end that the search starts from.
    pub from: End,
    /// Equal elements passed over before the first that is reported.
    pub skip: usize,
    /// Equal elements reported at most.
    pub count: usize,
    /// Elements compared at most.
    pub max_len: usize,
}

impl ListSearch {
    /// How many steps from the first of `elements` those looked for are.
    fn steps<'a>(
        self,
        elements: impl Iterator<Item = &'a [u8]>,
        value: &[u8],
    ) -> impl Iterator<Item = usize> {
        let compared = elements.take(self.max_len).enumerate();
        let equal = compared.filter(move |(_, element)| *element == value);
        equal.map(|(step, _)| step).skip(self.skip).take(self.count)
    }
}

impl View<'_> {
    /// Hands the positions of elements equal to `value` to `found`, in the order in which they are met; returns their
    /// number. Counts as a read.
    ///
    /// Source: <https://redis.io/docs/latest/commands/lpos/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn positions(
        &self,
        key: &Key<'_>,
        value: &[u8],
        search: &ListSearch,
        found: impl FnMut(usize),
    ) -> Result<usize, StorageError> {
        let Some(list) = self.list(key)? else { return Ok(0) };
        let last = list.len() - 1;
        Ok(match search.from {
            End::Head => search.steps(list.iter(), value).map(found).count(),
            End::Tail => {
                search.steps(list.iter_rev(), value).map(|step| last - step).map(found).count()
            }
        })
    }

    /// Pushes the values one after the other onto an end of the list at `key`; returns its length, 0 if there is none.
    ///
    /// Source: <https://redis.io/docs/latest/commands/lpush/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn push<'v>(
        &mut self,
        key: &Key<'_>,
        end: End,
        values: impl Iterator<Item = &'v [u8]>,
        if_missing: IfMissing,
    ) -> Result<usize, StorageError> {
        let push_all = |list: &mut List, tally: &mut Tally| {
            for value in values {
                list.push(end, value);
                tally.changes += 1;
            }
            list.len()
        };
        let (now, (shard, _, tally)) = (self.now, self.parts(key));
        if let Some((_, Collection::List(list))) = shard.open_collection(key.hash, key.bytes, now) {
            return Ok(push_all(list, tally));
        }
        match self.settle(key) {
            Some(_) => Err(StorageError::WrongType),
            None if if_missing == IfMissing::Ignore => Ok(0),
            None => {
                let mut list = List::new();
                let (shard, garbage, tally) = self.parts(key);
                let len = push_all(&mut list, tally);
                if len > 0 {
                    let list = Collection::List(list);
                    shard.put_collection(key.hash, key.bytes, list, None, garbage);
                }
                Ok(len)
            }
        }
    }

    /// Pops up to `count` elements off an end of the list at `key`, handing each to `take`; returns the number popped,
    /// `None` if there is no list.
    ///
    /// Source: <https://redis.io/docs/latest/commands/lpop/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn pop(
        &mut self,
        key: &Key<'_>,
        end: End,
        count: usize,
        mut take: impl FnMut(&[u8]),
    ) -> Result<Option<usize>, StorageError> {
        self.edit_list(key, |list, tally| {
            let mut popped = 0;
            while popped < count && list.pop_with(end, &mut take).is_some() {
                popped += 1;
            }
            tally.changes += popped as u64;
            popped
        })
    }

    /// Moves an element from an end of one list to an end of another, which may be the same; returns it.
    ///
    /// Source: <https://redis.io/docs/latest/commands/lmove/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`], in which case nothing was moved.
    pub fn move_element(
        &mut self,
        from: &Key<'_>,
        from_end: End,
        to: &Key<'_>,
        to_end: End,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        if self.settle(from).is_none() {
            return Ok(None);
        }
        if let Some(Place::String(_)) = self.settle(to) {
            return Err(StorageError::WrongType);
        }
        let same = from.database == to.database && from.bytes == to.bytes;
        if same {
            // One edit, so that a list of one element is not removed in between, and keeps its deadline.
            let rotated = self.edit_list(from, |list, tally| {
                let element = list.pop(from_end)?;
                list.push(to_end, &element);
                tally.changes += 1;
                Some(element)
            })?;
            return Ok(rotated.flatten());
        }
        let mut element = None;
        self.pop(from, from_end, 1, |bytes| element = Some(bytes.to_vec()))?;
        if let Some(element) = &element {
            self.push(to, to_end, std::iter::once(element.as_slice()), IfMissing::Create)?;
        }
        Ok(element)
    }

    /// Replaces the element at `index` (negative: from the tail).
    ///
    /// Source: <https://redis.io/docs/latest/commands/lset/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`], [`StorageError::NoSuchKey`] or [`StorageError::IndexOutOfRange`].
    pub fn list_set(
        &mut self,
        key: &Key<'_>,
        index: i64,
        value: &[u8],
    ) -> Result<(), StorageError> {
        let done = self.edit_list(key, |list, tally| {
            let done = absolute_index(index, list.len()).is_some_and(|at| list.set(at, value));
            tally.changes += u64::from(done);
            done
        })?;
        match done {
            None => Err(StorageError::NoSuchKey),
            Some(false) => Err(StorageError::IndexOutOfRange),
            Some(true) => Ok(()),
        }
    }

    /// Inserts beside the first element equal to `pivot`; returns the new length, `None` if there is no such element,
    /// and 0 if there is no list.
    ///
    /// Source: <https://redis.io/docs/latest/commands/linsert/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn list_insert(
        &mut self,
        key: &Key<'_>,
        side: Side,
        pivot: &[u8],
        value: &[u8],
    ) -> Result<Option<usize>, StorageError> {
        let inserted = self.edit_list(key, |list, tally| {
            let at = list.iter().position(|element| element == pivot)?;
            list.insert(at + usize::from(side == Side::After), value);
            tally.changes += 1;
            Some(list.len())
        })?;
        Ok(inserted.unwrap_or(Some(0)))
    }

    /// Removes up to `count` elements equal to `value`, searching from `from`; returns how many.
    ///
    /// Source: <https://redis.io/docs/latest/commands/lrem/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn list_remove(
        &mut self,
        key: &Key<'_>,
        value: &[u8],
        count: usize,
        from: End,
    ) -> Result<usize, StorageError> {
        let removed = self.edit_list(key, |list, tally| {
            let removed = list.remove_matching(value, count, from);
            tally.changes += removed as u64;
            removed
        })?;
        Ok(removed.unwrap_or(0))
    }

    /// Keeps only the elements from `start` to `stop`, both included (negative: from the tail).
    ///
    /// Source: <https://redis.io/docs/latest/commands/ltrim/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn list_trim(&mut self, key: &Key<'_>, start: i64, stop: i64) -> Result<(), StorageError> {
        self.edit_list(key, |list, tally| {
            let before = list.len();
            let (start, count) = absolute_range(start, stop, before);
            list.trim(start, count);
            tally.changes += (before - count) as u64;
        })?;
        Ok(())
    }

    /// Runs `edit` on the list at `key`, if there is one, and removes the list if that left it empty.
    fn edit_list<R>(
        &mut self,
        key: &Key<'_>,
        edit: impl FnOnce(&mut List, &mut Tally) -> R,
    ) -> Result<Option<R>, StorageError> {
        let (now, (shard, garbage, tally)) = (self.now, self.parts(key));
        if let Some((spot, Collection::List(list))) =
            shard.open_collection(key.hash, key.bytes, now)
        {
            let result = edit(list, tally);
            if list.is_empty() {
                shard.remove(Place::Collection(spot), garbage);
            }
            return Ok(Some(result));
        }
        match self.settle(key) {
            None => Ok(None),
            Some(_) => Err(StorageError::WrongType),
        }
    }
}

/// The position that `index` means in a list or string of `len` (negative: from the end).
pub fn absolute_index(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { index.checked_add(i64::try_from(len).ok()?)? } else { index };
    usize::try_from(at).ok().filter(|at| *at < len)
}

/// The start and number of elements from `start` to `stop`, both included (negative: from the end), cut to `len`.
pub fn absolute_range(start: i64, stop: i64, len: usize) -> (usize, usize) {
    let from_end = |index: i64| if index < 0 { index.saturating_add(len as i64) } else { index };
    let start = from_end(start).max(0);
    let stop = from_end(stop).min(len as i64 - 1);
    if start > stop { (0, 0) } else { (start as usize, (stop - start) as usize + 1) }
}
