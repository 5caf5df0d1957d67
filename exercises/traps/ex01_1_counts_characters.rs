//! Counts what a reader sees, not what a client has to make room for.

use chapter_01::store::Store;

/// Puts `text` behind the value of `key`, and gives the value's length in bytes.
pub fn append(store: &mut Store, key: &str, text: &str) -> usize {
    let value = format!("{}{text}", store.get(key).unwrap_or_default());
    store.set(key, &value);
    value.chars().count()
}
