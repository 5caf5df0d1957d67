//! Walking a list from either end. Knows chunks only as slices of packed elements.

use super::chunk::Chunk;
use super::packed::{split_first, split_last};
use std::collections::vec_deque;
use std::iter::FusedIterator;

/// Elements of a list in order, from [`List::iter`](super::List::iter) or
/// [`List::range`](super::List::range).
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    /// What is left of the chunk the walk is in.
    pub(super) rest: &'a [u8],
    /// The chunks behind it.
    pub(super) chunks: vec_deque::Iter<'a, Chunk>,
    /// Elements still to come, at most as many as `rest` and `chunks` hold.
    pub(super) left: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.left == 0 {
            return None;
        }
        if self.rest.is_empty() {
            self.rest = self.chunks.next()?.live();
        }
        let (value, rest) = split_first(self.rest)?;
        self.rest = rest;
        self.left -= 1;
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Iter<'_> {}
impl FusedIterator for Iter<'_> {}

/// Elements of a list from the last to the first, from [`List::iter_rev`](super::List::iter_rev).
#[derive(Debug, Clone)]
pub struct IterRev<'a> {
    /// What is left of the chunk the walk is in.
    pub(super) rest: &'a [u8],
    /// The chunks before it.
    pub(super) chunks: vec_deque::Iter<'a, Chunk>,
    /// Elements still to come: as many as `rest` and `chunks` hold.
    pub(super) left: usize,
}

impl<'a> Iterator for IterRev<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            self.rest = self.chunks.next_back()?.live();
        }
        let (value, rest) = split_last(self.rest)?;
        self.rest = rest;
        self.left -= 1;
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for IterRev<'_> {}
impl FusedIterator for IterRev<'_> {}
