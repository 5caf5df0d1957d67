//! Counts the entries that segments move, so that tests can assert on work instead of on time. Outside tests the calls
//! compile to nothing.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static MOVED: Cell<usize> = const { Cell::new(0) };
}

/// `_entries` already stored were copied to another place.
pub(super) fn moved(_entries: usize) {
    #[cfg(test)]
    MOVED.set(MOVED.get() + _entries);
}

/// Entries moved on this thread while `run` ran.
#[cfg(test)]
pub(in crate::storage) fn of(run: impl FnOnce()) -> usize {
    let before = MOVED.get();
    run();
    MOVED.get() - before
}
