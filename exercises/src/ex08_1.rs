//! 08.1 The lock somebody else gave back (easy, about 10 minutes)
//!
//! Programs use a key as a lock: `lock:printer` holds the name of whoever may print. The code below takes such a lock,
//! gives it back and passes it on. Each look and each change has the shard to itself, and still two clients print at
//! the same time, and anna gives back a lock that is ben's. Find out how, and mend it.
//!
//! - `take` sets the key to the owner's name if it does not exist, and says whether it did.
//! - `give_back` removes the key if the owner has it, and says whether that was so.
//! - `pass_on` sets the key to the next owner's name if the owner has it, and says whether that was so.
//! - What has another type than a string is an error for `give_back` and `pass_on`, and stays. For `take` it is a key
//!   that exists.
//! - Each is one step for everybody else. What comes between two calls of `write` is for others: the check lets another
//!   client act there.
//!
//! Delete the `todo!`s when you begin.

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
    todo!("find out how two clients can take it");

    if data.write(lock, |keys| keys.contains(lock)) {
        return false;
    }
    data.write(lock, |keys| keys.set(lock, owner, Condition::Always))
}

/// Gives the lock back if `owner` has it; whether that was so.
pub fn give_back(data: &impl Data, lock: &[u8], owner: &[u8]) -> Result<bool, StorageError> {
    todo!("find out how it can be another client's");

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
    todo!("here too");

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
