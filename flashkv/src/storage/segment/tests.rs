//! A segment against an ordered map, with every invariant checked after every operation.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::record::INLINE_MAX;
use super::slots::{EMPTY, FULL, distance, home};
use super::{NewValue, Prefix, Segment, ValueRef};

impl<T> Segment<T> {
    /// Panics unless everything that the fields promise holds.
    pub(in crate::storage) fn check(&self) {
        if self.len == 0 {
            assert_eq!(
                (self.slots.len(), self.arena.heap_bytes()),
                (0, 0),
                "an empty one holds memory"
            );
            assert!(self.outside.is_empty());
        }
        let occupied: Vec<usize> = self.occupied().map(|(slot, _)| slot).collect();
        assert_eq!(occupied.len(), self.len());
        assert!(self.len() * FULL.1 <= self.slots.len() * FULL.0, "too full to probe");
        assert!(self.slots.len() <= (3 * self.len() + 3).max(64), "slots were not given back");

        let mut keys = BTreeSet::new();
        let mut records = Vec::new();
        let mut indexes = BTreeSet::new();
        let mut deadlines = Vec::new();
        for slot in occupied {
            self.check_probes(slot);
            let (page, layout) = self.record(slot);
            let key = self.key_of((page, layout));
            assert!(keys.insert(key), "a key is here twice");
            assert_eq!(layout.has_long_key(), key.len() > INLINE_MAX);
            records.push((self.slots[slot].at as usize, layout.size()));
            if layout.is_outside() {
                assert!(indexes.insert(layout.index(page)), "two records share a value");
            }
            deadlines.extend(layout.deadline(page));
        }
        assert_eq!(indexes.len(), self.outside.len());
        assert_eq!(deadlines.len(), self.timed());
        assert!(deadlines.iter().all(|deadline| *deadline >= self.soonest));
        assert!(self.timed > 0 || self.soonest == u64::MAX);
        self.check_arena(records);
    }

    fn check_probes(&self, slot: usize) {
        let capacity = self.slots.len();
        let home = home(self.slots[slot].prefix, capacity);
        for step in 0..distance(home, slot, capacity) {
            assert_ne!(self.slots[(home + step) % capacity].at, EMPTY, "a gap hides a key");
        }
    }

    fn check_arena(&self, mut records: Vec<(usize, usize)>) {
        records.sort_unstable();
        let live: usize = records.iter().map(|(_, size)| size).sum();
        assert_eq!(live + self.dead as usize, self.arena.records());
        let apart = records.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0);
        assert!(apart, "records overlap");
        assert!(records.last().is_none_or(|(at, size)| at + size <= self.arena.len()));
        assert!(
            self.dead as usize <= self.arena.len() / 4 + 1024,
            "the dead were not cleared away"
        );
        // Half of a page that is being filled, or most of one that has just been begun.
        let room = self.arena.heap_bytes() - self.arena.records();
        let tails = self.arena.len() / 4;
        assert!(
            room <= (self.arena.len() + 256).min(4096) + tails + 512,
            "the arena is too roomy: {room}"
        );
        let room = self.outside.capacity();
        assert!(room <= (4 * self.outside.len()).max(16), "{room} places outside");
    }
}

/// How keys come by their prefixes.
#[derive(Debug, Clone, Copy)]
enum Spread {
    Even,
    AllEqual,
    LastBit,
    /// Homes close to the end of the slots, so that runs of probes wrap around.
    AtTheEnd,
}

#[derive(Debug, Clone)]
struct Entry {
    tag: u8,
    deadline: Option<u64>,
    value: Vec<u8>,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Inside,
    Outside,
}

#[derive(Debug, Clone)]
enum Op {
    Put(usize, Entry),
    Remove(usize),
    SetDeadline(usize, Option<u64>),
    Expire(u64),
    /// Edits a value that lies outside, in place.
    Edit(usize, u8),
}

const KEYS: usize = 160;

fn key(number: usize) -> Vec<u8> {
    let len = match number % 20 {
        0 => 0,
        1 => 127,
        2 => 128,
        3 => INLINE_MAX,
        4 => INLINE_MAX + 1,
        5 => 3000,
        _ => 10,
    };
    // Number 0 alone is the empty key.
    let mut key = if number == 0 { Vec::new() } else { number.to_string().into_bytes() };
    key.resize(len.max(key.len()), b'.');
    key
}

fn prefix(spread: Spread, number: usize) -> Prefix {
    match spread {
        Spread::Even => (number as Prefix).wrapping_mul(0x9e37_79b9),
        Spread::AllEqual => 0xabcd_ef01,
        Spread::LastBit => 0xabcd_ef00 | (number as Prefix & 1),
        Spread::AtTheEnd => 0xffff - (number as Prefix % 7) * 0x200,
    }
}

