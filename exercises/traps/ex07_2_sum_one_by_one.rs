//! Reads one account after the other, and lets go of each as soon as it is read.

use std::ops::DerefMut;

/// Moves `amount` from one account to another; whether there was that much.
pub fn transfer<G: DerefMut<Target = u64>>(
    lock: impl Fn(usize) -> G,
    from: usize,
    to: usize,
    amount: u64,
) -> bool {
    if from == to {
        return *lock(from) >= amount;
    }
    let mut lower = lock(from.min(to));
    let mut higher = lock(from.max(to));
    let (source, target) =
        if from < to { (&mut lower, &mut higher) } else { (&mut higher, &mut lower) };
    if **source < amount {
        return false;
    }
    **source -= amount;
    **target += amount;
    true
}

/// The sum of these accounts, at one moment.
pub fn total<G: DerefMut<Target = u64>>(lock: impl Fn(usize) -> G, accounts: &[usize]) -> u64 {
    let mut accounts = accounts.to_vec();
    accounts.sort_unstable();
    accounts.dedup();
    accounts.into_iter().map(|account| *lock(account)).sum()
}
