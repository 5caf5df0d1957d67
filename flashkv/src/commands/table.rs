//! The table of all commands: looking one up, its full name, and where its keys stand.
//!
//! The rows themselves stand beside their handlers, in the families' files; this file only gathers them.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::disabled::Disabled;
use super::spec::{Acl, Command, Find, Flags};
use super::{connection, keys, lists, server, strings};
use crate::protocol::error::Text;
use crate::protocol::{Args, ErrorReply};

/// A command or subcommand with what is worked out from its row once.
#[derive(Debug)]
pub struct Entry {
    /// The row.
    pub command: &'static Command,
    /// `get`, or `client|id` for a subcommand.
    pub full_name: String,
    /// Position among all commands and subcommands, from 0: counters are kept by it.
    pub id: usize,
    /// The entries of a container's subcommands.
    pub subcommands: Vec<Entry>,
    /// Keys as one range from the first to the last, every so many arguments; 0 if there are none or they move.
    pub key_range: KeyRange,
}

/// The positions of a command's keys, where they can be told without looking at the arguments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyRange {
    /// Index of the first key.
    pub first: usize,
    /// Index of the last; negative: from the end.
    pub last: i64,
    /// Distance between keys.
    pub step: usize,
}

/// All commands.
#[derive(Debug)]
pub struct Table {
    entries: Vec<Entry>,
    count: usize,
    /// Open addressing by a hash of the name: indexes into `entries` plus one, 0 if free.
    slots: Vec<u16>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let families =
        [strings::rows(), lists::rows(), keys::rows(), connection::rows(), server::rows()];
    Table::new(families.into_iter().flatten().flat_map(|rows| rows.iter()))
});

/// The table of all commands that the server knows.
pub fn table() -> &'static Table {
    &TABLE
}

/// The full names of all commands and subcommands, `client|id` for the latter.
pub fn names() -> Vec<String> {
    table().all().map(|entry| entry.full_name.clone()).collect()
}

impl Table {
    fn new(rows: impl Iterator<Item = &'static Command>) -> Table {
        let mut count = 0;
        let entries: Vec<Entry> =
            rows.map(|command| Entry::new(command, None, &mut count)).collect();
        let mut slots = vec![0u16; (entries.len() * 4).next_power_of_two()];
        for (index, entry) in entries.iter().enumerate() {
            let name = entry.command.name.as_bytes();
            let slot = probe(&slots, name).find(|slot| slots.get(*slot) == Some(&0));
            if let Some(free) = slot.and_then(|slot| slots.get_mut(slot)) {
                *free = index as u16 + 1;
            }
        }
        Table { entries, count, slots }
    }

    /// The commands, without subcommands.
    pub fn commands(&self) -> &[Entry] {
        &self.entries
    }

    /// Number of commands and subcommands together: one more than the highest [`Entry::id`].
    pub fn count(&self) -> usize {
        self.count
    }

    /// All commands, each followed by its subcommands.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flat_map(|entry| std::iter::once(entry).chain(&entry.subcommands))
    }

    /// The command of that name, in any case.
    pub fn command(&self, name: &[u8]) -> Option<&Entry> {
        for slot in probe(&self.slots, name) {
            let index = usize::from(*self.slots.get(slot)?).checked_sub(1)?;
            let entry = self.entries.get(index)?;
            if entry.command.name.as_bytes().eq_ignore_ascii_case(name) {
                return Some(entry);
            }
        }
        None
    }

    /// The command or subcommand by its full name: `get`, `client|id`.
    pub fn by_full_name(&self, name: &[u8]) -> Option<&Entry> {
        let mut words = name.splitn(2, |byte| *byte == b'|');
        let entry = self.command(words.next()?)?;
        match words.next() {
            None => Some(entry),
            Some(word) => entry.subcommand(word),
        }
    }

    /// What is to be run for a request, if it is not disabled.
    ///
    /// # Errors
    /// [`ErrorReply::UnknownCommand`], [`ErrorReply::UnknownSubcommand`] or [`ErrorReply::Arity`].
    pub fn look_up(
        &'static self,
        args: &Args<'_>,
        disabled: &Disabled,
    ) -> Result<&'static Entry, ErrorReply> {
        let enabled = |entry: &&Entry| !disabled.has(entry);
        let command = self.command(args.at(0)).filter(enabled);
        let mut entry = command.ok_or_else(|| unknown_command(args))?;
        if let Some(word) = args.get(1)
            && !entry.subcommands.is_empty()
        {
            let subcommand = entry.subcommand(word).filter(enabled);
            entry = subcommand.ok_or_else(|| ErrorReply::UnknownSubcommand {
                name: cut(word),
                container: entry.command.name.to_uppercase(),
            })?;
        }
        Ok(entry)
    }
}