fn numbers() -> impl Strategy<Value = usize> {
    prop_oneof![0..12_usize, 0..KEYS]
}

fn deadlines() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![Just(None), (0..1000_u64).prop_map(Some), Just(Some(u64::MAX))]
}

fn entries() -> impl Strategy<Value = Entry> {
    let lengths = prop_oneof![
        4 => 0..40_usize,
        2 => prop::sample::select(vec![127, 128, INLINE_MAX - 1, INLINE_MAX]),
        1 => INLINE_MAX + 1..2000_usize,
    ];
    (0..4_u8, deadlines(), lengths, any::<u8>(), any::<bool>()).prop_map(
        |(tag, deadline, len, byte, outside)| {
            let place = if outside || len > INLINE_MAX { Place::Outside } else { Place::Inside };
            Entry { tag, deadline, value: vec![byte; len], place }
        },
    )
}

fn ops() -> impl Strategy<Value = Op> {
    prop_oneof![
        10 => (numbers(), entries()).prop_map(|(number, entry)| Op::Put(number, entry)),
        4 => numbers().prop_map(Op::Remove),
        3 => (numbers(), deadlines()).prop_map(|(number, at)| Op::SetDeadline(number, at)),
        1 => (0..1100_u64).prop_map(Op::Expire),
        1 => (numbers(), any::<u8>()).prop_map(|(number, byte)| Op::Edit(number, byte)),
    ]
}

fn spreads() -> impl Strategy<Value = Spread> {
    prop::sample::select(vec![Spread::Even, Spread::AllEqual, Spread::LastBit, Spread::AtTheEnd])
}

type Model = BTreeMap<usize, Entry>;

fn apply(segment: &mut Segment<Vec<u8>>, model: &mut Model, spread: Spread, op: Op) {
    match op {
        Op::Put(number, mut entry) => {
            let key = key(number);
            if key.len() > INLINE_MAX {
                entry.place = Place::Outside;
            }
            let value = match entry.place {
                Place::Inside => NewValue::Inside(&entry.value),
                Place::Outside => NewValue::Outside(entry.value.clone()),
            };
            match segment.find(prefix(spread, number), &key) {
                None => {
                    assert!(!model.contains_key(&number));
                    segment.insert(prefix(spread, number), &key, entry.tag, entry.deadline, value);
                }
                Some(slot) => {
                    let freed = segment.replace(slot, entry.tag, entry.deadline, value);
                    assert_eq!(freed, freed_by(model.get(&number)));
                }
            }
            model.insert(number, entry);
        }
        Op::Remove(number) => {
            let slot = segment.find(prefix(spread, number), &key(number));
            assert_eq!(slot.is_some(), model.contains_key(&number));
            if let Some(slot) = slot {
                assert_eq!(segment.remove(slot), freed_by(model.remove(&number).as_ref()));
            }
        }
        Op::SetDeadline(number, deadline) => {
            if let Some(slot) = segment.find(prefix(spread, number), &key(number)) {
                segment.set_deadline(slot, deadline);
                model.get_mut(&number).unwrap().deadline = deadline;
            }
        }
        Op::Expire(now) => {
            let due = |entry: &Entry| entry.deadline.is_some_and(|deadline| deadline < now);
            let expired: Vec<Entry> = model.values().filter(|entry| due(entry)).cloned().collect();
            assert!(expired.is_empty() || segment.may_expire(now));
            let mut freed = Vec::new();
            let count = segment.remove_expired(now, |value| freed.push(value));
            assert_eq!(count, expired.len());
            let mut expected: Vec<_> =
                expired.iter().filter_map(|entry| freed_by(Some(entry))).collect();
            freed.sort();
            expected.sort();
            assert_eq!(freed, expected);
            model.retain(|_, entry| !due(entry));
            assert!(!segment.may_expire(now), "what was swept is not due again");
        }
        Op::Edit(number, byte) => {
            if let Some(slot) = segment.find(prefix(spread, number), &key(number)) {
                let entry = model.get_mut(&number).unwrap();
                let value = segment.edit_outside(slot, 3);
                assert_eq!(value.is_some(), entry.place == Place::Outside);
                if let Some(value) = value {
                    value.push(byte);
                    entry.value.push(byte);
                    entry.tag = 3;
                }
            }
        }
    }
}

fn freed_by(entry: Option<&Entry>) -> Option<Vec<u8>> {
    entry.filter(|entry| entry.place == Place::Outside).map(|entry| entry.value.clone())
}

