//! Takes in one step. That a lock is still mine when I give it back seems to go without saying.

use chapter_07::Sharded;
use chapter_08::storage::{Condition, Keyspace, StorageError};

/// Data of which one client at a time has the part where its key is.
pub trait Data {
    /// Runs `job` on the keyspace that `key` belongs to, which nobody else sees meanwhile.
    fn write<R>(&self, key: &[u8], job: impl FnOnce(&mut Keyspace) -> R) -> R;
}

impl Data for Sharded<Keyspace> {
    fn write<R>(&self, key: &[u8], job: impl FnOnce(&mut Keyspace) -> R) -> R {
        Sharded::write(self, key, job)
    }
}

/// Takes the lock if nobody has it; whether `owner` has it now.
pub fn take(data: &impl Data, lock: &[u8], owner: &[u8]) -> bool {
    data.write(lock, |keys| keys.set(lock, owner, Condition::IfAbsent))
}

/// Gives the lock back if `owner` has it; whether that was so.
pub fn give_back(data: &impl Data, lock: &[u8], owner: &[u8]) -> Result<bool, StorageError> {
    if !has(data, lock, owner)? {
        return Ok(false);
    }
    data.write(lock, |keys| keys.remove(lock));
    Ok(true)
}

/// Makes the lock `next`'s if `owner` has it; whether that was so.
pub fn pass_on(
    data: &impl Data,
    lock: &[u8],
    owner: &[u8],
    next: &[u8],
) -> Result<bool, StorageError> {
    if !has(data, lock, owner)? {
        return Ok(false);
    }
    data.write(lock, |keys| keys.set(lock, next, Condition::Always));
    Ok(true)
}

/// Whether `owner` has the lock.
fn has(data: &impl Data, lock: &[u8], owner: &[u8]) -> Result<bool, StorageError> {
    data.write(lock, |keys| Ok(keys.string(lock)? == Some(owner)))
}
