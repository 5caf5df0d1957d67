//! Looks, and moves no deadline: everybody is signed out in the middle of their work.

use chapter_08::storage::Condition;
use chapter_09::{Engine, Millis, Ttl};

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
        let view = self.engine.read(&[id]);
        Some(view.shard(id).keyspace().string(id).ok()??.to_vec())
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
