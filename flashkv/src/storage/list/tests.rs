//! Behaviour by example, and what the other tests share: `model` compares random operations with a
//! `VecDeque`, `cost` measures memory and work.

mod cost;
mod model;

use super::chunk::TARGET;
use super::{End, List};

const ENDS: [End; 2] = [End::Head, End::Tail];

/// Lengths around every change of representation: one, two and three length bytes, and a chunk that
/// an element just fills (`TARGET - 4`) or does not fit into.
const LENGTHS: [usize; 13] = [
    0,
    1,
    127,
    128,
    TARGET - 5,
    TARGET - 4,
    TARGET - 3,
    TARGET - 1,
    TARGET,
    TARGET + 1,
    16383,
    16384,
    100_000,
];

impl List {
    fn check_invariants(&self) {
        self.chunks.iter().for_each(super::Chunk::check_invariants);
        assert_eq!(self.len, self.chunks.iter().map(|c| c.count()).sum::<usize>());
        assert_eq!(self.bytes, self.chunks.iter().map(|c| c.capacity()).sum::<usize>());
        let spare = self.chunks.capacity() - self.chunks.len();
        assert!(spare <= 3 + 3 * self.chunks.len(), "{spare} unused slots in the deque");
    }
}

fn element(number: usize, length: usize) -> Vec<u8> {
    let mut value = number.to_string().into_bytes();
    value.resize(length, b'.');
    value
}

fn numbered(range: std::ops::Range<usize>) -> List {
    let mut list = List::new();
    range.for_each(|n| list.push_back(n.to_string().as_bytes()));
    list
}

fn texts(list: &List) -> Vec<String> {
    list.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
}

#[test]
fn an_empty_list_has_nothing_and_allocates_nothing() {
    let mut list = List::new();
    assert_eq!((list.len(), list.is_empty(), list.heap_bytes()), (0, true, 0));
    assert_eq!((list.front(), list.back(), list.get(0)), (None, None, None));
    assert_eq!((list.pop(End::Head), list.pop(End::Tail)), (None, None));
    assert_eq!((list.iter().count(), list.iter_rev().count(), list.range(0, 9).count()), (0, 0, 0));
    assert!(!list.set(0, b"x"));
    assert!(!list.insert(1, b"x"));
    assert_eq!(list.remove_range(0, 9), 0);
    assert_eq!(list.remove_matching(b"x", usize::MAX, End::Tail), 0);
    list.trim(0, 9);
    assert_eq!(list.heap_bytes(), 0);
}

#[test]
fn both_ends_push_and_pop_every_boundary_length() {
    for push in ENDS {
        for pop in ENDS {
            let mut list = List::new();
            for (n, length) in LENGTHS.into_iter().enumerate() {
                list.push(push, &element(n, length));
                list.check_invariants();
            }
            let mut expected: Vec<_> =
                LENGTHS.into_iter().enumerate().map(|(n, length)| element(n, length)).collect();
            if push == pop {
                expected.reverse();
            }
            for value in expected {
                assert!(list.pop(pop) == Some(value));
                list.check_invariants();
            }
            assert_eq!(list.bytes, 0);
        }
    }
}

#[test]
fn every_boundary_length_replaces_every_other() {
    for old in LENGTHS {
        for new in LENGTHS {
            let mut list = numbered(0..10);
            assert!(list.set(5, &element(7, old)));
            assert!(list.set(5, &element(8, new)));
            list.check_invariants();
            assert!(list.get(5) == Some(&element(8, new)));
            list.remove_range(5, 1);
            assert_eq!(texts(&list), ["0", "1", "2", "3", "4", "6", "7", "8", "9"]);
        }
    }
}

#[test]
fn elements_that_just_fill_a_chunk_share_none() {
    let mut list = List::new();
    list.push_back(b"");
    list.push_back(&element(1, TARGET - 4));
    list.push_back(b"");
    assert_eq!(list.chunks.len(), 3);
    let mut list = List::new();
    list.push_back(b"");
    list.push_back(&element(1, TARGET - 6));
    assert_eq!(list.chunks.len(), 1);
}

#[test]
fn pop_with_reads_in_place() {
    let mut list = numbered(0..3);
    assert_eq!(list.pop_with(End::Tail, |value| value == b"2"), Some(true));
    assert_eq!(list.pop_with(End::Head, <[u8]>::len), Some(1));
    assert_eq!(texts(&list), ["1"]);
}

