//! 07.2 Two locks, two orders (medium, about 25 minutes)
//!
//! Accounts of a bank, each behind a lock of its own. `lock(3)` waits until nobody else has account 3, and gives its
//! guard: `*guard` is what is in the account, and dropping the guard lets others have it. The code below keeps the bank
//! up for an hour or so. Then two clients stand still for ever, and soon all the others with them.
//!
//! - `transfer` moves the amount if the account has that much, and says whether it did. From an account to itself it
//!   moves nothing, and says whether there is that much.
//! - `total` adds up the accounts it is given, in whatever order. One that is named twice counts once.
//! - Both are one step: nobody ever finds money gone from one account and not yet in the other.
//! - However many calls run at once, there is never a circle of threads in which each waits for the next.
//!
//! The check runs no threads. It writes down which lock is held while another is asked for. Delete the `todo!`s when
//! you begin.

use std::ops::DerefMut;

/// Moves `amount` from one account to another; whether there was that much.
pub fn transfer<G: DerefMut<Target = u64>>(
    lock: impl Fn(usize) -> G,
    from: usize,
    to: usize,
    amount: u64,
) -> bool {
    todo!("find out who waits for whom");

    let mut source = lock(from);
    if *source < amount {
        return false;
    }
    *source -= amount;
    let mut target = lock(to);
    *target += amount;
    true
}

/// The sum of these accounts, at one moment.
pub fn total<G: DerefMut<Target = u64>>(lock: impl Fn(usize) -> G, accounts: &[usize]) -> u64 {
    todo!("find out what may happen between two of the accounts");

    accounts.iter().map(|account| *lock(*account)).sum()
}
