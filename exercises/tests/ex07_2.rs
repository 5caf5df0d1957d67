//! The check of exercise 07.2: its locks write down who holds what while asking for what. A circle in that is a
//! deadlock that some timing brings about; no thread has to run into it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::process::ExitCode;

use exercises::{Check, Failure, Verdict};

#[cfg_attr(feature = "solutions", path = "../solutions/ex07_2.rs")]
#[cfg_attr(not(feature = "solutions"), path = "../src/ex07_2.rs")]
#[cfg_attr(not(feature = "solutions"), allow(unused, clippy::all, clippy::todo))]
#[allow(unreachable_pub, reason = "an answer is a module here")]
mod answer;

fn main() -> ExitCode {
    exercises::run("07.2", check)
}

fn check(check: &Check) -> Verdict {
    check.step("a transfer");
    let bank = Bank::new([100, 50, 20]);
    check.means("What goes out of one account comes into the other, if the first has that much; else nothing happens.");
    for (from, to, amount, done, after) in [
        (0, 1, 30, true, [70, 80, 20]),
        (1, 0, 80, true, [150, 0, 20]),
        (1, 2, 1, false, [150, 0, 20]),
        (2, 1, 21, false, [150, 0, 20]),
        (2, 1, 20, true, [150, 20, 0]),
    ] {
        let before = bank.balances();
        let got = transfer(check, &bank, from, to, amount);
        check.did(format!("transfer({from}, {to}, {amount}) where the accounts have {before:?}"));
        check.equal((done, after.to_vec()), (got, bank.balances()))?;
    }

    check.step("a transfer from an account to itself");
    let bank = Bank::new([100, 50, 20]);
    for (amount, done) in [(30, true), (100, true), (101, false)] {
        let got = transfer(check, &bank, 0, 0, amount);
        bank.locked_twice(check)?;
        check.means("Nothing is moved, and the answer is whether there is that much.");
        check.equal((done, vec![100, 50, 20]), (got, bank.balances()))?;
    }

    check.step("a sum");
    for (accounts, sum) in [(&[0, 1, 2][..], 170), (&[2, 0], 120), (&[1], 50), (&[], 0)] {
        check.means("The sum is of the accounts that were named, and of no other.");
        check.equal(sum, total(check, &bank, accounts))?;
    }

    check.step("a sum in which an account is named twice");
    for (accounts, sum) in [(&[1, 1][..], 50), (&[1, 0, 2, 0, 1], 170)] {
        let got = total(check, &bank, accounts);
        bank.locked_twice(check)?;
        check.means("The money in an account is there once, however often the account is named.");
        check.equal(sum, got)?;
    }

    check.step("a transfer, with nobody holding a lock in the middle of it");
    for (from, to) in [(0, 1), (1, 0)] {
        let bank = Bank::new([100, 100, 0]);
        transfer(check, &bank, from, to, 60);
        check.means(
            "The call let go of its last lock when the money had left one account and was not in the other. Whoever \
             adds up the bank at that moment misses it. Never to hold two locks avoids the circle, but it is not one \
             step any more.",
        );
        let lost = bank.missing.get();
        check.that(
            lost == 0,
            "all the money in the accounts whenever the call holds no lock",
            format!("{lost} in no account"),
        )?;
    }

    check.step("a transfer, and a client that empties the account in the middle of it");
    for (from, to) in [(0, 1), (1, 0)] {
        let bank = Bank::new([100, 100, 0]);
        bank.other.set(Some((from, 2)));
        let done = transfer(check, &bank, from, to, 60);
        check.did(format!(
            "transfer({from}, {to}, 60) where both have 100; when the call lets go of its locks to take others, \
             another client moves all of account {from} to account 2"
        ));
        check.means(
            "That there was enough was true when it was looked at, and the lock was let go after that. What counts is \
             what is there while both locks are held.",
        );
        let sum: u64 = bank.balances().iter().sum();
        let right = sum == 200 && (bank.other.get().is_some() || !done);
        check.that(
            right,
            "no transfer, and 200 in all accounts together",
            format!(
                "{}, and {sum} in all accounts together",
                if done { "a transfer" } else { "none" }
            ),
        )?;
    }

    check.step("a sum, and a transfer in the middle of it");
    for (accounts, from, to) in [([0, 1, 2], 2, 0), ([2, 1, 0], 0, 2), ([1, 0, 2], 2, 1)] {
        let bank = Bank::new([100, 100, 100]);
        bank.other.set(Some((from, to)));
        let sum = total(check, &bank, &accounts);
        check.did(format!(
            "total({accounts:?}) where all have 100; as soon as the locks of {from} and {to} are free after the first \
             was taken, another client moves all of account {from} to account {to}"
        ));
        check.means(
            "No money came and none went, so the sum is 300 at every moment. An account that is let go when it has \
             been read may change before the last one is read, and the sum is of no moment at all.",
        );
        check.equal(300, sum)?;
    }

    check.step("two transfers at once");
    let bank = Bank::new([100; 4]);
    for from in 0..4 {
        for to in 0..4 {
            transfer(check, &bank, from, to, 1);
            bank.circle(check)?;
        }
    }

    check.step("transfers and a sum at once");
    for accounts in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        total(check, &bank, &accounts);
        bank.circle(check)?;
    }
    Ok(())
}

fn transfer(check: &Check, bank: &Bank, from: usize, to: usize, amount: u64) -> bool {
    let call = format!("transfer({from}, {to}, {amount})");
    check.did(call.clone());
    bank.begin(call);
    answer::transfer(|account| bank.lock(account), from, to, amount)
}

