//! One shard's data: a keyspace of strings and lists, without any lock and without time.
//!
//! Knows no protocol: keys and values are byte strings, errors are enums.

mod error;
mod glob;
mod keyspace;
mod lists;
mod strings;
mod table;

pub use error::StorageError;
pub use glob::matches;
pub use keyspace::{Keyspace, Kind, Value};
pub use lists::{End, List, absolute_index, absolute_range};
pub use strings::Condition;
pub use table::Table;
