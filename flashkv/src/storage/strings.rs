//! Operations on strings in a locked view.
//!
//! Plain reads are [`View::string`]. What its callers do with a string's bytes, and the texts of errors, are not known here.

use super::error::StorageError;
use super::long_double::LongDouble;
use super::shard::{Millis, Origin, Place, StringRef};
use super::view::{Encoding, Key, View};
use crate::number::parse_i64;

/// What SET does to a key's deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ttl {
    /// Lifts it.
    #[default]
    Clear,
    /// Leaves it.
    Keep,
    /// Sets it, in milliseconds since 1970.
    At(Millis),
}

impl Ttl {
    /// The deadline of a key that had this one.
    fn after(self, old: Option<Millis>) -> Option<Millis> {
        match self {
            Ttl::Clear => None,
            Ttl::Keep => old,
            Ttl::At(deadline) => Some(deadline),
        }
    }
}

/// When SET writes at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition {
    /// In any case.
    #[default]
    Always,
    /// Only if the key does not exist.
    IfAbsent,
    /// Only if it does.
    IfPresent,
}

/// The part of a string from `start` to `end`, both included; negative positions count from the string's end.
///
/// As in Redis, an end before the string's first byte is taken for that byte, unless both are negative and in the wrong
/// order.
///
/// Source: <https://redis.io/docs/latest/commands/getrange/>
pub fn substring(bytes: &[u8], start: i64, end: i64) -> &[u8] {
    if start < 0 && end < 0 && start > end {
        return &[];
    }
    let len = bytes.len() as i64;
    let from_start = |position: i64| {
        let position = if position < 0 { position + len } else { position };
        usize::try_from(position).unwrap_or(0)
    };
    let (start, end) = (from_start(start), from_start(end).saturating_add(1));
    bytes.get(start..end.min(bytes.len())).unwrap_or_default()
}

