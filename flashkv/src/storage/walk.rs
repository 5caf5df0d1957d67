//! Operations on whole databases: counting, listing, scanning, emptying, swapping, and what the sweeper does.
//!
//! Those that Redis answers from one moment (KEYS, DBSIZE, FLUSHALL, SWAPDB) lock all shards together; SCAN and the
//! sweeper hold one lock at a time, for one segment.

#[cfg(test)]
mod tests;

use super::engine::{Database, Engine};
use super::segment::{Prefix, Segment};
use super::shard::{Detached, Kind, Millis, Shard, collection_of, is_live};
use super::table::Table;
use super::view::{Bin, free_elsewhere};

/// What `INFO keyspace` says of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyCount {
    /// Keys whose deadline has not passed.
    pub keys: usize,
    /// Keys that have a deadline.
    pub expires: usize,
    /// Mean of the time that these have left, in milliseconds; estimated from a part of them if there are many.
    pub average_ttl: u64,
}

/// Where the sweeper goes on: database, shard, store and segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepPosition {
    database: usize,
    shard: usize,
    store: Store,
    segment: usize,
}

/// One of a shard's stores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Store {
    #[default]
    Strings,
    Collections,
}

/// What one step of the sweeper did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Entries with a deadline that were looked at.
    pub examined: usize,
    /// Entries removed.
    pub expired: usize,
    /// Whether a shard was passed over because somebody held its lock.
    pub busy: bool,
    /// Whether this step was the last of a walk over all databases.
    pub wrapped: bool,
}

impl Engine {
    /// Number of live keys of a database.
    ///
    /// Source: <https://redis.io/docs/latest/commands/dbsize/>
    pub fn len(&self, database: usize, now: Millis) -> usize {
        let shards = self.database(database).map(Database::read_all).unwrap_or_default();
        shards.iter().map(|shard| shard.live_len(now)).sum()
    }

    /// Whether a database holds no live key.
    pub fn is_empty(&self, database: usize, now: Millis) -> bool {
        self.len(database, now) == 0
    }

    /// Hands every live key of a database to `visit`, as of one moment.
    ///
    /// Source: <https://redis.io/docs/latest/commands/keys/>
    pub fn for_each_key(&self, database: usize, now: Millis, mut visit: impl FnMut(&[u8])) {
        for shard in self.database(database).map(Database::read_all).unwrap_or_default() {
            visit_live(&shard.strings, now, &mut visit);
            visit_live(&shard.collections, now, &mut visit);
        }
    }

    /// Hands the live keys from `cursor` on to `visit`, at least `count` if there are so many, and returns the cursor
    /// to go on from, 0 when all have been seen. A key that is there from the first call to the last is visited.
    ///
    /// The cursor is a position in the order of the keys' hashes, which nothing that happens between calls can change:
    /// bits 32–37 are the shard, bits 0–31 the prefix.
    ///
    /// Source: <https://redis.io/docs/latest/commands/scan/>
    pub fn scan(
        &self,
        database: usize,
        cursor: u64,
        count: usize,
        now: Millis,
        mut visit: impl FnMut(&[u8], Kind),
    ) -> u64 {
        let Some(database) = self.database(database) else { return 0 };
        // Each call must get on.
        let count = count.max(1);
        let mut visited = 0;
        let mut from = u64::from(cursor as Prefix);
        let first_shard = usize::try_from(cursor >> Prefix::BITS).unwrap_or(usize::MAX);
        for (index, lock) in database.shards.iter().enumerate().skip(first_shard) {
            while from < 1 << Prefix::BITS {
                if visited >= count {
                    return (index as u64) << Prefix::BITS | from;
                }
                from =
                    scan_step(&lock.0.read(), from as Prefix, count, &mut visited, now, &mut visit);
            }
            from = 0;
        }
        0
    }

    /// A live key picked at random, if there is one.
    ///
    /// Source: <https://redis.io/docs/latest/commands/randomkey/>
    pub fn random_key(&self, database: usize, now: Millis) -> Option<Vec<u8>> {
        /// Picks that may hit expired keys before the first live key is taken instead, as Redis does.
        const TRIES: usize = 100;
        let shards = self.database(database)?.read_all();
        let total: usize = shards.iter().map(|shard| shard.len()).sum();
        for _ in 0..TRIES.min(total) {
            let mut pick = fastrand::usize(..total);
            let shard = shards.iter().find(|shard| {
                let here = pick < shard.len();
                if !here {
                    pick -= shard.len();
                }
                here
            })?;
            let strings = shard.strings.len();
            let key = if pick < strings {
                random_live(&shard.strings, now)
            } else {
                random_live(&shard.collections, now)
            };
            if key.is_some() {
                return key;
            }
        }
        drop(shards);
        let mut found = None;
        self.for_each_key(database, now, |key| {
            found.get_or_insert_with(|| key.to_vec());
        });
        found
    }

