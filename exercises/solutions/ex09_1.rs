//! 09.1, solved: one view for each operation, and the shard's own words for when a key ends.

use chapter_08::storage::Condition;
use chapter_09::{DeadlineCondition, Engine, Millis, Ttl};

/// Sessions in an engine.
#[derive(Debug)]
pub struct Sessions<'e> {
    engine: &'e Engine,
    lasts: Millis,
}

impl<'e> Sessions<'e> {
    /// Sessions that end `lasts` milliseconds after the last visit.
    pub fn new(engine: &'e Engine, lasts: Millis) -> Sessions<'e> {
        Sessions { engine, lasts }
    }

    /// Begins a session.
    pub fn begin(&self, id: &[u8], data: &[u8]) {
        let mut view = self.engine.write(&[id]);
        let ttl = Ttl::At(view.now() + self.lasts);
        view.shard_mut(id).set(id, data, Condition::Always, ttl);
    }

    /// The data of a session, which goes on.
    pub fn visit(&self, id: &[u8]) -> Option<Vec<u8>> {
        let mut view = self.engine.write(&[id]);
        let now = view.now();
        let shard = view.shard_mut(id);
        let data = shard.keyspace().string(id).ok()??.to_vec();
        // Never earlier than it was: no deadline passes for the latest of all.
        shard.expire(id, now + self.lasts, DeadlineCondition::IfLater, now);
        Some(data)
    }

    /// Replaces the data of a session; whether there is one.
    pub fn change(&self, id: &[u8], data: &[u8]) -> bool {
        let mut view = self.engine.write(&[id]);
        let shard = view.shard_mut(id);
        // `set` would replace a list as well.
        let is_session = matches!(shard.keyspace().string(id), Ok(Some(_)));
        is_session && shard.set(id, data, Condition::IfPresent, Ttl::Keep)
    }
}
