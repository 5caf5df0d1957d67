//! What the engine is compared with: one map behind one lock, as simple as such a store can be.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Store;

#[derive(Default)]
pub(crate) struct OneLock(Mutex<HashMap<String, Value>>);

enum Value {
    String(Vec<u8>),
    List(VecDeque<Vec<u8>>),
}

impl OneLock {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for OneLock {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        match self.lock().get(key)? {
            Value::String(bytes) => Some(bytes.clone()),
            Value::List(_) => None,
        }
    }

    fn set(&self, key: &str, value: &[u8]) {
        let value = Value::String(value.to_vec());
        let mut map = self.lock();
        // Only a new key is copied.
        match map.get_mut(key) {
            Some(old) => *old = value,
            None => drop(map.insert(key.to_owned(), value)),
        }
    }

    fn incr(&self, key: &str) -> i64 {
        let mut map = self.lock();
        let Some(Value::String(bytes)) = map.get_mut(key) else { return 0 };
        let number: i64 =
            str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        *bytes = (number + 1).to_string().into_bytes();
        number + 1
    }

    fn push(&self, key: &str, value: &[u8]) -> usize {
        let mut map = self.lock();
        if !map.contains_key(key) {
            map.insert(key.to_owned(), Value::List(VecDeque::new()));
        }
        let Some(Value::List(list)) = map.get_mut(key) else { return 0 };
        list.push_front(value.to_vec());
        list.len()
    }

    fn pop(&self, key: &str) -> Option<Vec<u8>> {
        match self.lock().get_mut(key)? {
            Value::List(list) => list.pop_front(),
            Value::String(_) => None,
        }
    }

    fn range(&self, key: &str, start: usize, stop: usize) -> Vec<Vec<u8>> {
        match self.lock().get(key) {
            Some(Value::List(list)) => {
                list.iter().skip(start).take(stop + 1 - start).cloned().collect()
            }
            _ => Vec::new(),
        }
    }
}