    /// Empties a database; returns how many keys it held. The memory is freed elsewhere, after the locks.
    ///
    /// Source: <https://redis.io/docs/latest/commands/flushdb/>
    pub fn flush(&self, database: usize) -> usize {
        self.flush_each(self.databases.get(database..).unwrap_or_default().iter().take(1))
    }

    /// Empties all databases at one moment; returns how many keys they held.
    ///
    /// Source: <https://redis.io/docs/latest/commands/flushall/>
    pub fn flush_all(&self) -> usize {
        self.flush_each(self.databases.iter())
    }

    fn flush_each<'e>(&'e self, databases: impl Iterator<Item = &'e Database>) -> usize {
        let mut shards: Vec<_> = databases.flat_map(Database::write_all).collect();
        let emptied: Vec<Shard> =
            shards.iter_mut().map(|shard| std::mem::take(&mut **shard)).collect();
        drop(shards);
        let keys = emptied.iter().map(Shard::len).sum();
        if keys > 1000 || emptied.iter().map(Shard::heap_bytes).sum::<usize>() > 1 << 20 {
            free_elsewhere(emptied);
        }
        keys
    }

    /// Exchanges the contents of two databases at one moment.
    ///
    /// Source: <https://redis.io/docs/latest/commands/swapdb/>
    pub fn swap(&self, a: usize, b: usize) {
        let (low, high) = (a.min(b), a.max(b));
        if low == high {
            return;
        }
        if let (Some(low), Some(high)) = (self.database(low), self.database(high)) {
            let (mut low, mut high) = (low.write_all(), high.write_all());
            for (low, high) in low.iter_mut().zip(&mut high) {
                std::mem::swap(&mut **low, &mut **high);
            }
        }
    }

    /// Bytes allocated for the data of all databases.
    pub fn memory(&self) -> usize {
        let shards = self.databases.iter().flat_map(|database| database.shards.iter());
        shards.map(|shard| shard.0.read().heap_bytes()).sum()
    }

    /// Bytes that the databases take without any data.
    pub fn fixed_memory(&self) -> usize {
        self.databases.iter().map(|database| size_of_val(&*database.shards)).sum()
    }

    /// Counts the keys of a database and their deadlines.
    pub fn key_count(&self, database: usize, now: Millis) -> KeyCount {
        let mut count = KeyCount::default();
        let mut sample = Sample::default();
        for shard in
            self.database(database).map(|database| &database.shards[..]).unwrap_or_default()
        {
            let shard = shard.0.read();
            count.keys += shard.live_len(now);
            count.expires += expires(&shard.strings, now) + expires(&shard.collections, now);
            sample.add(&shard.strings, now);
            sample.add(&shard.collections, now);
        }
        count.average_ttl = (sample.left / u128::from(sample.deadlines.max(1))) as u64;
        count
    }

    /// One step of the sweeper: skips to the next segment that may hold an entry past its deadline, at most as far as
    /// the end of a shard, and removes the expired entries of that segment. A shard whose lock is taken is left for the
    /// next walk.
    pub fn sweep(&self, at: &mut SweepPosition, now: Millis) -> Swept {
        // Freed after the lock is released.
        let mut bin = Bin::default();
        let lock = self.database(at.database).and_then(|database| database.shards.get(at.shard));
        let shard = lock.map(|lock| lock.0.try_write());
        let busy = matches!(shard, Some(None));
        if let Some(Some(mut shard)) = shard {
            if at.store == Store::Strings {
                let freed = |value| bin.0.push(Detached::String(value));
                if let Some(swept) = sweep_segment(&mut shard.strings, &mut at.segment, now, freed)
                {
                    return swept;
                }
                *at = SweepPosition { store: Store::Collections, segment: 0, ..*at };
            }
            let freed = |value| bin.0.push(Detached::Collection(value));
            if let Some(swept) = sweep_segment(&mut shard.collections, &mut at.segment, now, freed)
            {
                return swept;
            }
        }
        *at = self.next_shard(*at);
        Swept { busy, wrapped: *at == SweepPosition::default(), ..Swept::default() }
    }

    fn next_shard(&self, at: SweepPosition) -> SweepPosition {
        let shards = self.database(at.database).map_or(0, |database| database.shards.len());
        if at.shard + 1 < shards {
            SweepPosition { shard: at.shard + 1, store: Store::Strings, segment: 0, ..at }
        } else if at.database + 1 < self.databases() {
            SweepPosition { database: at.database + 1, ..SweepPosition::default() }
        } else {
            SweepPosition::default()
        }
    }
}

