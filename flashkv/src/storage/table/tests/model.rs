//! Random operations on a table and on an ordered map, which must agree after each.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::super::record::INLINE_MAX;
use super::super::super::segment::{NewValue, Prefix, ValueRef};
use super::super::Table;
use super::spread;

#[derive(Debug, Clone)]
enum Op {
    /// Puts `count` keys from `first` on.
    Put {
        first: usize,
        count: usize,
        len: usize,
        deadline: Option<u64>,
    },
    Remove {
        first: usize,
        count: usize,
    },
    SetDeadline {
        first: usize,
        count: usize,
        deadline: Option<u64>,
    },
    /// Sweeps every segment.
    Expire(u64),
}

#[derive(Debug, Clone, Copy)]
enum Family {
    Even,
    /// Half of the keys share a prefix.
    HalfEqual,
    LastBits,
}

fn prefix(family: Family, number: usize) -> Prefix {
    match family {
        Family::HalfEqual if number.is_multiple_of(2) => 0x8000_0001,
        Family::LastBits => 0xffff_fff0 | spread(number) >> 28,
        Family::Even | Family::HalfEqual => spread(number),
    }
}

fn ops() -> impl Strategy<Value = Op> {
    let range = || (0..4000_usize, prop_oneof![1..4_usize, 1..1500_usize]);
    let deadlines = || prop_oneof![Just(None), (0..1000_u64).prop_map(Some)];
    let lengths = prop_oneof![0..30_usize, 0..30_usize, INLINE_MAX - 1..INLINE_MAX + 3];
    prop_oneof![
        6 => (range(), lengths, deadlines())
            .prop_map(|((first, count), len, deadline)| Op::Put { first, count, len, deadline }),
        3 => range().prop_map(|(first, count)| Op::Remove { first, count }),
        1 => (range(), deadlines())
            .prop_map(|((first, count), deadline)| Op::SetDeadline { first, count, deadline }),
        1 => (0..1100_u64).prop_map(Op::Expire),
    ]
}

/// Each key's length of value and deadline.
type Model = BTreeMap<usize, (usize, Option<u64>)>;

fn key(number: usize) -> Vec<u8> {
    let mut key = number.to_string().into_bytes();
    if number.is_multiple_of(50) {
        key.resize(600, b'.');
    }
    key
}

fn put(table: &mut Table<Vec<u8>>, family: Family, number: usize, len: usize, at: Option<u64>) {
    let (prefix, key, bytes) = (prefix(family, number), key(number), vec![b'v'; len]);
    let value = if len.max(key.len()) > INLINE_MAX {
        NewValue::Outside(bytes.clone())
    } else {
        NewValue::Inside(&bytes)
    };
    match table.find(prefix, &key) {
        None => table.insert(prefix, &key, 0, at, value),
        Some(spot) => drop(table.replace(spot, 0, at, value)),
    }
}

fn apply(table: &mut Table<Vec<u8>>, model: &mut Model, family: Family, op: Op) {
    match op {
        Op::Put { first, count, len, deadline } => {
            for number in first..first + count {
                put(table, family, number, len, deadline);
                model.insert(number, (len, deadline));
            }
        }
        Op::Remove { first, count } => {
            for number in first..first + count {
                let spot = table.find(prefix(family, number), &key(number));
                assert_eq!(spot.is_some(), model.remove(&number).is_some());
                spot.map(|spot| table.remove(spot));
            }
        }
        Op::SetDeadline { first, count, deadline } => {
            for (number, (_, kept)) in model.range_mut(first..first + count) {
                let spot = table.find(prefix(family, *number), &key(*number)).expect("it is there");
                table.set_deadline(spot, deadline);
                *kept = deadline;
            }
        }
        Op::Expire(now) => {
            let before = model.len();
            model.retain(|_, (_, deadline)| deadline.is_none_or(|deadline| deadline >= now));
            assert_eq!(table.live_len(now), model.len());
            let mut removed = 0;
            let mut segment = 0;
            while segment < table.segments().len() {
                removed += table.remove_expired(segment, now, drop);
                segment += 1;
            }
            assert_eq!(removed, before - model.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_table_agrees_with_a_map(
        family in prop::sample::select(vec![Family::Even, Family::HalfEqual, Family::LastBits]),
        ops in prop::collection::vec(ops(), 1..25),
    ) {
        let mut table = Table::default();
        let mut model = Model::new();
        let mut peak = 0;
        for op in ops {
            // The directory does not shrink before the table is empty.
            apply(&mut table, &mut model, family, op);
            peak = peak.max(model.len());
            table.check(peak);
            prop_assert_eq!(table.len(), model.len());
        }
        for (number, (len, deadline)) in model {
            let spot = table.find(prefix(family, number), &key(number)).expect("it is there");
            let entry = table.entry(spot);
            let value = match entry.value {
                ValueRef::Inside(value) => value,
                ValueRef::Outside(value) => value.as_slice(),
            };
            prop_assert_eq!(table.segments()[spot.segment].key(spot.slot), &key(number)[..]);
            prop_assert_eq!((value.len(), entry.deadline), (len, deadline));
        }
    }
}
