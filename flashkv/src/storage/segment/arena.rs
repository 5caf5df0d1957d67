//! A segment's records, in pages of one size.
//!
//! Pages are never moved: growing copies nothing, and because all segments ask the allocator for the same size, what one
//! gives back fits the next. Only a first page starts smaller, for the many segments that hold a few keys.
//!
//! Knows where records start and end, not which of them are alive.

use crate::storage::record::{self, Fields, INLINE_MAX, Layout};

const PAGE_BITS: u32 = 12;
const PAGE: usize = 1 << PAGE_BITS;
// The longest record: key and value of full length, header and deadline.
const _: () = assert!(2 * INLINE_MAX + 16 <= PAGE);

/// Records, each found by the number that [`Arena::append`] returned: the page in the high bits, the offset in the low.
#[derive(Debug, Default)]
pub(super) struct Arena {
    /// Invariant: no page is longer than `PAGE`; all but the last are full, but for less than a record.
    pages: Vec<Vec<u8>>,
}

impl Arena {
    /// Bytes of all pages, used or given up at their ends.
    pub(super) fn len(&self) -> usize {
        let full = self.pages.len().saturating_sub(1) * PAGE;
        full + self.pages.last().map_or(0, Vec::len)
    }

    /// Bytes of all records, dead ones included.
    #[cfg(test)]
    pub(super) fn records(&self) -> usize {
        self.pages.iter().map(Vec::len).sum()
    }

    /// Bytes allocated.
    pub(super) fn heap_bytes(&self) -> usize {
        self.pages.capacity() * size_of::<Vec<u8>>()
            + self.pages.iter().map(Vec::capacity).sum::<usize>()
    }

    /// The page of a record, and where it starts there.
    pub(super) fn page(&self, at: u32) -> (&[u8], usize) {
        (&self.pages[(at >> PAGE_BITS) as usize], at as usize % PAGE)
    }

    pub(super) fn page_mut(&mut self, at: u32) -> &mut [u8] {
        &mut self.pages[(at >> PAGE_BITS) as usize]
    }

    /// Writes a new record.
    pub(super) fn append(&mut self, fields: &Fields<'_>) -> u32 {
        let (page, at) = self.page_with_room(record::size(fields));
        record::write(page, fields);
        at
    }

    /// Copies a record from another arena.
    pub(super) fn copy(&mut self, from: &Arena, at: u32) -> u32 {
        let (bytes, start) = from.page(at);
        let record = &bytes[start..start + Layout::read(bytes, start).size()];
        let (page, at) = self.page_with_room(record.len());
        page.extend_from_slice(record);
        at
    }

    /// The last page, or a new one if that has no room, and the number of a record written to it next.
    fn page_with_room(&mut self, size: usize) -> (&mut Vec<u8>, u32) {
        if self.pages.last().is_none_or(|page| page.len() + size > PAGE) {
            let capacity = if self.pages.is_empty() { size } else { PAGE };
            self.pages.push(Vec::with_capacity(capacity));
        }
        let index = self.pages.len() - 1;
        let page = &mut self.pages[index];
        if page.capacity() - page.len() < size {
            let capacity = (page.capacity() * 2).clamp(page.len() + size, PAGE);
            page.reserve_exact(capacity - page.len());
        }
        let page_number = u32::try_from(index << PAGE_BITS)
            .expect("a segment splits long before 4 GiB of records");
        let at = page_number | page.len() as u32;
        (page, at)
    }
}