fn assert_same(segment: &Segment<Vec<u8>>, model: &Model, spread: Spread) {
    segment.check();
    assert_eq!(segment.len(), model.len());
    for (number, expected) in model {
        let slot = segment.find(prefix(spread, *number), &key(*number)).expect("the key is there");
        let entry = segment.entry(slot);
        let (value, place) = match entry.value {
            ValueRef::Inside(value) => (value, Place::Inside),
            ValueRef::Outside(value) => (value.as_slice(), Place::Outside),
        };
        assert_eq!(segment.key(slot), key(*number));
        assert_eq!((entry.tag, entry.deadline), (expected.tag, expected.deadline));
        assert_eq!((value, place), (&expected.value[..], expected.place));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_segment_agrees_with_a_map(spread in spreads(), ops in prop::collection::vec(ops(), 1..200)) {
        let mut segment = Segment::new(0);
        let mut model = Model::new();
        for op in ops {
            apply(&mut segment, &mut model, spread, op);
            assert_same(&segment, &model, spread);
        }
        let bit = 1 << (Prefix::BITS - 1);
        let (low, high) = segment.split();
        let (of_low, of_high): (Model, Model) =
            model.into_iter().partition(|(number, _)| prefix(spread, *number) & bit == 0);
        for (half, model) in [(&low, &of_low), (&high, &of_high)] {
            prop_assert_eq!(half.depth, 1);
            if !model.is_empty() {
                assert_same(half, model, spread);
            }
        }
    }
}

fn filled(count: usize, len: usize) -> Segment<Vec<u8>> {
    let mut segment = Segment::new(0);
    for number in 0..count {
        let key = number.to_string();
        let value = vec![b'v'; len];
        let value =
            if len > INLINE_MAX { NewValue::Outside(value) } else { NewValue::Inside(&value) };
        segment.insert(prefix(Spread::Even, number), key.as_bytes(), 0, None, value);
    }
    segment
}

#[test]
fn replacing_values_by_shorter_ones_gives_memory_back() {
    let mut segment = filled(700, 500);
    let before = segment.heap_bytes();
    for number in 0..700 {
        let slot = segment.find(prefix(Spread::Even, number), number.to_string().as_bytes());
        segment.replace(slot.unwrap(), 0, None, NewValue::Inside(b"short"));
        segment.check();
    }
    assert!(segment.heap_bytes() < before / 10, "{} of {before}", segment.heap_bytes());
}

#[test]
fn removing_most_long_values_gives_memory_back() {
    let mut segment = filled(700, 600);
    let before = segment.heap_bytes();
    for number in 5..700 {
        let slot = segment.find(prefix(Spread::Even, number), number.to_string().as_bytes());
        assert!(segment.remove(slot.unwrap()).is_some());
        segment.check();
    }
    assert!(segment.heap_bytes() < before / 20, "{} of {before}", segment.heap_bytes());
}

#[test]
fn overwriting_for_ever_takes_no_more_memory_and_little_work() {
    let mut segment = filled(700, 32);
    let before = segment.heap_bytes();
    let moved = super::work::of(|| {
        for turn in 0..70_000 {
            let number = turn * 7 % 700;
            let slot = segment.find(prefix(Spread::Even, number), number.to_string().as_bytes());
            // Each length differs from the one before, so none can be written in place.
            let value = vec![b'v'; 25 + turn / 700 % 2 * 7];
            segment.replace(slot.unwrap(), 0, None, NewValue::Inside(&value));
        }
    });
    segment.check();
    assert!(segment.heap_bytes() < before * 5 / 4, "{} of {before}", segment.heap_bytes());
    assert!(moved < 70_000 * 10, "{} entries moved for each that was written", moved / 70_000);
}

#[test]
fn equal_values_are_written_in_place() {
    let mut segment = filled(1, 32);
    let slot = segment.find(prefix(Spread::Even, 0), b"0").unwrap();
    segment.replace(slot, 2, None, NewValue::Inside(&[b'w'; 32]));
    assert_eq!(segment.dead, 0);
    assert_eq!(segment.record(slot).1.tag(), 2);
}

#[test]
fn a_lifted_deadline_makes_a_segment_due_once_only() {
    let mut segment = filled(10, 5);
    let slot = |segment: &Segment<Vec<u8>>, number: usize| {
        segment.find(prefix(Spread::Even, number), number.to_string().as_bytes()).unwrap()
    };
    for number in [3, 4] {
        let slot = slot(&segment, number);
        segment.set_deadline(slot, Some(100 * number as u64));
    }
    let three = slot(&segment, 3);
    segment.set_deadline(three, None);
    assert!(segment.may_expire(350), "too early is allowed");
    assert_eq!(segment.remove_expired(350, drop), 0);
    assert!(!segment.may_expire(400) && segment.may_expire(401));
    segment.remove(slot(&segment, 4));
    assert!(!segment.may_expire(u64::MAX));
    segment.check();
}
