//! 09.1 A session that lasts while it is used (easy, about 15 minutes)
//!
//! Who signs in gets a session: a key with some data, and with a deadline. Every visit moves the deadline on. Who does
//! not come back is signed out. Write it on the chapter's `Engine`, which locks keys and settles them.
//!
//! - `begin` makes a session, whatever there was before, that ends after `lasts` milliseconds.
//! - `visit` returns the data, or `None` if there is no such session. From now on it lasts `lasts` milliseconds. A
//!   deadline that is later stays, and so does "no deadline at all": somebody has given this session more time.
//! - `change` replaces the data of a session, and says whether there is one. When it ends does not change, and a
//!   session that has ended is not brought back.
//! - At its deadline a session is still there. A millisecond later it is not, for `visit` and for `change`.
//! - A key of another type than a string is no session: `visit` returns `None`, `change` returns `false`, and both
//!   leave it as it is.
//!
//! What a shard can do with deadlines stands in `chapters/09-expiry-sweeper/src/shard.rs`.

use chapter_09::{Engine, Millis};

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
        todo!()
    }

    /// The data of a session, which goes on.
    pub fn visit(&self, id: &[u8]) -> Option<Vec<u8>> {
        todo!()
    }

    /// Replaces the data of a session; whether there is one.
    pub fn change(&self, id: &[u8], data: &[u8]) -> bool {
        todo!()
    }
}
