//! The growing table against a plain map, and the promise about its growth.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::collections::HashMap;

use chapter_08::storage::Table;

fn key(number: usize) -> Vec<u8> {
    format!("key:{number}").into_bytes()
}

fn filled(keys: usize) -> Table<usize> {
    let mut table = Table::default();
    for number in 0..keys {
        assert_eq!(table.insert(&key(number), number), None);
    }
    table
}

#[test]
fn it_behaves_as_a_map_while_it_grows_and_shrinks() {
    let mut table = Table::default();
    let mut model = HashMap::new();
    let mut random = fastrand_like(7);
    for step in 0..60_000 {
        let key = key(random() % 12_000);
        if random().is_multiple_of(3) {
            assert_eq!(table.remove(&key), model.remove(&key));
        } else {
            assert_eq!(table.insert(&key, step), model.insert(key.clone(), step));
        }
        assert_eq!(table.get(&key), model.get(&key));
        assert_eq!(table.len(), model.len());
    }
    let mut entries: Vec<_> = table.iter().map(|(key, value)| (key.to_vec(), *value)).collect();
    entries.sort_unstable();
    let mut expected: Vec<_> = model.into_iter().collect();
    expected.sort_unstable();
    assert_eq!(entries, expected);
}

/// Numbers that look random and are the same in every run.
fn fastrand_like(seed: u64) -> impl FnMut() -> usize {
    let mut state = seed;
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    }
}

#[test]
fn it_grows_by_small_segments_which_together_hold_everything() {
    let table = filled(50_000);
    let lens: Vec<usize> = (0..table.segments()).map(|index| table.segment_len(index)).collect();
    assert!(lens.iter().all(|len| *len <= 400), "{lens:?}");
    assert!(lens.len() >= 125, "{}", lens.len());
    assert_eq!(lens.iter().sum::<usize>(), 50_000);
    assert_eq!(table.segment_len(lens.len()), 0);
}

#[test]
fn an_insert_splits_one_segment_at_most() {
    let mut table = Table::default();
    let mut before = 0;
    for number in 0..20_000 {
        table.insert(&key(number), ());
        assert!(table.segments() <= before + 1, "at key {number}");
        before = table.segments();
    }
}

#[test]
fn an_emptied_table_gives_its_segments_back() {
    let mut table = filled(5_000);
    (0..5_000).for_each(|number| assert_eq!(table.remove(&key(number)), Some(number)));
    assert_eq!((table.len(), table.segments()), (0, 0));
    assert!(table.is_empty() && table.get(b"key:1").is_none() && table.remove(b"key:1").is_none());
    table.insert(b"again", 1);
    assert_eq!(table.get(b"again"), Some(&1));
}

#[test]
fn extract_takes_what_is_wanted_out_of_one_segment() {
    let mut table = filled(5_000);
    let mut taken = 0;
    for index in 0..table.segments() {
        let before = table.segment_len(index);
        let even = table.extract(index, |value| value % 2 == 0);
        assert_eq!(table.segment_len(index), before - even.len());
        assert!(even.iter().all(|(name, value)| **name == key(*value) && value % 2 == 0));
        taken += even.len();
    }
    assert_eq!((taken, table.len()), (2_500, 2_500));
    assert!(table.extract(9_999, |_| true).is_empty());
}
