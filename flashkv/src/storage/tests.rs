//! The engine as a whole: two stores under one lock, deadlines, scanning and sweeping.

mod concurrent;
mod expiry;
mod scan;
mod stores;
mod sweep;

use std::collections::BTreeSet;

use super::engine::Engine;
use super::keys::IfTaken;
use super::list::End;
use super::lists::IfMissing;
use super::shard::{Kind, Millis};
use super::strings::{Condition, Ttl};

/// Keys of one shard, so that they get in each other's way.
fn neighbours(engine: &Engine, count: usize) -> Vec<Vec<u8>> {
    let names = (0..).map(|number: u32| format!("neighbour:{number}").into_bytes());
    names.filter(|name| engine.key(0, name).hash.shard() == 0).take(count).collect()
}

fn set(engine: &Engine, key: &[u8], value: &[u8], ttl: Ttl, now: Millis) {
    let keys = &mut [engine.key(0, key)];
    assert!(engine.write(keys, now).set(&keys[0], value, Condition::Always, ttl));
}

fn push(engine: &Engine, key: &[u8], value: &[u8], now: Millis) {
    let keys = &mut [engine.key(0, key)];
    let values = std::iter::once(value);
    engine.write(keys, now).push(&keys[0], End::Tail, values, IfMissing::Create).unwrap();
}

fn expire(engine: &Engine, key: &[u8], deadline: Millis, now: Millis) {
    let keys = &mut [engine.key(0, key)];
    assert!(engine.write(keys, now).set_deadline(&keys[0], Some(deadline)));
}

fn remove(engine: &Engine, key: &[u8], now: Millis) -> bool {
    let keys = &mut [engine.key(0, key)];
    engine.write(keys, now).remove(&keys[0])
}

fn get(engine: &Engine, key: &[u8], now: Millis) -> Option<Vec<u8>> {
    let keys = &mut [engine.key(0, key)];
    engine.read(keys, now).string(&keys[0]).unwrap().map(|string| string.bytes.to_vec())
}

/// Entries in memory, whether or not their deadlines have passed.
fn stored(engine: &Engine) -> usize {
    let shards = engine.databases.iter().flat_map(|database| database.shards.iter());
    shards.map(|shard| shard.0.read().len()).sum()
}

/// Panics unless every table is sound and no key is in both stores of a shard.
fn check(engine: &Engine) {
    for shard in engine.databases.iter().flat_map(|database| database.shards.iter()) {
        let shard = shard.0.read();
        // No peak is kept here; the tests below hold far fewer keys than this allows.
        shard.strings.check(usize::MAX / 32);
        shard.collections.check(usize::MAX / 32);
        let keys_of_strings = shard
            .strings
            .segments()
            .iter()
            .flat_map(|segment| segment.occupied().map(|(slot, _)| segment.key(slot)));
        let strings: BTreeSet<&[u8]> = keys_of_strings.collect();
        for segment in shard.collections.segments() {
            for (slot, _) in segment.occupied() {
                assert!(!strings.contains(segment.key(slot)), "a key is in both stores");
            }
        }
    }
}
