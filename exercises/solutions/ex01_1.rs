//! 01.1, solved: the old value is copied before the store changes, which ends the borrow of it.

use chapter_01::store::Store;

/// Puts `text` behind the value of `key`, and gives the value's length in bytes.
pub fn append(store: &mut Store, key: &str, text: &str) -> usize {
    let mut value = store.get(key).unwrap_or_default().to_owned();
    value.push_str(text);
    store.set(key, &value);
    value.len()
}