#[test]
fn range_is_clipped_to_the_list() {
    let list = numbered(0..5000);
    assert!(list.chunks.len() > 2);
    for (start, count) in [(0, 5000), (0, 0), (1, 3), (2400, 900), (4999, 9), (5000, 1), (9999, 1)]
    {
        let expected: Vec<_> = (0..5000).skip(start).take(count).map(|n| n.to_string()).collect();
        let range = list.range(start, count);
        assert_eq!(range.len(), expected.len());
        assert!(range.eq(expected.iter().map(String::as_bytes)), "{start}, {count}");
    }
    assert_eq!(list.range(4998, usize::MAX).len(), 2);
}

#[test]
fn remove_matching_takes_the_nearest_to_the_given_end() {
    let build = || {
        let mut list = List::new();
        "a x b x c x d".split(' ').for_each(|value| list.push_back(value.as_bytes()));
        list
    };
    for (count, from, removed, left) in [
        (1, End::Head, 1, "a b x c x d"),
        (2, End::Head, 2, "a b c x d"),
        (1, End::Tail, 1, "a x b x c d"),
        (2, End::Tail, 2, "a x b c d"),
        (usize::MAX, End::Tail, 3, "a b c d"),
        (0, End::Head, 0, "a x b x c x d"),
    ] {
        let mut list = build();
        assert_eq!(list.remove_matching(b"x", count, from), removed);
        assert_eq!(texts(&list).join(" "), left);
        list.check_invariants();
    }
}

#[test]
fn remove_matching_counts_across_chunks() {
    for from in ENDS {
        let mut list = List::new();
        (0..60_000).for_each(|n| list.push_back(if n % 2 == 0 { b"even" } else { b"odd" }));
        assert_eq!(list.remove_matching(b"even", 20_000, from), 20_000);
        list.check_invariants();
        let kept = list.iter().position(|value| value == b"even");
        assert_eq!(kept, Some(if from == End::Head { 20_000 } else { 0 }));
        assert_eq!(list.remove_matching(b"even", usize::MAX, from), 10_000);
        assert_eq!(list.remove_matching(b"odd", usize::MAX, from), 30_000);
        assert_eq!((list.len(), list.bytes), (0, 0));
    }
}

#[test]
fn insertion_in_the_middle_splits_a_full_chunk() {
    let mut list = numbered(0..3000);
    let (chunks, full) = (list.chunks.len(), list.chunks[0].count());
    assert!(chunks > 1);
    assert!(list.insert(full / 2, b"new"));
    assert_eq!(list.chunks.len(), chunks + 1);
    list.check_invariants();
    assert_eq!(list.get(full / 2), Some(&b"new"[..]));
    assert_eq!(list.len(), 3001);
    assert_eq!(list.remove_matching(b"new", 1, End::Head), 1);
    assert_eq!(texts(&list), texts(&numbered(0..3000)));
}

#[test]
fn the_buffer_of_a_removed_large_element_is_not_reused() {
    // A buffer of TARGET + 1 bytes, and behind it exactly what may be merged into a neighbour.
    let mut list = List::new();
    list.push_back(b"first");
    list.push_back(&element(1, TARGET - 3));
    list.push_back(&element(2, 2048 - 4));
    list.push_back(&element(3, 2048 - 4));
    list.push_back(&element(4, TARGET));
    assert_eq!(list.remove_range(1, 1), 1);
    list.check_invariants();

    list.insert(1, &element(1, TARGET - 3));
    list.insert(4, &element(2, 2048 - 4));
    list.check_invariants();
    // Ends inside the chunk behind the large element: both are edited before either is tidied.
    assert_eq!(list.remove_range(1, 2), 2);
    list.check_invariants();
    assert_eq!(list.len(), 4);
}

#[test]
fn a_clone_is_equal_independent_and_without_slack() {
    let list = numbered(0..5000);
    let mut copy = list.clone();
    copy.check_invariants();
    assert_eq!(texts(&copy), texts(&list));
    assert!(copy.chunks.iter().all(|chunk| chunk.slack() == 0));
    copy.push_back(b"more");
    assert_eq!((copy.len(), list.len()), (5001, 5000));
}

#[test]
fn debug_is_short() {
    assert_eq!(format!("{:?}", numbered(0..3)), "List { len: 3, chunks: 1, heap_bytes: 48 }");
}
