//! GET, SET and DEL for many clients at once.
//!
//! Knows the three commands, and who answers the others; not which locks the store takes for them.

use std::sync::atomic::{AtomicU64, Ordering};

use chapter_05::protocol::{ErrorReply, Reply};
use chapter_06::protocol::Request;

use crate::store::Store;

/// What all clients share.
pub struct Service {
    store: Box<dyn Store>,
    served: AtomicU64,
}

impl Service {
    /// Serves this store.
    pub fn new(store: Box<dyn Store>) -> Service {
        Service { store, served: AtomicU64::new(0) }
    }

    /// How many requests have been answered.
    pub fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }

    // ANCHOR: run
    /// Answers one request. When this returns, no lock is held: the reply waits in memory for a client who may be slow.
    pub fn run(&self, request: &Request, reply: &mut Reply<'_>) {
        if let Err(error) = self.answer(request, reply) {
            reply.error(&error);
        }
        // One step that no other thread can split. Nothing else depends on the number: no order is asked for.
        self.served.fetch_add(1, Ordering::Relaxed);
    }
    // ANCHOR_END: run

    fn answer(&self, request: &Request, reply: &mut Reply<'_>) -> Result<(), ErrorReply> {
        let name = request.name().to_ascii_lowercase();
        match (&*name, request.len()) {
            (b"get", 2) => reply.bulk_or_null(self.store.get(request.at(1)).as_deref()),
            (b"set", 3) => {
                self.store.set(request.at(1), request.at(2));
                reply.ok();
            }
            (b"set", 4..) => return Err(ErrorReply::Syntax),
            (b"del", 2..) => reply.count(self.store.remove(request.from(1))),
            (b"get" | b"set" | b"del", _) => {
                return Err(ErrorReply::Arity(String::from_utf8_lossy(&name).into_owned().into()));
            }
            // PING, ECHO, and what nobody knows.
            _ => chapter_05::commands::answer(request.args(), reply),
        }
        Ok(())
    }
}
