//! What lists cost: bytes per element, and bytes moved and chunks visited per operation.

use super::super::chunk::TARGET;
use super::super::{End, List, work};
use super::{ENDS, element, numbered};
use std::collections::HashSet;

/// One hundred lists of ten thousand elements of 32 bytes.
fn bytes_per_element(push: impl Fn(&mut List, &[u8], usize)) -> f64 {
    let mut total = 0;
    for _ in 0..100 {
        let mut list = List::new();
        (0..10_000).for_each(|n| push(&mut list, &element(n, 32), n));
        total += size_of::<List>() + list.heap_bytes();
    }
    total as f64 / 1e6
}

#[test]
fn a_million_32_byte_elements_cost_under_36_bytes_each() {
    for (name, cost) in [
        ("back", bytes_per_element(|list, value, _| list.push_back(value))),
        ("front", bytes_per_element(|list, value, _| list.push_front(value))),
        ("both", bytes_per_element(|list, value, n| list.push(ENDS[n % 2], value))),
    ] {
        println!("{name}: {cost:.2} bytes per element");
        assert!(cost < 36.0, "{name}: {cost}");
    }
}

#[test]
fn a_short_list_is_small() {
    for end in ENDS {
        let mut list = List::new();
        list.push(end, b"abc");
        assert_eq!((size_of::<List>(), list.heap_bytes()), (48, 48));
        for n in 2..2000 {
            list.push(end, b"abc");
            let slack = list.bytes - 5 * n;
            assert!(slack <= 16 + 5 * n / 4, "{slack} bytes of slack in {n} elements");
        }
    }
}

#[test]
fn memory_is_returned_as_elements_go() {
    for (push, pop) in [(End::Tail, End::Tail), (End::Tail, End::Head), (End::Head, End::Tail)] {
        let mut list = List::new();
        (0..100_000).for_each(|n| list.push(push, &element(n, 32)));
        while let Some(left) = list.pop(pop).map(|_| list.len()) {
            let bytes = list.heap_bytes();
            // Twice the elements, and what the ends may hold in reserve.
            assert!(
                bytes <= 2 * (34 * left) + 2 * TARGET.min(50 * left) + 512,
                "{bytes} for {left}"
            );
        }
        assert_eq!(list.bytes, 0);
    }
    let mut list = numbered(0..100_000);
    list.trim(50_000, 10);
    assert!(list.heap_bytes() < 512, "{} bytes for 10 elements", list.heap_bytes());
    let mut list = List::new();
    (0..100_000).for_each(|n| list.push_back(if n % 1000 == 0 { b"keep" } else { b"drop" }));
    list.remove_matching(b"drop", usize::MAX, End::Head);
    assert!(list.heap_bytes() < 2000, "{} bytes for 100 elements", list.heap_bytes());
}

fn opposite(end: End) -> End {
    if end == End::Head { End::Tail } else { End::Head }
}

#[test]
fn work_at_the_ends_leaves_the_middle_alone() {
    let mut list = numbered(0..1_000_000);
    let addresses = |list: &List| -> HashSet<*const u8> {
        list.chunks.iter().map(|chunk| chunk.live().as_ptr()).collect()
    };
    let before = addresses(&list);
    for (push, pop) in ENDS.into_iter().flat_map(|end| [(end, end), (end, opposite(end))]) {
        let (moved, visited) = work::of(|| {
            for n in 0..1000 {
                list.push(push, n.to_string().as_bytes());
                list.pop(pop);
            }
        });
        assert_eq!(visited, 0);
        assert!(moved < 40_000, "{moved} bytes moved by 1000 pushes and pops");
    }
    list.check_invariants();
    let after = addresses(&list);
    let kept = before.intersection(&after).count();
    assert!(before.len() - kept < 10, "{kept} of {} chunks stayed where they were", before.len());
}

/// One step of a workload: the list, a new element, and the step's number.
type Turn = fn(&mut List, &[u8], usize);

/// Bytes moved per byte pushed, for `rounds` of `turn` on a list that `prepare` made.
fn moved_per_byte(elements: usize, length: usize, turn: Turn) -> usize {
    let mut list = List::new();
    (0..elements).for_each(|n| list.push_back(&element(n, length)));
    let rounds = 2000;
    let (moved, _) = work::of(|| {
        (0..rounds).for_each(|n| turn(&mut list, &element(n, length), n));
    });
    moved / (rounds * (length + 2))
}

#[test]
fn every_mix_of_pushes_and_pops_moves_a_bounded_number_of_bytes() {
    // From lists of a few elements to several chunks, in particular just below and above one chunk.
    for elements in
        [0, 1, 2, 5, 10, 50, 100, 150, 180, 200, 220, 230, 238, 240, 242, 250, 480, 1000]
    {
        for length in [1, 32, 100, 1000, 3000] {
            let mixes: [(&str, Turn); 6] = [
                ("back", |list, value, _| list.push_back(value)),
                ("front", |list, value, _| list.push_front(value)),
                ("both", |list, value, n| list.push(ENDS[n % 2], value)),
                ("queue", |list, value, _| {
                    list.push_front(value);
                    list.pop(End::Tail);
                }),
                ("stack", |list, value, n| {
                    list.push_back(value);
                    if n % 2 == 0 {
                        list.pop(End::Tail);
                        list.pop(End::Tail);
                    }
                }),
                ("rotate", |list, value, _| {
                    list.pop(End::Head);
                    list.push_back(value);
                }),
            ];
            for (name, mix) in mixes {
                let moved = moved_per_byte(elements, length, mix);
                assert!(moved <= 18, "{name} of {length} bytes on {elements}: {moved} per byte");
            }
        }
    }
}

#[test]
fn an_element_is_found_from_the_nearer_end() {
    let list = numbered(0..1_000_000);
    for index in [0, 1000, 998_999, 999_999] {
        let (_, visited) = work::of(|| assert!(list.get(index).is_some()));
        assert!(visited <= 2, "{visited} chunks for index {index}");
    }
}

#[test]
fn trimming_a_long_list_to_its_length_touches_one_end() {
    let mut list = numbered(0..100_000);
    let (moved, visited) = work::of(|| {
        for n in 0..1000 {
            list.push_front(n.to_string().as_bytes());
            list.trim(0, 100_000);
        }
    });
    assert_eq!(list.len(), 100_000);
    assert!(visited <= 4000 && moved < 40_000, "{visited} chunks visited, {moved} bytes moved");
}

#[test]
fn an_edit_in_the_middle_moves_a_few_kilobytes_at_most() {
    let mut list = numbered(0..100_000);
    let mut most = 0;
    for n in 0..3000 {
        // A stride prime to the length visits all of it.
        let index = n * 7919 % list.len();
        let (inserted, _) = work::of(|| assert!(list.insert(index, &element(n, n % 3000))));
        let (set, _) = work::of(|| assert!(list.set(index, &element(n, n * 7 % 3000))));
        let (removed, _) = work::of(|| _ = list.remove_range(index, n % 50));
        most = most.max(inserted).max(set).max(removed);
    }
    list.check_invariants();
    assert!(most <= 3 * TARGET, "{most} bytes moved by one edit");
}
