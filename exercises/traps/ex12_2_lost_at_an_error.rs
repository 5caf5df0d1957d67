//! Counts nobody who is refused, and leaves with `?` before the place is given back.

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
    {
        let mut taken = places.taken.lock();
        let count = taken.entry(address).or_insert(0);
        if *count >= places.limit {
            return Ok(false);
        }
        *count += 1;
    }
    conversation.await?;
    let mut taken = places.taken.lock();
    if let Some(count) = taken.get_mut(&address) {
        *count -= 1;
        if *count == 0 {
            taken.remove(&address);
        }
    }
    Ok(true)
}
