//! Counts what a list does, so that tests can assert on work instead of on time. Outside tests the
//! calls compile to nothing.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static MOVED: Cell<usize> = const { Cell::new(0) };
    static VISITED: Cell<usize> = const { Cell::new(0) };
}

/// `_bytes` of elements already stored were copied to another place.
pub(super) fn moved(_bytes: usize) {
    #[cfg(test)]
    MOVED.set(MOVED.get() + _bytes);
}

/// `_chunks` were looked at to find an element.
pub(super) fn visited(_chunks: usize) {
    #[cfg(test)]
    VISITED.set(VISITED.get() + _chunks);
}

/// Bytes moved and chunks visited on this thread while `run` ran.
#[cfg(test)]
pub(super) fn of(run: impl FnOnce()) -> (usize, usize) {
    let before = (MOVED.get(), VISITED.get());
    run();
    (MOVED.get() - before.0, VISITED.get() - before.1)
}
