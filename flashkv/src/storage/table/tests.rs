//! A table against an ordered map; how it grows, what an entry costs, and what hashes that agree in many bits do to it.

mod cost;
mod model;

use super::super::segment::{NewValue, Prefix};
use super::{SPLIT_AT, TOUCHED, Table, touch};

impl<T> Table<T> {
    /// Panics unless everything that the fields promise holds. `peak` is the most entries that there ever were.
    pub(in crate::storage) fn check(&self, peak: usize) {
        if self.len == 0 {
            assert_eq!(self.heap_bytes(), 0, "an empty table holds memory");
            return;
        }
        assert_eq!(self.directory.len(), 1 << self.depth);
        assert!(self.directory.len() <= directory_limit(peak), "the directory is too large");
        assert_eq!(self.segments.iter().map(|segment| segment.len()).sum::<usize>(), self.len);

        let mut next = 0;
        let mut seen = vec![false; self.segments.len()];
        while next < self.directory.len() {
            let index = self.directory[next] as usize;
            let segment = &self.segments[index];
            let run = 1 << (self.depth - segment.depth);
            assert!(!std::mem::replace(&mut seen[index], true), "a run is in two parts");
            assert_eq!(next % run, 0);
            assert!(self.directory[next..next + run].iter().all(|at| *at as usize == index));
            next += run;
            for (_, prefix) in segment.occupied() {
                assert_eq!(self.segment_of(prefix), Some(index), "an entry is where none looks");
            }
            segment.check();
        }
        assert!(seen.into_iter().all(|seen| seen), "a segment is out of reach");
    }
}

/// Indexes that the directory may hold for that many entries, however their hashes are spread.
fn directory_limit(len: usize) -> usize {
    16 * (1 + len / SPLIT_AT)
}

/// A prefix that looks random, the same for the same number.
fn spread(number: usize) -> Prefix {
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32) as Prefix
}

fn insert(table: &mut Table<Vec<u8>>, prefix: Prefix, number: usize) {
    let key = number.to_string();
    table.insert(prefix, key.as_bytes(), 0, None, NewValue::Inside(key.as_bytes()));
}

fn remove(table: &mut Table<Vec<u8>>, prefix: Prefix, number: usize) {
    let spot = table.find(prefix, number.to_string().as_bytes()).expect("it was inserted");
    table.remove(spot);
}

/// Inserts, finds and removes that many entries with these prefixes; returns the largest directory seen.
fn fill_and_empty(count: usize, prefix: impl Fn(usize) -> Prefix) -> usize {
    let mut table = Table::default();
    for number in 0..count {
        insert(&mut table, prefix(number), number);
        assert!(table.directory.len() <= directory_limit(table.len()));
    }
    let directory = table.directory.len();
    table.check(count);
    for number in 0..count {
        assert!(table.find(prefix(number), number.to_string().as_bytes()).is_some());
        assert!(table.find(prefix(number), b"another").is_none());
    }
    for number in 0..count {
        remove(&mut table, prefix(number), number);
    }
    table.check(0);
    directory
}

#[test]
fn equal_hashes_overflow_one_segment() {
    assert_eq!(fill_and_empty(5000, |_| 0x1234_5678), 1);
}

#[test]
fn hashes_that_differ_in_the_last_bit_overflow_one_segment() {
    fill_and_empty(5000, |number| 0x1234_5678 | (number as Prefix & 1));
}

#[test]
fn hashes_that_agree_in_many_bits_do_not_blow_up_the_directory() {
    for shared in [4, 8, 16, 24] {
        let low = |number| spread(number) >> shared;
        fill_and_empty(6000, |number| 0xa5a5_a5a5 << (Prefix::BITS - shared) | low(number));
    }
}

#[test]
fn equal_hashes_leave_the_others_alone() {
    let mut table = Table::default();
    for number in 0..3000 {
        insert(&mut table, 7, number);
    }
    for number in 3000..20_000 {
        insert(&mut table, spread(number), number);
    }
    table.check(20_000);
    let overfull = table.segments().iter().filter(|segment| segment.len() > SPLIT_AT);
    assert_eq!(overfull.count(), 1);
}

#[test]
fn segments_are_walked_in_ascending_order_of_prefixes() {
    let mut table = Table::default();
    assert!(table.segments_from(0).next().is_none());
    for number in 0..20_000 {
        insert(&mut table, spread(number), number);
    }
    let mut from = 0;
    let mut seen = 0;
    for (segment, end) in table.segments_from(0) {
        for (_, prefix) in segment.occupied() {
            assert!((from..end).contains(&u64::from(prefix)));
            seen += 1;
        }
        from = end;
    }
    assert_eq!((from, seen), (1 << Prefix::BITS, 20_000));
    assert_eq!(table.segments_from(Prefix::MAX).count(), 1);
}

#[test]
fn live_len_leaves_out_what_has_expired() {
    let mut table: Table<Vec<u8>> = Table::default();
    for number in 0..5000 {
        let deadline = (number % 2 == 0).then_some(number as u64);
        let key = number.to_string();
        table.insert(spread(number), key.as_bytes(), 0, deadline, NewValue::Inside(b"v"));
    }
    // At its deadline a key is still there.
    for (now, live) in [(0, 5000), (1, 4999), (2, 4999), (3, 4998), (u64::MAX, 2500)] {
        assert_eq!(table.live_len(now), live, "at {now}");
    }
}

#[test]
fn look_ups_can_be_prepared_whatever_there_is_to_find() {
    let mut table = Table::default();
    let look_ups = |table: &Table<Vec<u8>>, count: usize| {
        touch((0..count).map(|number| (table, spread(number))));
    };
    look_ups(&table, TOUCHED);
    let count = 4 * SPLIT_AT;
    (0..count).for_each(|number| insert(&mut table, spread(number), number));
    // Half of them are not there, and have no record to read.
    look_ups(&table, 2 * count);
    // All but one segment are empty, and have no slots.
    let kept = (0..count).max_by_key(|number| spread(*number)).expect("there are some");
    (0..count)
        .filter(|number| *number != kept)
        .for_each(|number| remove(&mut table, spread(number), number));
    assert!(table.segments.iter().filter(|segment| segment.len() == 0).count() > 1);
    (0..count).step_by(TOUCHED).for_each(|first| {
        touch((first..first + TOUCHED).map(|number| (&table, spread(number))));
    });
}
