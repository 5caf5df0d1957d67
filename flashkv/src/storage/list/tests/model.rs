//! Random operations on a list and on a `VecDeque` of vectors, which must agree after each.

use super::super::chunk::TARGET;
use super::super::{End, List};
use super::{LENGTHS, element};
use proptest::prelude::*;
use std::collections::VecDeque;

#[derive(Debug, Clone)]
enum Op {
    Push(End, Vec<u8>),
    /// Many of the same length, to get lists of several chunks.
    Fill(End, usize, usize),
    Pop(End),
    PopMany(End, usize),
    Set(usize, Vec<u8>),
    Insert(usize, Vec<u8>),
    RemoveRange(usize, usize),
    Trim(usize, usize),
    RemoveMatching(Vec<u8>, usize, End),
    Range(usize, usize),
    Clone,
}

fn ends() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Head), Just(End::Tail)]
}

/// Few different values, so that `remove_matching` finds some.
fn values() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        12 => 0..4_usize,
        6 => 4..200_usize,
        3 => 1000..3000_usize,
        1 => TARGET - 8..TARGET + 2,
        1 => prop::sample::select(&LENGTHS[..]),
    ];
    (0..3_usize, length).prop_map(|(number, length)| element(number, length))
}

/// Indexes are taken modulo a bit more than the length when the list is known.
fn ops() -> impl Strategy<Value = Op> {
    let at = any::<u16>().prop_map(usize::from);
    let count = prop_oneof![0..5_usize, 0..2000_usize, Just(usize::MAX)];
    prop_oneof![
        6 => (ends(), values()).prop_map(|(end, value)| Op::Push(end, value)),
        3 => (ends(), 0..60_usize, 1..600_usize).prop_map(|(end, l, n)| Op::Fill(end, l, n)),
        4 => ends().prop_map(Op::Pop),
        1 => (ends(), 1..500_usize).prop_map(|(end, n)| Op::PopMany(end, n)),
        5 => (at.clone(), values()).prop_map(|(at, value)| Op::Set(at, value)),
        8 => (at.clone(), values()).prop_map(|(at, value)| Op::Insert(at, value)),
        3 => (at.clone(), 0..300_usize).prop_map(|(at, count)| Op::RemoveRange(at, count)),
        1 => (0..200_usize, count.clone()).prop_map(|(at, count)| Op::Trim(at, count)),
        2 => (values(), count.clone(), ends()).prop_map(|(v, n, end)| Op::RemoveMatching(v, n, end)),
        2 => (at, count).prop_map(|(at, count)| Op::Range(at, count)),
        1 => Just(Op::Clone),
    ]
}

type Model = VecDeque<Vec<u8>>;

fn model_push(model: &mut Model, end: End, value: Vec<u8>) {
    if end == End::Head { model.push_front(value) } else { model.push_back(value) }
}

fn model_pop(model: &mut Model, end: End) -> Option<Vec<u8>> {
    if end == End::Head { model.pop_front() } else { model.pop_back() }
}

fn model_remove_matching(model: &mut Model, value: &[u8], count: usize, from: End) -> usize {
    let found = |(at, element): (usize, &Vec<u8>)| (element == value).then_some(at);
    let mut hits: Vec<usize> = model.iter().enumerate().filter_map(found).collect();
    if from == End::Tail {
        hits.reverse();
    }
    hits.truncate(count);
    hits.sort_unstable_by(|a, b| b.cmp(a));
    hits.iter().for_each(|&at| drop(model.remove(at)));
    hits.len()
}

fn apply(list: &mut List, model: &mut Model, op: Op) {
    let len = model.len();
    match op {
        Op::Push(end, value) => {
            list.push(end, &value);
            model_push(model, end, value);
        }
        Op::Fill(end, length, count) => {
            for n in 0..count {
                list.push(end, &element(n % 100, length));
                model_push(model, end, element(n % 100, length));
            }
        }
        Op::Pop(end) => assert!(list.pop(end) == model_pop(model, end)),
        Op::PopMany(end, count) => {
            (0..count).for_each(|_| assert!(list.pop(end) == model_pop(model, end)));
        }
        Op::Set(at, value) => {
            let at = at % (len + 2);
            assert_eq!(list.set(at, &value), at < len);
            if let Some(slot) = model.get_mut(at) {
                *slot = value;
            }
        }
        Op::Insert(at, value) => {
            let at = at % (len + 2);
            assert_eq!(list.insert(at, &value), at <= len);
            if at <= len {
                model.insert(at, value);
            }
        }
        Op::RemoveRange(at, count) => {
            let at = at % (len + 2);
            let range = at.min(len)..at.saturating_add(count).min(len).max(at.min(len));
            assert_eq!(list.remove_range(at, count), range.len());
            model.drain(range);
        }
        Op::Trim(start, count) => {
            list.trim(start, count);
            model.truncate(start.saturating_add(count));
            model.drain(..start.min(model.len()));
        }
        Op::RemoveMatching(value, count, from) => {
            let expected = model_remove_matching(model, &value, count, from);
            assert_eq!(list.remove_matching(&value, count, from), expected);
        }
        Op::Range(at, count) => {
            let at = at % (len + 2);
            assert!(list.range(at, count).eq(model.iter().skip(at).take(count)));
            assert!(list.get(at) == model.get(at).map(Vec::as_slice));
        }
        Op::Clone => *list = list.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_sequence_of_operations_agrees_with_a_deque(ops in prop::collection::vec(ops(), 1..60)) {
        let (mut list, mut model) = (List::new(), Model::new());
        for op in ops {
            apply(&mut list, &mut model, op);
            list.check_invariants();
            prop_assert_eq!(list.len(), model.len());
            prop_assert!(list.front() == model.front().map(Vec::as_slice));
            prop_assert!(list.back() == model.back().map(Vec::as_slice));
            prop_assert!(list.iter().eq(&model));
            prop_assert!(list.iter_rev().eq(model.iter().rev()));
        }
    }
}