fn total(check: &Check, bank: &Bank, accounts: &[usize]) -> u64 {
    let call = format!("total({accounts:?})");
    check.did(call.clone());
    bank.begin(call);
    answer::total(|account| bank.lock(account), accounts)
}

/// Accounts whose locks are for one thread, which can then not wait.
struct Bank {
    accounts: Vec<Cell<u64>>,
    /// What all accounts have together.
    sum: u64,
    /// The call that is running, and how often it has taken a lock.
    call: RefCell<String>,
    locks: Cell<usize>,
    held: RefCell<Vec<usize>>,
    /// Which call held the first lock when it asked for the second.
    waits: RefCell<BTreeMap<(usize, usize), String>>,
    /// An account that was locked by a call that held it.
    twice: Cell<Option<usize>>,
    /// What was missing when a call held no lock though it was not at its end.
    missing: Cell<u64>,
    /// Another client, who moves all of one account to another as soon as it can after the call's first lock.
    other: Cell<Option<(usize, usize)>>,
}

impl Bank {
    fn new<const N: usize>(accounts: [u64; N]) -> Bank {
        Bank {
            accounts: accounts.map(Cell::new).into(),
            sum: accounts.iter().sum(),
            call: RefCell::default(),
            locks: Cell::default(),
            held: RefCell::default(),
            waits: RefCell::default(),
            twice: Cell::default(),
            missing: Cell::default(),
            other: Cell::default(),
        }
    }

    fn balances(&self) -> Vec<u64> {
        self.accounts.iter().map(Cell::get).collect()
    }

    fn begin(&self, call: String) {
        *self.call.borrow_mut() = call;
        self.locks.set(0);
    }

    fn lock(&self, account: usize) -> Guard<'_> {
        if self.locks.replace(self.locks.get() + 1) > 0 {
            self.let_others_in();
        }
        let mut held = self.held.borrow_mut();
        if held.contains(&account) {
            self.twice.set(Some(account));
        }
        for holding in held.iter().filter(|holding| **holding != account) {
            let call = self.call.borrow().clone();
            self.waits.borrow_mut().entry((*holding, account)).or_insert(call);
        }
        held.push(account);
        Guard { bank: self, account, balance: self.accounts.get(account).map_or(0, Cell::get) }
    }

    /// What may happen while a call waits for a lock that is not its first.
    fn let_others_in(&self) {
        let held = self.held.borrow();
        if held.is_empty() {
            let there: u64 = self.balances().iter().sum();
            self.missing.set(self.missing.get().max(self.sum.saturating_sub(there)));
        }
        let can = |account| !held.contains(&account);
        let Some((from, to)) = self.other.get().filter(|(from, to)| can(*from) && can(*to)) else {
            return;
        };
        if let (Some(from), Some(to)) = (self.accounts.get(from), self.accounts.get(to)) {
            to.set(to.get() + from.replace(0));
            self.other.set(None);
        }
    }

    fn locked_twice(&self, check: &Check) -> Verdict {
        let Some(account) = self.twice.get() else { return Ok(()) };
        check.means(
            "A lock does not know who has it. A thread that asks for one that it holds waits for itself to let go, for \
             ever: a deadlock that needs no second thread.",
        );
        Err(Failure::told(
            "each lock taken once",
            format!("the lock of account {account}, asked for while it was held"),
        ))
    }

    fn circle(&self, check: &Check) -> Verdict {
        let waits = self.waits.borrow();
        let path = |from: usize, to: usize| {
            // Shortest first: each way is tried one lock further than the one before it.
            let mut ways = vec![vec![from]];
            let mut at = 0;
            while let Some(way) = ways.get(at).cloned() {
                at += 1;
                let last = way.last().copied().unwrap_or(from);
                if last == to {
                    return Some(way);
                }
                let next = waits.keys().filter(|(held, _)| *held == last).map(|(_, next)| *next);
                for next in next.filter(|next| !way.contains(next)) {
                    ways.push([way.as_slice(), &[next]].concat());
                }
            }
            None
        };
        let Some(way) = waits.keys().find_map(|(held, wanted)| path(*wanted, *held)) else {
            return Ok(());
        };
        let nexts = way.iter().cycle().skip(1);
        let edges: Vec<String> = way
            .iter()
            .zip(nexts)
            .filter_map(|edge| {
                let call = waits.get(&(*edge.0, *edge.1))?;
                Some(format!("{call} holds {} and waits for {}", edge.0, edge.1))
            })
            .collect();
        check.did(
            "all of these calls at the same moment, each stopped when it holds its first locks",
        );
        check.means(
            "Each of these threads has the lock that the one before it waits for, and none can go on: a deadlock. It \
             happens only if they meet at that moment, so a test hardly finds it, and some day it happens.",
        );
        Err(Failure::told("somebody who can go on", edges.join("; ")))
    }
}

/// One account, held.
struct Guard<'a> {
    bank: &'a Bank,
    account: usize,
    balance: u64,
}

impl Deref for Guard<'_> {
    type Target = u64;

    fn deref(&self) -> &u64 {
        &self.balance
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut u64 {
        &mut self.balance
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(account) = self.bank.accounts.get(self.account) {
            account.set(self.balance);
        }
        let mut held = self.bank.held.borrow_mut();
        if let Some(at) = held.iter().position(|account| *account == self.account) {
            held.swap_remove(at);
        }
    }
}
