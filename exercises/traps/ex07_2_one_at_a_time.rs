//! Never two locks at once: no circle, and for a moment the money is nowhere.

use std::ops::DerefMut;

/// Moves `amount` from one account to another; whether there was that much.
pub fn transfer<G: DerefMut<Target = u64>>(
    lock: impl Fn(usize) -> G,
    from: usize,
    to: usize,
    amount: u64,
) -> bool {
    {
        let mut source = lock(from);
        if *source < amount {
            return false;
        }
        if from == to {
            return true;
        }
        *source -= amount;
    }
    *lock(to) += amount;
    true
}

/// The sum of these accounts, at one moment.
pub fn total<G: DerefMut<Target = u64>>(lock: impl Fn(usize) -> G, accounts: &[usize]) -> u64 {
    let mut accounts = accounts.to_vec();
    accounts.sort_unstable();
    accounts.dedup();
    // All of them before the first is read.
    let guards: Vec<G> = accounts.into_iter().map(lock).collect();
    guards.iter().map(|guard| **guard).sum()
}
