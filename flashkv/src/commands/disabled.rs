//! The commands that an operator has taken away from all clients.
//!
//! They are then not there at all: unknown when called, and absent from what COMMAND tells. Which ones is settled when the
//! server starts; the table of commands knows nothing of it.

use super::table::{Entry, table};

/// Names of commands (`flushall`) and subcommands (`config|set`), looked up once.
#[derive(Debug, Default)]
pub struct Disabled {
    /// By [`Entry::id`]; empty if nothing is disabled.
    ids: Vec<bool>,
}

impl Disabled {
    /// Disables commands, subcommands, and with a container all of its subcommands. Names that mean nothing are ignored:
    /// see [`Disabled::unknown`].
    pub fn new(names: &[String]) -> Disabled {
        let entries = names.iter().filter_map(|name| table().by_full_name(name.as_bytes()));
        let mut ids = Vec::new();
        for entry in entries.flat_map(|entry| std::iter::once(entry).chain(&entry.subcommands)) {
            ids.resize(table().count(), false);
            if let Some(disabled) = ids.get_mut(entry.id) {
                *disabled = true;
            }
        }
        Disabled { ids }
    }

    /// The first of the names that is no command's. An empty one, as in a variable set to nothing, is no name.
    pub fn unknown(names: &[String]) -> Option<&String> {
        let mut names = names.iter().filter(|name| !name.is_empty());
        names.find(|name| table().by_full_name(name.as_bytes()).is_none())
    }

    /// Whether clients are not to know this command.
    pub fn has(&self, entry: &Entry) -> bool {
        self.ids.get(entry.id).copied().unwrap_or(false)
    }
}
