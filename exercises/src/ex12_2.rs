//! 12.2 The place that is never given back (medium, about 25 minutes)
//!
//! Beside the limit for all clients, a server has one for each address: so many connections at once, and no more. `admit`
//! is called with each new connection. After some days, the server refuses addresses that have no connection at all, and
//! its memory has grown. Find out where places get lost, and mend it:
//!
//! - An address has at most `limit` conversations at once. One more is refused: `Ok(false)`, and the conversation is
//!   dropped before it begins. Other addresses do not matter.
//! - When a conversation has ended, `admit` returns `Ok(true)`, or the conversation's error.
//! - Its place is free as soon as it is over, however that came: it ended, it failed, or the future of `admit` was dropped
//!   half-way, as `JoinSet::shutdown` and `timeout` do.
//! - Nothing is remembered of an address that has no conversation: `addresses` says how many are remembered.
//!
//! Delete the `todo!` when you begin.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

/// Who has how many conversations.
#[derive(Debug)]
pub struct Places {
    limit: usize,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

impl Places {
    /// So many for each address.
    pub fn new(limit: usize) -> Arc<Places> {
        Arc::new(Places { limit, taken: Mutex::default() })
    }

    /// How many addresses it remembers.
    pub fn addresses(&self) -> usize {
        self.taken.lock().len()
    }
}

/// Has a conversation with a client from `address`, if there is a place for it.
pub async fn admit(
    places: Arc<Places>,
    address: IpAddr,
    conversation: impl Future<Output = io::Result<()>>,
) -> io::Result<bool> {
    todo!("find out where places get lost, and mend it");

    {
        let mut taken = places.taken.lock();
        let count = taken.entry(address).or_insert(0);
        *count += 1;
        if *count > places.limit {
            return Ok(false);
        }
    }
    conversation.await?;
    if let Some(count) = places.taken.lock().get_mut(&address) {
        *count -= 1;
    }
    Ok(true)
}