/// Slots in which a name may be, in order.
fn probe<'s>(slots: &'s [u16], name: &[u8]) -> impl Iterator<Item = usize> + use<'s> {
    let lower = |byte: Option<&u8>| usize::from(byte.map_or(0, u8::to_ascii_lowercase));
    let middle = name.get(name.len() / 2);
    let hash =
        name.len() + lower(name.first()) * 31 + lower(middle) * 131 + lower(name.last()) * 517;
    let mask = slots.len() - 1;
    (0..slots.len()).map(move |step| (hash + step) & mask)
}

impl Entry {
    fn new(command: &'static Command, container: Option<&str>, count: &mut usize) -> Entry {
        let id = *count;
        *count += 1;
        let full_name = match container {
            Some(container) => format!("{container}|{}", command.name),
            None => command.name.to_string(),
        };
        let subcommands =
            command.subcommands.iter().map(|sub| Entry::new(sub, Some(command.name), count));
        Entry {
            command,
            id,
            subcommands: subcommands.collect(),
            key_range: KeyRange::of(command),
            full_name,
        }
    }

    /// The subcommand of that name, in any case.
    pub fn subcommand(&self, name: &[u8]) -> Option<&Entry> {
        self.subcommands
            .iter()
            .find(|entry| entry.command.name.as_bytes().eq_ignore_ascii_case(name))
    }

    /// The row's access-control categories with those that follow from its flags.
    pub fn categories(&self) -> Acl {
        let Command { flags, acl, .. } = self.command;
        let implied = [
            (Flags::WRITE, Acl::WRITE),
            (Flags::READONLY, Acl::READ),
            (Flags::ADMIN, Acl::ADMIN.with(Acl::DANGEROUS)),
            (Flags::FAST, Acl::FAST),
        ];
        let speed = if flags.has(Flags::FAST) { Acl::NONE } else { Acl::SLOW };
        implied
            .iter()
            .filter(|(flag, _)| flags.has(*flag))
            .fold(acl.with(speed), |all, (_, acl)| all.with(*acl))
    }

    /// Checks the number of arguments, the name included.
    ///
    /// # Errors
    /// [`ErrorReply::Arity`].
    pub fn check_arity(&'static self, count: usize) -> Result<(), ErrorReply> {
        let arity = i64::from(self.command.arity);
        let count = count as i64;
        if count == arity || (arity < 0 && count >= -arity) {
            Ok(())
        } else {
            Err(ErrorReply::Arity(Cow::Borrowed(&self.full_name)))
        }
    }

    /// Hands the index of each key among the arguments to `found`.
    pub fn key_indexes(&self, args: &Args<'_>, mut found: impl FnMut(usize)) {
        for spec in self.command.keys {
            spec.indexes(args, &mut found);
        }
    }
}

impl KeyRange {
    fn of(command: &Command) -> KeyRange {
        let mut whole = KeyRange::default();
        for spec in command.keys {
            let Find::Range { last, step } = spec.find else { return KeyRange::default() };
            let (first, step) = (usize::from(spec.begin), usize::from(step));
            let last = if last < 0 { i64::from(last) } else { first as i64 + i64::from(last) };
            if whole.step == 0 {
                whole = KeyRange { first, last, step };
            } else {
                whole = KeyRange { last: whole.last.max(last), ..whole };
            }
        }
        whole
    }
}

fn unknown_command(args: &Args<'_>) -> ErrorReply {
    /// Redis stops listing arguments when the list has become this long.
    const LISTED: usize = 128;
    let mut listed = Vec::new();
    for argument in args.from(1) {
        if listed.len() >= LISTED {
            break;
        }
        let shown = Text::cut(argument, LISTED - listed.len());
        listed.push(b'\'');
        listed.extend(shown.0);
        listed.extend_from_slice(b"' ");
    }
    ErrorReply::UnknownCommand { name: cut(args.at(0)), args: Text(listed) }
}

/// What of a name from a client is repeated in an error.
fn cut(name: &[u8]) -> Text {
    Text::cut(name, 128)
}

#[cfg(test)]
mod tests;