impl View<'_> {
    /// The longest string that may be built, in bytes.
    pub fn max_string(&self) -> usize {
        self.max_string
    }

    /// Makes sure that `key` holds a string, if anything. Does not count as a read.
    ///
    /// # Errors
    /// [`StorageError::WrongType`].
    pub fn expect_string(&mut self, key: &Key<'_>) -> Result<(), StorageError> {
        match self.settle(key) {
            Some(Place::Collection(_)) => Err(StorageError::WrongType),
            Some(Place::String(_)) | None => Ok(()),
        }
    }

    /// Sets `key` to a string, replacing a value of any type; returns whether the condition held.
    ///
    /// Source: <https://redis.io/docs/latest/commands/set/>
    pub fn set(&mut self, key: &Key<'_>, value: &[u8], condition: Condition, ttl: Ttl) -> bool {
        let (now, (shard, garbage, tally)) = (self.now, self.parts(key));
        // Found and written in one go, as most values are replaced by one of the same length.
        if let Some(old) = shard.open_string(key.hash, key.bytes, now) {
            if condition == Condition::IfAbsent {
                return false;
            }
            let (place, deadline) = (Place::String(old.spot), ttl.after(old.read().deadline));
            if !old.overwrite(Origin::Whole, deadline, value) {
                let place = Some(place);
                let origin = Origin::Whole;
                shard.put_string(key.hash, key.bytes, place, value, origin, deadline, garbage);
            }
            tally.changes += 1;
            return true;
        }
        let place = self.settle(key);
        let allowed = match condition {
            Condition::Always => true,
            Condition::IfAbsent => place.is_none(),
            Condition::IfPresent => place.is_some(),
        };
        if allowed {
            self.store(key, place, value, Origin::Whole, ttl);
        }
        allowed
    }

    /// Adds `delta` to the integer at `key` (0 if there is none) and returns the sum.
    ///
    /// Source: <https://redis.io/docs/latest/commands/incrby/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`], [`StorageError::NotAnInteger`] or [`StorageError::Overflow`].
    pub fn incr_by(&mut self, key: &Key<'_>, delta: i64) -> Result<i64, StorageError> {
        let mut text = itoa::Buffer::new();
        let number = |old: StringRef<'_>| parse_i64(old.bytes).ok_or(StorageError::NotAnInteger);
        let (now, (shard, garbage, tally)) = (self.now, self.parts(key));
        // Found, read and written in one go, as counters nearly always are.
        if let Some(old) = shard.open_string(key.hash, key.bytes, now) {
            let read = old.read();
            let sum = number(read)?.checked_add(delta).ok_or(StorageError::Overflow)?;
            let (place, deadline) = (Some(Place::String(old.spot)), read.deadline);
            let value = text.format(sum).as_bytes();
            let origin = Origin::Whole;
            if !old.overwrite(origin, deadline, value) {
                shard.put_string(key.hash, key.bytes, place, value, origin, deadline, garbage);
            }
            tally.changes += 1;
            return Ok(sum);
        }
        let place = self.settle(key);
        let old = self.string_at(key, place)?.map_or(Ok(0), number)?;
        let sum = old.checked_add(delta).ok_or(StorageError::Overflow)?;
        self.store(key, place, text.format(sum).as_bytes(), Origin::Whole, Ttl::Keep);
        Ok(sum)
    }

    /// Adds `delta` to the number at `key` (0 if there is none) and returns the sum as it was stored.
    ///
    /// Source: <https://redis.io/docs/latest/commands/incrbyfloat/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`], [`StorageError::NotAFloat`] or [`StorageError::NotFinite`].
    pub fn incr_by_float(
        &mut self,
        key: &Key<'_>,
        delta: LongDouble,
    ) -> Result<Vec<u8>, StorageError> {
        let place = self.settle(key);
        let old = match self.string_at(key, place)? {
            None => LongDouble::parse(b"0"),
            Some(old) => LongDouble::parse(old.bytes),
        };
        let old = old.ok_or(StorageError::NotAFloat)?;
        let sum = old.checked_add(delta).ok_or(StorageError::NotFinite)?;
        let mut text = Vec::new();
        sum.write_to(&mut text);
        self.store(key, place, &text, Origin::Text, Ttl::Keep);
        Ok(text)
    }

    /// Appends to the string at `key`, making it if there is none; returns its new length.
    ///
    /// Source: <https://redis.io/docs/latest/commands/append/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`] or [`StorageError::TooLong`].
    pub fn append(&mut self, key: &Key<'_>, suffix: &[u8]) -> Result<usize, StorageError> {
        let place = self.settle(key);
        let Some(old) = self.string_at(key, place)? else {
            self.store(key, None, suffix, Origin::Whole, Ttl::Clear);
            return Ok(suffix.len());
        };
        let len = self.checked_len(old.bytes.len(), suffix.len())?;
        self.edit(key, place, len, |bytes| bytes.extend_from_slice(suffix));
        Ok(len)
    }

    /// Overwrites part of the string at `key`, padding it with zero bytes up to `offset`; returns its length.
    ///
    /// Source: <https://redis.io/docs/latest/commands/setrange/>
    ///
    /// # Errors
    /// [`StorageError::WrongType`] or [`StorageError::TooLong`].
    pub fn set_range(
        &mut self,
        key: &Key<'_>,
        offset: usize,
        patch: &[u8],
    ) -> Result<usize, StorageError> {
        let place = self.settle(key);
        let old_len = self.string_at(key, place)?.map_or(0, |old| old.bytes.len());
        if patch.is_empty() {
            return Ok(old_len);
        }
        let end = self.checked_len(offset, patch.len())?;
        let len = old_len.max(end);
        self.edit(key, place, len, |bytes| {
            if bytes.is_empty() {
                // Comes zeroed from the system: a far offset costs no time.
                *bytes = vec![0; len];
            } else if bytes.len() < len {
                bytes.resize(len, 0);
            }
            if let Some(part) = bytes.get_mut(offset..end) {
                part.copy_from_slice(patch);
            }
        });
        Ok(len)
    }

    /// The sum of two lengths, if a string may be so long, and the system has so much memory to give: a client's number
    /// must not end the server.
    fn checked_len(&self, a: usize, b: usize) -> Result<usize, StorageError> {
        /// Below this, asking would only take time.
        const ASKED_FROM: usize = 64 << 20;
        let len = a.checked_add(b).filter(|len| *len <= self.max_string);
        let len = len.ok_or(StorageError::TooLong)?;
        if len >= ASKED_FROM && Vec::<u8>::new().try_reserve_exact(len).is_err() {
            return Err(StorageError::TooLong);
        }
        Ok(len)
    }

    fn string_at(
        &self,
        key: &Key<'_>,
        place: Option<Place>,
    ) -> Result<Option<StringRef<'_>>, StorageError> {
        match place {
            None => Ok(None),
            Some(Place::String(spot)) => Ok(Some(self.shard(key).string(spot))),
            Some(Place::Collection(_)) => Err(StorageError::WrongType),
        }
    }

    fn store(
        &mut self,
        key: &Key<'_>,
        place: Option<Place>,
        value: &[u8],
        origin: Origin,
        ttl: Ttl,
    ) {
        let (shard, garbage, tally) = self.parts(key);
        let deadline = ttl.after(place.and_then(|place| shard.deadline(place)));
        shard.put_string(key.hash, key.bytes, place, value, origin, deadline, garbage);
        tally.changes += 1;
    }

    /// Changes a string's bytes: in place if it is a long one, so that a string built by many appends is not copied for
    /// each of them. `len` is its length afterwards.
    fn edit(
        &mut self,
        key: &Key<'_>,
        place: Option<Place>,
        len: usize,
        change: impl FnOnce(&mut Vec<u8>),
    ) {
        let (shard, garbage, tally) = self.parts(key);
        tally.changes += 1;
        let mut deadline = None;
        let mut bytes = Vec::new();
        if let Some(Place::String(spot)) = place {
            if let Some(long) = shard.edit_long_string(spot) {
                return change(long);
            }
            let old = shard.string(spot);
            deadline = old.deadline;
            bytes.reserve_exact(len);
            bytes.extend_from_slice(old.bytes);
        }
        change(&mut bytes);
        shard.put_owned_string(key.hash, key.bytes, bytes, Origin::Edited, deadline, garbage);
    }
}

/// How Redis would have stored this string.
pub(super) fn encoding(string: StringRef<'_>) -> Encoding {
    /// The longest string that Redis embeds in its object.
    const EMBEDDED_MAX: usize = 44;
    match string.origin {
        Origin::Edited => Encoding::Raw,
        Origin::Whole if parse_i64(string.bytes).is_some() => Encoding::Int,
        _ if string.bytes.len() <= EMBEDDED_MAX => Encoding::Embstr,
        _ => Encoding::Raw,
    }
}

#[cfg(test)]
mod tests;
