//! 01.1 A value that grows (easy, about 10 minutes)
//!
//! APPEND is a command that the chapter's prompt does not have. It puts a text behind the value of a key; a key that
//! is not there is made first, with nothing in it. The reply is the length of the value afterwards, in bytes.
//!
//! Write it on the chapter's `Store`, which can `get`, `set` and `remove`.

use chapter_01::store::Store;

/// Puts `text` behind the value of `key`, and gives the value's length in bytes.
pub fn append(store: &mut Store, key: &str, text: &str) -> usize {
    todo!()
}
