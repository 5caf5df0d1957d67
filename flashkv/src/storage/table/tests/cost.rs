//! What a table costs: bytes per entry, and entries moved by one insert.

use super::super::super::segment::{NewValue, work};
use super::super::{SPLIT_AT, Table};
use super::{insert, remove, spread};

/// The most bytes per entry, with a 16-byte key and a 32-byte value each, from `from` entries up to `to`.
fn dearest(from: usize, to: usize, deadline: Option<u64>) -> f64 {
    let mut table: Table<Vec<u8>> = Table::default();
    let mut dearest = 0f64;
    for number in 0..to {
        let key = format!("key:{number:012}");
        table.insert(spread(number), key.as_bytes(), 0, deadline, NewValue::Inside(&[b'v'; 32]));
        if table.len() == to || table.len() >= from && table.len().is_multiple_of(1000) {
            dearest = dearest.max(table.heap_bytes() as f64 / table.len() as f64);
        }
    }
    dearest
}

#[test]
fn a_small_entry_costs_at_most_85_bytes_and_93_with_a_deadline() {
    // A shard's share of one million keys, of one and a half, and of up to 25 million.
    for (from, to) in [(15_625, 15_625), (23_437, 23_437), (20_000, 400_000)] {
        for (deadline, limit) in [(None, 85.0), (Some(1 << 40), 93.0)] {
            let cost = dearest(from, to, deadline);
            println!("{from}..={to} entries, {deadline:?}: {cost:.1} bytes each");
            assert!(cost <= limit, "{cost} bytes with {from} to {to} entries, {deadline:?}");
        }
    }
}

#[test]
fn no_insert_moves_more_than_a_few_segments_of_entries() {
    let mut table = Table::default();
    let mut most = 0;
    let mut all = 0;
    for number in 0..200_000 {
        let moved = work::of(|| insert(&mut table, spread(number), number));
        most = most.max(moved);
        all += moved;
    }
    println!("at most {most} entries moved by an insert, {all} in all");
    assert!(most <= 3 * SPLIT_AT, "{most}");
    assert!(all <= 20 * 200_000, "{all}");
    table.check(200_000);
}

#[test]
fn no_remove_moves_more_than_a_few_segments_of_entries_and_memory_returns() {
    let count = 50_000;
    let mut table = Table::default();
    for number in 0..count {
        insert(&mut table, spread(number), number);
    }
    let full = table.heap_bytes();
    let mut all = 0;
    for number in 0..count {
        let moved = work::of(|| remove(&mut table, spread(number), number));
        assert!(moved <= 3 * SPLIT_AT, "{moved}");
        all += moved;
        if number == count - count / 10 {
            table.check(count);
            // What is left, twice over, and what an almost empty segment keeps.
            assert!(table.heap_bytes() < full / 5 + table.segments().len() * 2048);
        }
    }
    assert!(all <= 10 * count, "{all}");
    assert_eq!(table.heap_bytes(), 0);
}
