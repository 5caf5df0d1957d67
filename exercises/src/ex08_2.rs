//! 08.2 The list that never moves (medium, about 30 minutes)
//!
//! The chapter's lists are a `VecDeque`. When it is full, all its elements move to a place of twice the size, as those
//! of a `HashMap` do: the push that finds it full makes everybody wait. Write a list of chunks, as many as needed, with
//! room for `CHUNK` elements each. Then a push moves no element. Only the chunks' headers move, when the outer `VecDeque`
//! is full: one for each `CHUNK` elements.
//!
//! - It is a list: what is pushed and popped at either end comes in order, and `get(0)` is the front.
//! - An element stays where it is in memory until it is popped. (A `VecDeque` that was made with a capacity moves
//!   nothing until it has more elements than that.)
//! - No chunk is empty, and all but the first and the last are full: so there are never more than `len / CHUNK + 2`,
//!   and none when the list is empty.
//!
//! `get` is called often: it finds the chunk by arithmetic, without a walk over all of them.

use std::collections::VecDeque;

/// Elements of a full chunk.
pub const CHUNK: usize = 128;

/// A list in chunks.
#[derive(Debug)]
pub struct List<V> {
    chunks: VecDeque<VecDeque<V>>,
    // Add what you need.
}

impl<V> List<V> {
    /// An empty list.
    pub fn new() -> List<V> {
        todo!()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Number of chunks.
    pub fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// Puts an element in front of the others.
    pub fn push_front(&mut self, value: V) {
        todo!()
    }

    /// Puts an element behind the others.
    pub fn push_back(&mut self, value: V) {
        todo!()
    }

    /// Takes out the first element.
    pub fn pop_front(&mut self) -> Option<V> {
        todo!()
    }

    /// Takes out the last element.
    pub fn pop_back(&mut self) -> Option<V> {
        todo!()
    }

    /// The element at `index`, from the front.
    pub fn get(&self, index: usize) -> Option<&V> {
        todo!()
    }
}
