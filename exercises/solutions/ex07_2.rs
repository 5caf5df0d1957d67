//! 07.2, solved: whoever needs several locks takes them in ascending order, each once, and keeps them until all is
//! done.

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
    // All of them before the first is read.
    let guards: Vec<G> = accounts.into_iter().map(lock).collect();
    guards.iter().map(|guard| **guard).sum()
}
