//! Counts first and looks then: who is refused has been counted, and nobody counts him off.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
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

    /// A place for `address`, if one is free.
    fn take(self: Arc<Places>, address: IpAddr) -> Option<Place> {
        let mut taken = self.taken.lock();
        let count = taken.entry(address).or_insert(0);
        *count += 1;
        if *count > self.limit {
            return None;
        }
        drop(taken);
        Some(Place { places: self, address })
    }

    /// How many addresses it remembers.
    pub fn addresses(&self) -> usize {
        self.taken.lock().len()
    }
}

/// A place that is taken: it is given back when this is dropped.
#[derive(Debug)]
struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        if let Entry::Occupied(mut count) = taken.entry(self.address) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// Has a conversation with a client from `address`, if there is a place for it.
pub async fn admit(
    places: Arc<Places>,
    address: IpAddr,
    conversation: impl Future<Output = io::Result<()>>,
) -> io::Result<bool> {
    let Some(_place) = places.take(address) else { return Ok(false) };
    conversation.await?;
    Ok(true)
}
