//! The keyed hash that spreads keys over shards, segments and slots.
//!
//! ```text
//! 63 ···· 58 57 ································· 26 25 ········ 0
//!  shard (6)   prefix (32): directory bits … slot bits   unused
//! ```

use super::segment::Prefix;

/// Number of shards of a database. Few in the model of the locking (`engine/model.rs`), where each adds to the orders that
/// can be tried, and under the fuzzer, so that few keys meet in one, and not many make it split.
pub const SHARDS: usize = if cfg!(fuzzing) {
    2
} else if cfg!(all(test, shuttle)) {
    4
} else {
    64
};
const SHARD_BITS: u32 = SHARDS.trailing_zeros();

/// Hashes keys under a seed that differs from process to process, so that nobody outside can choose keys that collide.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyHasher(ahash::RandomState);

/// A key's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hash(u64);

impl KeyHasher {
    pub(super) fn hash(&self, key: &[u8]) -> Hash {
        Hash(self.0.hash_one(key))
    }
}

impl Hash {
    pub(super) fn shard(self) -> usize {
        (self.0 >> (u64::BITS - SHARD_BITS)) as usize
    }

    pub(super) fn prefix(self) -> Prefix {
        (self.0 >> (u64::BITS - SHARD_BITS - Prefix::BITS)) as Prefix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shard_and_prefix_are_the_top_bits_in_order() {
        let hash = Hash(0b101_010 << 58 | 0xdead_beef << 26 | 0x3ff_ffff);
        assert_eq!((hash.shard(), hash.prefix()), (0b101_010, 0xdead_beef));
        assert_eq!((Hash(u64::MAX).shard(), Hash(u64::MAX).prefix()), (SHARDS - 1, Prefix::MAX));
    }

    #[test]
    fn keys_spread_evenly_over_shards_and_halves_of_prefixes() {
        let hasher = KeyHasher::default();
        let mut counts = [[0; 2]; SHARDS];
        for number in 0..64_000 {
            let hash = hasher.hash(format!("key:{number}").as_bytes());
            counts[hash.shard()][hash.prefix() as usize >> 31] += 1;
        }
        // 500 each are expected, give or take 22.
        assert!(counts.as_flattened().iter().all(|count| (350..650).contains(count)), "{counts:?}");
    }

    #[test]
    fn nobody_can_know_a_hash_beforehand() {
        assert_ne!(KeyHasher::default().hash(b"key"), KeyHasher::default().hash(b"key"));
    }
}