/// Sweeps the next segment from `segment` on that may hold an entry past its deadline, and goes on to the one after it;
/// `None` if there is none left.
fn sweep_segment<T>(
    table: &mut Table<T>,
    segment: &mut usize,
    now: Millis,
    freed: impl FnMut(T),
) -> Option<Swept> {
    let mut rest = table.segments().iter().enumerate().skip(*segment);
    let (due, examined) = rest
        .find(|(_, segment)| segment.may_expire(now))
        .map(|(index, segment)| (index, segment.timed()))?;
    *segment = due + 1;
    let expired = table.remove_expired(due, now, freed);
    Some(Swept { examined, expired, ..Swept::default() })
}

/// Entries with a deadline that has not passed.
fn expires<T>(table: &Table<T>, now: Millis) -> usize {
    let timed = table.segments().iter().map(Segment::timed).sum::<usize>();
    timed - (table.len() - table.live_len(now))
}

/// Deadlines that stand for all: those of the first segment of each table that has any. To look at each would hold up
/// everybody for as long as there are many.
#[derive(Debug, Default)]
struct Sample {
    deadlines: u64,
    /// The time they have left, in all.
    left: u128,
}

impl Sample {
    fn add<T>(&mut self, table: &Table<T>, now: Millis) {
        let timed = table.segments().iter().find(|segment| segment.timed() > 0);
        let entries = timed.into_iter().flat_map(|segment| {
            segment.occupied().filter_map(|(slot, _)| segment.entry(slot).deadline)
        });
        for deadline in entries.filter(|deadline| *deadline >= now) {
            self.deadlines += 1;
            self.left += u128::from(deadline - now);
        }
    }
}

fn visit_live<T>(table: &Table<T>, now: Millis, visit: &mut impl FnMut(&[u8])) {
    for segment in table.segments() {
        for (slot, _) in segment.occupied() {
            if is_live(segment.deadline(slot), now) {
                visit(segment.key(slot));
            }
        }
    }
}

fn random_live<T>(table: &Table<T>, now: Millis) -> Option<Vec<u8>> {
    let (segment, _) = table.segments_from(fastrand::u32(..)).next()?;
    let (slot, _) = segment.occupied().nth(fastrand::usize(..segment.len().max(1)))?;
    is_live(segment.deadline(slot), now).then(|| segment.key(slot).to_vec())
}

/// Visits entries of one shard whose prefix is `from` or more, in ascending order, from as much of the two stores as one
/// segment of either spans, until `count` are visited; returns the prefix to go on from. Entries with equal prefixes are
/// visited together, so that the cursor can stand between any two.
fn scan_step(
    shard: &Shard,
    from: Prefix,
    count: usize,
    visited: &mut usize,
    now: Millis,
    visit: &mut impl FnMut(&[u8], Kind),
) -> u64 {
    let all = 1u64 << Prefix::BITS;
    let strings = shard.strings.segments_from(from).next();
    let collections = shard.collections.segments_from(from).next();
    let ends = [strings.map(|(_, end)| end), collections.map(|(_, end)| end)];
    // Both stores are walked over the same span of prefixes, so that one cursor serves them both.
    let end = ends.into_iter().flatten().min().unwrap_or(all);
    let mut found: Vec<(Prefix, usize, bool)> = Vec::new();
    let span = |prefix: &Prefix| *prefix >= from && u64::from(*prefix) < end;
    if let Some((segment, _)) = strings {
        let here = segment.occupied().filter(|(_, prefix)| span(prefix));
        found.extend(here.map(|(slot, prefix)| (prefix, slot, true)));
    }
    if let Some((segment, _)) = collections {
        let here = segment.occupied().filter(|(_, prefix)| span(prefix));
        found.extend(here.map(|(slot, prefix)| (prefix, slot, false)));
    }
    // A step of ten keys need not put a whole segment into order: what comes after those is left for the next one.
    let mut behind = end;
    let wanted = count.saturating_sub(*visited);
    if wanted < found.len() {
        let (.., (highest, ..), _) =
            found.select_nth_unstable_by_key(wanted, |(prefix, ..)| *prefix);
        let highest = *highest;
        found.retain(|(prefix, ..)| *prefix <= highest);
        behind = u64::from(highest) + 1;
    }
    found.sort_unstable_by_key(|(prefix, ..)| *prefix);
    let mut last = None;
    for (prefix, slot, is_string) in found {
        if *visited >= count && last != Some(prefix) {
            return u64::from(prefix);
        }
        last = Some(prefix);
        *visited += 1;
        let (segment_strings, segment_collections) =
            (strings.map(|s| s.0), collections.map(|s| s.0));
        if is_string {
            if let Some(segment) = segment_strings
                && is_live(segment.deadline(slot), now)
            {
                visit(segment.key(slot), Kind::String);
            }
        } else if let Some(segment) = segment_collections {
            let entry = segment.entry(slot);
            if is_live(entry.deadline, now) {
                visit(segment.key(slot), collection_of(entry.value).kind());
            }
        }
    }
    behind
}
