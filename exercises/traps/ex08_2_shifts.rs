//! Makes room in front by a shift: what does not fit any more goes on to the next chunk.

use std::collections::VecDeque;

/// Elements of a full chunk.
pub const CHUNK: usize = 128;

/// A list in chunks.
#[derive(Debug)]
pub struct List<V> {
    /// None is empty; all but the first and the last are full.
    chunks: VecDeque<VecDeque<V>>,
    len: usize,
}

impl<V> List<V> {
    /// An empty list.
    pub fn new() -> List<V> {
        List { chunks: VecDeque::new(), len: 0 }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Number of chunks.
    pub fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// Puts an element in front of the others.
    pub fn push_front(&mut self, value: V) {
        self.len += 1;
        let mut carried = value;
        for chunk in &mut self.chunks {
            chunk.push_front(carried);
            if chunk.len() <= CHUNK {
                return;
            }
            match chunk.pop_back() {
                Some(last) => carried = last,
                None => return,
            }
        }
        self.chunks.push_back(chunk_of(carried));
    }

    /// Puts an element behind the others.
    pub fn push_back(&mut self, value: V) {
        self.len += 1;
        match self.chunks.back_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => chunk.push_back(value),
            None => self.chunks.push_back(chunk_of(value)),
        }
    }

    /// Takes out the first element.
    pub fn pop_front(&mut self) -> Option<V> {
        let chunk = self.chunks.front_mut()?;
        let value = chunk.pop_front();
        if chunk.is_empty() {
            self.chunks.pop_front();
        }
        self.len -= 1;
        value
    }

    /// Takes out the last element.
    pub fn pop_back(&mut self) -> Option<V> {
        let chunk = self.chunks.back_mut()?;
        let value = chunk.pop_back();
        if chunk.is_empty() {
            self.chunks.pop_back();
        }
        self.len -= 1;
        value
    }

    /// The element at `index`, from the front.
    pub fn get(&self, index: usize) -> Option<&V> {
        let first = self.chunks.front()?;
        match index.checked_sub(first.len()) {
            None => first.get(index),
            // Behind the first, every chunk but the last is full.
            Some(index) => self.chunks.get(1 + index / CHUNK)?.get(index % CHUNK),
        }
    }
}

/// A new chunk, which never needs more room than it has now.
fn chunk_of<V>(value: V) -> VecDeque<V> {
    let mut chunk = VecDeque::with_capacity(CHUNK);
    chunk.push_back(value);
    chunk
}
