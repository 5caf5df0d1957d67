//! 08.1, solved: what was looked at is only true while the shard is held, so the look and the change are in one
//! `write`.

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
    data.write(lock, |keys| {
        let is_owner = keys.string(lock)? == Some(owner);
        if is_owner {
            keys.remove(lock);
        }
        Ok(is_owner)
    })
}

/// Makes the lock `next`'s if `owner` has it; whether that was so.
pub fn pass_on(
    data: &impl Data,
    lock: &[u8],
    owner: &[u8],
    next: &[u8],
) -> Result<bool, StorageError> {
    data.write(lock, |keys| {
        let is_owner = keys.string(lock)? == Some(owner);
        if is_owner {
            keys.set(lock, next, Condition::Always);
        }
        Ok(is_owner)
    })
}
